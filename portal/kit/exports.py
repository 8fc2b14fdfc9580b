"""What leaves the portal as a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from portal.kit.sheet import sheet_chunks

# What begins a formula; some spreadsheets take the wide signs of Chinese and Japanese for the same. What stands before
# it and is not seen, some of them leave away.
_SIGN = r"[\s\"\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]"
_FORMULA = re.compile(rf"[\t\r\n]|{_SIGN}")
# Where a comma is the decimal sign, CSV is cut at semicolons, whatever is quoted.
_NEXT_CELL = re.compile(rf"(?<=[;\t\r\n])(?={_SIGN})")


def guarded(text: str) -> str:
    """Return ``text`` so that a spreadsheet will not run it as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def guarded_for_csv(text: str) -> str:
    """The same for CSV, where a spreadsheet may cut one cell into several."""
    return _NEXT_CELL.sub("'", guarded(text))


@dataclass(frozen=True)
class Table:
    """Rows on their way out. ``columns`` maps each heading to what takes its cell from a row.

    ``pieces`` yields some rows at a time, so that a table of any length needs little memory.
    """

    name: str
    columns: Mapping[str, Callable[[Any], Any]]
    pieces: Iterable[Sequence[Any]]

    def cells(self) -> Iterator[list[list[Any]]]:
        """Yield, for each piece, the cells of its rows. Numbers and dates stay what they are, all else is safe text."""
        takers = list(self.columns.values())
        for piece in self.pieces:
            yield [[_cell(take(row)) for take in takers] for row in piece]


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    return guarded(str(value))


def _as_csv(cell: Any) -> Any:
    if isinstance(cell, date):
        return cell.isoformat()
    return _NEXT_CELL.sub("'", cell) if isinstance(cell, str) else cell


def csv_chunks(table: Table) -> Iterator[bytes]:
    """Yield the bytes of a CSV file, a piece at a time."""
    page = StringIO(newline="")
    writer = csv.writer(page)
    page.write("\ufeff")  # the mark makes spreadsheets read UTF-8
    writer.writerow(table.columns)
    for rows in table.cells():
        writer.writerows(map(_as_csv, row) for row in rows)
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()
    yield page.getvalue().encode()


def xlsx_chunks(table: Table) -> Iterator[bytes]:
    """Yield the bytes of an XLSX file, a piece at a time."""
    return sheet_chunks(list(table.columns), table.cells())


@dataclass(frozen=True)
class Format:
    """One kind of file that a list can leave as."""

    label: Any
    media_type: str
    chunks: Callable[[Table], Iterator[bytes]]


FORMATS = {
    "csv": Format(_("CSV"), "text/csv; charset=utf-8", csv_chunks),
    "xlsx": Format(_("Excel"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_chunks),
}
"""By what the address calls them: ``?format=``."""


def download(table: Table, name: str) -> StreamingHttpResponse:
    """Return ``table`` as a file of the format called ``name``, written while it is sent."""
    chosen = FORMATS[name]
    response = StreamingHttpResponse(chosen.chunks(table), content_type=chosen.media_type)
    response["Content-Disposition"] = f'attachment; filename="{table.name}.{name}"'
    return response


def private_file(stored: Any, name: str, media_type: str) -> FileResponse:
    """Return a kept file as a download that no browser opens in the portal's name, and no cache keeps."""
    try:
        content = stored.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(content, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
