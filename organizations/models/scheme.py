"""The registers that give organizations a number, by org-id.guide code: ``data/identifier_schemes.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

DATA = Path(__file__).resolve().parent.parent / "data" / "identifier_schemes.toml"
INTERNATIONAL = frozenset({"XI", "XM"})


class Scheme(NamedTuple):
    """One register: its code, whose first two letters are the country, and how its numbers usually look."""

    code: str
    name: str
    example: str
    pattern: str

    @property
    def iso2(self) -> str:
        """The country's alpha-2 code; empty for international registers."""
        country = self.code[:2]
        return "" if country in INTERNATIONAL else country

    def doubt(self, number: str) -> str:
        """A remark where ``number`` does not look like one of this register's, else "". It is never a refusal."""
        if re.fullmatch(self.pattern, number.strip(), re.IGNORECASE):
            return ""
        return _(
            "%(number)s does not look like a number of %(register)s, for example %(example)s. Check it once more."
        ) % {
            "number": number,
            "register": self.name,
            "example": self.example,
        }


@cache
def schemes() -> dict[str, Scheme]:
    """All registers on the list, by their codes."""
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))["scheme"]
    return {row["code"]: Scheme(**row) for row in rows}


def doubt(code: str, number: str) -> str:
    """The remark of the register ``code`` on ``number``; "" where the register is not on the list."""
    scheme = schemes().get(code.upper())
    return scheme.doubt(number) if scheme else ""
