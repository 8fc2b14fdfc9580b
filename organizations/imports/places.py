"""Which place a row means: by its code, mended by rule, else by its name. A place nobody knows is made."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from organizations.imports.errors import Warnings
from portal.kit.text import fold

_CODE = re.compile(r"([A-Z]{2,3})(\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """One node of the tree of places, as far as an import asks: ``parent`` is the code of the place around it.

    ``codes`` are further codes under which earlier imports found it.
    """

    code: str
    name: str
    level: int
    parent: str
    codes: tuple[str, ...] = ()


class PlaceFinder:
    """Finds places of one country.

    ``made`` holds those that the tree lacks and the file names; ``learned`` the codes that nobody knew, each with the
    code of the place that its name means. Both are for the caller to keep, so that a second run finds the same places.
    """

    def __init__(self, country: str, known: list[Place], warnings: Warnings):
        self.country = country
        self.warnings = warnings
        self.places = {code: place for place in known for code in place.codes}
        self.places |= {place.code: place for place in known}
        self.made: list[Place] = []
        self.learned: dict[str, str] = {}
        self._by_name: dict[tuple[int, str], list[Place]] = defaultdict(list)
        self._asked: dict[tuple, tuple[str | None, list[tuple[str, str]]]] = {}
        self._lengths: dict[int, int] = {}
        for place in known:
            self._by_name[place.level, fold(place.name)].append(place)
            if place.level:
                self._lengths[place.level] = len(place.code)  # one country writes all codes of a level alike

    def find(self, levels: list[tuple[int, str, str, int | None]], row: int) -> str | None:
        """Return the code of the place that a row means, or None where the row is at odds with itself.

        ``levels`` is what :meth:`RowReader.places` returns. A row without any place means the whole country.
        """
        key = tuple(levels)
        if key not in self._asked:
            remarks: list[tuple[str, str]] = []
            self._asked[key] = (self._find(levels, remarks), remarks)
        code, remarks = self._asked[key]
        for kind, text in remarks:
            self.warnings.add(kind, text, row)
        return code

    def _find(self, levels: list[tuple[int, str, str, int | None]], remarks: list[tuple[str, str]]) -> str | None:
        parent, stated = self.country, ""
        for level, name, raw, digits in levels:
            code = self._mended(raw, level, digits, remarks)
            if not code and not name:
                continue
            place = self.places.get(code) or self._by_its_name(level, name, parent, code, remarks)
            if place is None:
                if not code or not name or (level > 1 and parent == self.country):
                    return None
                place = self._make(code, name, level, parent, remarks)
            elif place.code == code:
                if name and fold(name) != fold(place.name):
                    remarks.append(("name_differs", f"{code} {name} ≠ {place.name}"))
                if stated and place.parent != stated:
                    remarks.append(("parent_differs", f"{name or code}: {stated} ≠ {place.parent}"))
            parent = stated = place.code
        if parent == self.country:
            remarks.append(("no_place", self.country))
        return parent

    def _mended(self, raw: str, level: int, digits: int | None, remarks: list[tuple[str, str]]) -> str:
        """The code as this country writes it: capitals, the digits of this level alone, a lost zero put back."""
        match = _CODE.fullmatch(raw.replace(" ", "").upper())
        if not match:
            return ""
        letters, number = match.groups()
        if digits:
            return letters + number[:digits]
        length = self._lengths.get(level)
        code = letters + number
        if length and len(code) == length - 1:
            code = f"{letters}0{number}"
        elif length and len(code) > length:
            code = code[:length]
        if code != raw:
            remarks.append(("code_mended", f"{raw} → {code}"))
        return code

    def _by_its_name(
        self, level: int, name: str, parent: str, code: str, remarks: list[tuple[str, str]]
    ) -> Place | None:
        """The place of that name in the same region, or the only one of the country where the region is new as well."""
        named = self._by_name[level, fold(name)] if name else []
        inside = [place for place in named if place.parent == parent]
        if not inside and parent in {place.code for place in self.made}:
            inside = named
        if len(inside) != 1 or inside[0] in self.made:
            return inside[0] if len(inside) == 1 and not code else None
        if code:
            remarks.append(("code_unknown", f"{code} {name} → {inside[0].code}"))
            self.learned[code] = inside[0].code
        return inside[0]

    def _make(self, code: str, name: str, level: int, parent: str, remarks: list[tuple[str, str]]) -> Place:
        place = Place(code, name, level, parent)
        self.places[code] = place
        self.made.append(place)
        self._by_name[level, fold(name)].append(place)
        remarks.append(("place_made", f"{code} {name}"))
        return place
