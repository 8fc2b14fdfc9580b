"""What leaves the portal as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.http import FileResponse, Http404, StreamingHttpResponse

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # some spreadsheets take the wide signs of Chinese and Japanese for the same


class _Echo:
    """A file that hands each written line back, so that csv can be streamed."""

    def write(self, line: str) -> str:
        return line


def guarded(value: Any) -> str:
    """Return ``value`` as text that a spreadsheet will not run as a formula. Numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and not isinstance(value, int | float):
        return f"'{text}"
    return text


def csv_lines(columns: Mapping[str, Callable[[Any], Any]], rows: Iterable[Any]) -> Iterator[str]:
    """Yield the lines of a CSV file: ``columns`` maps each heading to what takes its cell from a row."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(columns)  # the mark makes spreadsheets read UTF-8
    for row in rows:
        yield writer.writerow([guarded(cell(row)) for cell in columns.values()])


def csv_response(name: str, columns: Mapping[str, Callable[[Any], Any]], rows: Iterable[Any]) -> StreamingHttpResponse:
    """Return a download called ``name``.csv that is written while it is sent."""
    response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
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
