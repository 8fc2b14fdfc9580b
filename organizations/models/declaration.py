"""The wording of the integrity declaration: what every partner must be able to say yes to (R-01)."""

import tomllib
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def _wording():
    return tomllib.loads((DATA / "declaration.toml").read_text(encoding="utf-8"))


def declaration_version():
    """The number of the wording in force. A new one asks every organization for its acceptance again."""
    return _wording()["version"]


def declaration_date():
    """Since when the wording is in force."""
    return _wording()["date"]


def declaration_items():
    """The items: code, text and hint by language, in the order of the file."""
    return _wording()["item"]
