"""Layouts: what tells the importer how one publisher writes its list. Pure data; a new country is a new table.

See docs/imports.md for how to write one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem
from portal.kit.text import fold

# What a layout of each kind has to name, and what it may name. A misspelt key is told, not passed over.
REQUIRED_COLUMNS = {
    "presence": {"organization", "sector"},
    "agreements": {"organization", "external_id", "title", "donor", "starts", "ends", "status"},
    "register": {"organization"},
}
OPTIONAL_COLUMNS = {
    "presence": {"acronym", "organization_type", "period", "status"},
    "agreements": {"acronym", "organization_type", "partner_id", "sector", "budget"},
    "register": {"acronym", "organization_type", "number", "permit", "former_name", "other_former_name", "date"},
}
REQUIRED_KEYS = {
    "presence": {"country", "source"},
    "agreements": {"country", "source"},
    "register": {"source"},  # some registers are of the whole world
}
KEYS = {
    "title", "kind", "country", "source", "encoding", "empty", "placeholders", "date_format",
    "columns", "places", "patterns", "values", "defaults", "only", "identifiers", "shapes", "companions",
}  # fmt: skip


@dataclass(frozen=True)
class PlaceRule:
    """Where a row says its place at one level. ``digits``: how many digits of the code belong to it, if not all."""

    level: int
    name: str
    code: str
    digits: int | None = None


@dataclass(frozen=True)
class Layout:
    """One layout, checked. ``columns``: our field → the publisher's heading. ``values``: field → their word → ours.

    ``identifiers``: field → the register whose number it holds; ``shapes``: field → what such a number looks like.
    ``companions``: what another list of the register holds (renames, mergers) → the layout of that list.
    """

    name: str
    title: str
    kind: str
    country: str
    source: str
    columns: Mapping[str, str]
    encoding: str = "utf-8"
    date_format: str = "%Y-%m-%d"
    empty: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()
    places: tuple[PlaceRule, ...] = ()
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    identifiers: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    companions: Mapping[str, str] = field(default_factory=dict)

    @property
    def headings(self) -> list[str]:
        """Every heading the file must have, each once."""
        places = [heading for rule in self.places for heading in (rule.name, rule.code) if heading]
        return list(dict.fromkeys([*self.columns.values(), *places]))

    def value(self, field_name: str, text: str) -> str | None:
        """What the layout says for a word in a field, or None where it does not know the word."""
        return self.values.get(field_name, {}).get(fold(text))

    def missing_in(self, headings: Iterable[str]) -> list[str]:
        """The headings of this layout that a file with ``headings`` lacks. Case, accents and spacing do not matter."""
        present = {fold(heading) for heading in headings}
        return [heading for heading in self.headings if fold(heading) not in present]


def shipped(folder: Path) -> dict[str, Path]:
    """The layouts in ``folder`` by name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_layout(name_or_path: str | Path, *, kind: str, folder: Path) -> Layout:
    """Read a layout that is shipped in ``folder`` or stands at a path.

    Raises ImportProblem where there is none, it is no TOML, or it lacks or misspells something.
    """
    path = shipped(folder).get(str(name_or_path), Path(name_or_path))
    if path.suffix != ".toml" or not path.is_file():
        raise ImportProblem(
            _("There is no layout “%(name)s”. Shipped layouts: %(shipped)s. A path to a .toml file works too.")
            % {"name": name_or_path, "shipped": ", ".join(shipped(folder))}
        )
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportProblem(
            _("The layout %(path)s cannot be read: %(error)s") % {"path": path, "error": error}
        ) from error
    return _checked(path.stem, data, kind)


def check_headings(layout: Layout, headings: list[str], folder: Path) -> None:
    """Refuse a file whose headings are not those of ``layout``: name what is missing, suggest the layout that fits.

    Raises ImportProblem.
    """
    missing = layout.missing_in(headings)
    if not missing:
        return
    sentence = _("This is not a file of the layout “%(layout)s”: it lacks the columns %(missing)s.") % {
        "layout": layout.name,
        "missing": ", ".join(f"“{heading}”" for heading in missing),
    }
    nearest = _nearest(layout, headings, folder)
    if nearest:
        sentence += " " + _("Its columns look like the layout “%(nearest)s”.") % {"nearest": nearest}
    else:
        found = ", ".join(f"“{heading}”" for heading in headings[:8])
        sentence += " " + _("Found: %(found)s.") % {"found": found}
    raise ImportProblem(sentence)


def _nearest(layout: Layout, headings: list[str], folder: Path) -> str | None:
    shares = {}
    for name, path in shipped(folder).items():
        other = load_layout(path, kind=layout.kind, folder=folder)
        shares[name] = 1 - len(other.missing_in(headings)) / len(other.headings)
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best and best != layout.name and shares[best] >= 0.6 else None


def _checked(name: str, data: dict[str, Any], kind: str) -> Layout:
    def refuse(sentence: str, **values: Any) -> ImportProblem:
        return ImportProblem(_("Layout “%(name)s”: ") % {"name": name} + sentence % values)

    if unknown := sorted(set(data) - KEYS):
        raise refuse(_("unknown keys %(keys)s."), keys=", ".join(unknown))
    if data.get("kind") != kind:
        raise refuse(_("it is for “%(found)s”, not for “%(wanted)s”."), found=data.get("kind"), wanted=kind)
    columns = data.get("columns", {})
    missing = sorted(REQUIRED_KEYS[kind] - set(data)) + sorted(REQUIRED_COLUMNS[kind] - set(columns))
    if missing:
        raise refuse(_("it does not say %(missing)s."), missing=", ".join(missing))
    if unknown := sorted(set(columns) - REQUIRED_COLUMNS[kind] - OPTIONAL_COLUMNS[kind]):
        raise refuse(_("unknown columns %(keys)s."), keys=", ".join(unknown))
    try:
        return Layout(
            name=name,
            title=data.get("title", name),
            kind=kind,
            country=data.get("country", ""),
            source=data["source"],
            columns=columns,
            encoding=data.get("encoding", "utf-8"),
            date_format=data.get("date_format", "%Y-%m-%d"),
            empty=frozenset(data.get("empty", ())),
            placeholders=frozenset(fold(word) for word in data.get("placeholders", ())),
            places=tuple(sorted((PlaceRule(**rule) for rule in data.get("places", ())), key=lambda rule: rule.level)),
            patterns={key: re.compile(pattern) for key, pattern in data.get("patterns", {}).items()},
            values={
                key: {fold(word): str(ours) for word, ours in words.items()}
                for key, words in data.get("values", {}).items()
            },
            defaults=data.get("defaults", {}),
            only={key: re.compile(pattern, re.IGNORECASE) for key, pattern in data.get("only", {}).items()},
            identifiers=data.get("identifiers", {}),
            shapes={key: re.compile(pattern, re.IGNORECASE) for key, pattern in data.get("shapes", {}).items()},
            companions=data.get("companions", {}),
        )
    except (TypeError, AttributeError, re.error) as error:
        raise refuse("%(error)s", error=error) from error
