"""Reading a delimited text file from anywhere, with a plain sentence for everything that can be wrong with it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem, Reject
from organizations.imports.layout import Layout
from portal.kit.text import fold

# The first bytes of files that people save or rename as .csv by mistake.
NOT_TEXT = {
    b"PK\x03\x04": "XLSX",
    b"PK\x05\x06": "ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP",
}
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 100_000


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
    """Take a file apart: a path, or anything with ``size`` and ``read()`` such as an upload.

    Raises ImportProblem for a file that is too large, empty, no text, wrongly encoded, or cut off. The size is asked
    before a byte is read.
    """
    content = _decoded(_bytes_of(file), encoding)
    records = _records(content)
    if not records:
        raise ImportProblem(_("The file is empty."))
    (_number, headings), *body = records
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


def _bytes_of(file: Any) -> bytes:
    limit = settings.IMPORT_MAX_BYTES
    try:
        size = Path(file).stat().st_size if isinstance(file, str | Path) else file.size
        if size > limit:
            raise ImportProblem(
                _("The file is too large: %(size)s; at most %(limit)s are read. Split it by region or period.")
                % {"size": filesizeformat(size), "limit": filesizeformat(limit)}
            )
        if isinstance(file, str | Path):
            return Path(file).read_bytes()
        file.seek(0)
        return file.read()
    except OSError as error:
        raise ImportProblem(_("The file cannot be opened: %(error)s") % {"error": error.strerror or error}) from error


def _decoded(content: bytes, encoding: str) -> str:
    if not content.strip():
        raise ImportProblem(_("The file is empty."))
    for magic, kind in NOT_TEXT.items():
        if content.startswith(magic):
            raise ImportProblem(
                _("This is no text file but %(kind)s, whatever its name says. Save it as “CSV UTF-8” and bring that.")
                % {"kind": kind}
            )
    encoding = BYTE_ORDER_MARKS.get(content[:2], encoding)
    if encoding != "utf-16" and b"\0" in content:
        raise ImportProblem(_("This is not a text file: it holds NUL bytes. Save it as “CSV UTF-8” and bring that."))
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError as error:
        raise ImportProblem(_("There is no encoding “%(encoding)s”.") % {"encoding": encoding}) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImportProblem(
            _(
                "The file is not %(encoding)s: line %(line)s holds the byte %(byte)s. Save it as “CSV UTF-8”, or say"
                " which encoding it has, often latin-1 or cp1252."
            )
            % {"encoding": encoding.upper(), "line": line, "byte": f"0x{content[error.start]:02X}"}
        ) from error


def _records(content: str) -> list[tuple[int, list[str]]]:
    """Rows with the number that a spreadsheet shows. Blank lines are no rows, yet they count in the numbering."""
    first_line = content.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    records, number = [], 0
    try:
        for cells in reader:
            number += 1
            if cells:
                records.append((number, cells))
    except csv.Error as error:
        raise ImportProblem(
            _(
                "The file is cut off or damaged: what begins in row %(row)s does not end as it should (%(error)s)."
                " Often a quotation mark is missing."
            )
            % {"row": number + 1, "error": error}
        ) from error
    return records


def _check_unique(headings: list[str]) -> None:
    counts: Mapping[str, int] = Counter(fold(heading) for heading in headings if heading.strip())
    if twice := sorted(heading for heading, count in counts.items() if count > 1):
        raise ImportProblem(_("Headings stand twice in the file: %(headings)s.") % {"headings": ", ".join(twice)})
