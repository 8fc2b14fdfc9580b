"""From the cells of a presence list to what they say, row by row: taken, or refused with a reason."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date

from organizations.imports.errors import Reject, Warnings
from organizations.imports.layout import Layout
from organizations.imports.matching import Spelling
from organizations.imports.places import PlaceFinder
from organizations.imports.reader import RowReader, Table
from portal.kit.text import fold

# What a layout may call an organization → partner type and UN category as the portal keeps them.
KINDS = {
    "international_ngo": ("cso", "international_ngo"),
    "national_ngo": ("cso", "national_ngo"),
    "cso": ("cso", ""),
    "community_based": ("cso", "community_based"),
    "academic_institution": ("cso", "academic_institution"),
    "red_cross_red_crescent": ("cso", "red_cross_red_crescent"),
    "un_agency": ("un_agency", ""),
    "government": ("government", ""),
    "intergovernmental": ("intergovernmental", ""),
    "private_sector": ("private_sector", ""),
    "other": ("other", ""),
    "unknown": ("unknown", ""),
}


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """One row that is taken. ``place`` is the code of a place, ``sector`` that of a theme."""

    number: int
    spelling: Spelling
    place: str
    sector: str
    as_of: date
    status: str


@dataclass
class Outcome:
    """Every row of a file, taken or rejected."""

    taken: list[PresenceRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def spelling_of(fields: dict[str, str], layout: Layout, warnings: Warnings, number: int) -> Spelling | None:
    """The organization as a row writes it, or None where the row names none."""
    name, acronym, word = fields["organization"], fields.get("acronym", ""), fields.get("organization_type", "")
    kind = layout.value("organization_type", word)
    if kind is None and word and (swapped := layout.value("organization_type", acronym)):
        kind, acronym, word = swapped, word, acronym
        warnings.add("swapped_cells", name, number)
    if fold(name) in layout.placeholders or not (name or acronym):
        return None
    if kind is None:
        kind = "unknown"
        warnings.add("unknown_type" if word else "no_type", word or name, number)
    return Spelling(name[:300], acronym[:60], kind, layout.country)


def read_presences(
    table: Table, layout: Layout, sectors: dict[str, str], finder: PlaceFinder, as_of: date, warnings: Warnings
) -> Outcome:
    """Read every row. ``sectors``: folded word → code of a theme; the layout may put one word for another first."""
    reader = RowReader(layout, table.headings)
    outcome = Outcome(rejects=list(table.misfits))
    for number, cells in table.rows:
        reason, detail, row = _read(number, cells, reader, sectors, finder, as_of, warnings)
        if row:
            outcome.taken.append(row)
        else:
            outcome.rejects.append(Reject(number, reason, cells, detail))
    outcome.rejects.sort(key=lambda reject: reject.number)
    return outcome


def _read(
    number: int,
    cells: list[str],
    reader: RowReader,
    sectors: dict[str, str],
    finder: PlaceFinder,
    as_of: date,
    warnings: Warnings,
) -> tuple[str, str, PresenceRow | None]:
    layout = reader.layout
    if not any(cell.strip() for cell in cells):
        return "empty_row", "", None
    fields = reader.fields(cells)
    spelling = spelling_of(fields, layout, warnings, number)
    if spelling is None:
        return "no_organization", fields["organization"], None
    if not fields["sector"]:
        return "no_sector", "", None
    sector = sectors.get(fold(layout.value("sector", fields["sector"]) or fields["sector"]))
    if sector is None:
        return "unknown_sector", fields["sector"], None
    day = _day(fields.get("period", ""), layout, as_of)
    if day is None:
        return "bad_period", fields["period"], None
    levels = reader.places(cells)
    place = finder.find(levels, number)
    if place is None:
        return "no_place", " / ".join(f"{name} {code}".strip() for _level, name, code, _digits in levels), None
    status = fields.get("status", "")
    return "", "", PresenceRow(number, spelling, place, sector, day, layout.value("status", status) or status[:40])


def _day(period: str, layout: Layout, as_of: date) -> date | None:
    """The last day of the row's month. A row without a period is as old as the file."""
    if not period:
        return as_of
    month = layout.value("period", period)
    if month is None or month not in {str(number) for number in range(1, 13)}:
        return None
    return end_of_month(as_of.year, int(month))


def end_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def date_in_name(file_name: str) -> date | None:
    """The month that a file name such as ``drc_4w_2025-05.csv`` speaks of; December where it says only the year."""
    match = re.search(r"(?<!\d)(20\d\d)(?:[-_]?(0[1-9]|1[0-2])(?!\d))?", file_name)
    return end_of_month(int(match[1]), int(match[2] or 12)) if match else None
