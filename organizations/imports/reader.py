"""Headings and rows of a file, and the fields that a layout takes out of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem, Reject
from organizations.imports.layout import Layout
from portal.kit.tables import Unreadable, read_records
from portal.kit.text import fold


@dataclass(frozen=True)
class Table:
    """A file taken apart: its headings, its rows with their numbers, and the rows that did not fit the headings."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    misfits: list[Reject]

    @property
    def length(self) -> int:
        return len(self.rows) + len(self.misfits)


def read_table(file: Any, encoding: str = "utf-8") -> Table:
    """Take a file apart. Raises ImportProblem for one that :func:`read_records` cannot read or whose rows break off."""
    try:
        (_number, headings), *body = read_records(file, encoding)
    except Unreadable as problem:
        raise ImportProblem(str(problem)) from problem
    _check_unique(headings)
    if not body:
        raise ImportProblem(_("The file has headings and no row."))
    width = len(headings)
    last_number, last = body[-1]
    if len(last) < width:
        raise ImportProblem(
            _("The file is cut off: row %(row)s, the last, has %(found)s of %(wanted)s cells.")
            % {"row": last_number, "found": len(last), "wanted": width}
        )
    rows, misfits = [], []
    for number, cells in body:
        if len(cells) == width:
            rows.append((number, cells))
        else:
            misfits.append(Reject(number, "wrong_number_of_cells", cells, f"{len(cells)} / {width}"))
    return Table(headings, rows, misfits)


class RowReader:
    """Takes a layout's fields out of a row: white space squeezed, empty words gone, patterns and defaults applied."""

    def __init__(self, layout: Layout, headings: list[str]):
        self.layout = layout
        position = {fold(heading): index for index, heading in enumerate(headings)}
        self._fields = {name: position[fold(heading)] for name, heading in layout.columns.items()}
        self._places = [
            (rule, position[fold(rule.name)] if rule.name else None, position[fold(rule.code)] if rule.code else None)
            for rule in layout.places
        ]

    def fields(self, cells: list[str]) -> dict[str, str]:
        """Return our fields of one row as clean text, "" where the row says nothing."""
        found = {**self.layout.defaults, **{name: self._clean(cells[at]) for name, at in self._fields.items()}}
        for name, pattern in self.layout.patterns.items():
            if match := pattern.search(found[name]):
                found.update({part: text.strip() for part, text in match.groupdict().items() if text})
        return found

    def places(self, cells: list[str]) -> list[tuple[int, str, str, int | None]]:
        """Return (level, name, code, digits of the code that count) for each level of the layout."""
        return [
            (rule.level, self._cell(cells, name_at), self._cell(cells, code_at), rule.digits)
            for rule, name_at, code_at in self._places
        ]

    def _cell(self, cells: list[str], position: int | None) -> str:
        return "" if position is None else self._clean(cells[position])

    def _clean(self, cell: str) -> str:
        text = " ".join(cell.split())  # split() knows no-break spaces too
        return "" if text in self.layout.empty else text


def _check_unique(headings: list[str]) -> None:
    counts: Mapping[str, int] = Counter(fold(heading) for heading in headings if heading.strip())
    if twice := sorted(heading for heading, count in counts.items() if count > 1):
        raise ImportProblem(_("Headings stand twice in the file: %(headings)s.") % {"headings": ", ".join(twice)})
