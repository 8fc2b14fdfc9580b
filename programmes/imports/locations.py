"""Loads places from OCHA's list of p-codes: the columns of the global admin-1 and admin-2 file."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.imports.table import Row, read_table
from programmes.models import Location

COLUMNS = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code")
P_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{1,19}")
LEVELS = {"1": Location.Level.ADMIN_1, "2": Location.Level.ADMIN_2}
BATCH = 2000


class Rejected(Exception):
    """A row cannot be taken. The message says why."""


@dataclass
class LocationReport:
    """What became of the rows of a file. Every row is taken or rejected."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)  # line, reason

    @property
    def taken(self) -> int:
        return self.created + self.updated + self.unchanged

    def figures(self) -> dict[str, int | dict[str, int]]:
        return {
            "rows": self.rows,
            "taken": self.taken,
            "rejected": len(self.rejects),
            "rejects_by_reason": dict(Counter(reason for _line, reason in self.rejects)),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }


def load_locations(path: Path, *, countries: Collection[str] = (), commit: bool = False) -> LocationReport:
    """Read the p-codes of ``countries`` (all, when none are named) from a file, and write them if ``commit`` says so.

    A place that is known keeps its languages and its parent; only its spelling follows the file. Raises Unreadable.
    """
    report = LocationReport()
    reading = _Reading(set(countries))
    for line, row in sorted(read_table(path, COLUMNS), key=lambda numbered: numbered[1].get("Admin Level", "")):
        report.rows += 1
        try:
            reading.take(row)
        except Rejected as reason:
            report.rejects.append((line, str(reason)))
    report.rejects.sort()
    report.created, report.updated, report.unchanged = len(reading.new), len(reading.renamed), reading.unchanged
    if commit:
        _write(reading.new.values(), reading.renamed)
    return report


class _Reading:
    """The rows of one file against the places that are known."""

    def __init__(self, countries: Collection[str]) -> None:
        self.countries = countries
        self.known = {place.code: place for place in Location.objects.only("code", "level", "name", "path")}
        self.new: dict[str, Location] = {}
        self.renamed: dict[int, str] = {}  # primary key → spelling
        self.unchanged = 0
        self.seen: set[str] = set()

    def take(self, row: Row) -> None:
        """Take one row, parents before children. Raises Rejected."""
        code, name = self._checked(row)
        parent = self._parent(row)
        self.seen.add(code)
        found = self.known.get(code)
        if found is None:
            self.new[code] = place = Location(code=code, name=name, level=LEVELS[row["Admin Level"]], parent=parent)
            place.derive()
        elif found.path != f"{parent.path}{code}/":
            raise Rejected(_("the portal knows this p-code as part of another place"))
        elif found.name != name:
            self.renamed[found.pk] = name
        else:
            self.unchanged += 1

    def _checked(self, row: Row) -> tuple[str, str]:
        if len(row.keys() & set(COLUMNS)) < len(COLUMNS):
            raise Rejected(_("the row is cut short"))
        code, name = row["P-Code"], row["Name"]
        if self.countries and row["Location"] not in self.countries:
            raise Rejected(_("not one of the countries asked for"))
        if row["Admin Level"] not in LEVELS:
            raise Rejected(_("the admin level is not 1 or 2"))
        if not P_CODE.fullmatch(code):
            raise Rejected(_("this is not a p-code"))
        if not name or len(name) > Location._meta.get_field("name").max_length:
            raise Rejected(_("the name is missing or too long"))
        if code in self.seen:
            raise Rejected(_("the p-code appears a second time"))
        return code, name

    def _parent(self, row: Row) -> Location:
        if row["Location"] not in self.known:
            raise Rejected(_("the country is unknown"))
        parent = self.known.get(row["Parent P-Code"]) or self.new.get(row["Parent P-Code"])
        if parent is None:
            raise Rejected(_("the place it is part of is unknown"))
        if parent.level != LEVELS[row["Admin Level"]] - 1 or parent.country_code != row["Location"]:
            raise Rejected(_("the place it is part of is of another level or country"))
        return parent


@transaction.atomic
def _write(new: Iterable[Location], renamed: dict[int, str]) -> None:
    for level in LEVELS.values():
        # Each place points at its parent object, which has its key once its own level is written.
        Location.objects.bulk_create((place for place in new if place.level == level), batch_size=BATCH)
    places = list(Location.objects.select_related("parent").filter(pk__in=renamed))
    for place in places:
        place.name = renamed[place.pk]
        place.derive()
    Location.objects.bulk_update(places, ["name", "search_text"], batch_size=BATCH)
