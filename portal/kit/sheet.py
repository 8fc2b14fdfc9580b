"""A spreadsheet that is written while it is sent: XLSX in constant memory.

An XLSX file is a packed folder of a few fixed files and one that holds the rows. Both are written from front to back,
so a million rows need no more memory than a thousand and the first bytes leave at once. Reading, and workbooks with
more in them than one table, are openpyxl's (see docs/adr/0013).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
MOST_BYTES = 2**31 - 1
"""What a sheet holds, its heading included; what a cell holds; how long the rows may be before they are packed."""


class TooLong(Exception):
    """The table does not fit into one sheet. The message is a sentence for the person."""

    def __init__(self) -> None:
        super().__init__(
            _("A spreadsheet holds %(rows)s rows and this is more. Choose CSV, or narrow the list with its filters.")
            % {"rows": number_format(MOST_ROWS, force_grouping=True)}
        )


class _Outbox:
    """A file without a way back: what is written waits until it is taken."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None: ...

    def take(self) -> bytes:
        data = b"".join(self.waiting)
        self.waiting.clear()
        return data


def sheet_chunks(headings: Sequence[str], pieces: Iterable[Iterable[Sequence[Any]]]) -> Iterator[bytes]:
    """Yield the bytes of an XLSX file with one sheet, after each piece of rows. Raises TooLong."""
    out = _Outbox()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=3) as packed:  # type: ignore[call-overload]  # it asks for no more
        for name, content in _FIXED.items():
            packed.writestr(name, _XML + content)
        rows, size = 1, 0
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write((_XML + _head(len(headings)) + _row(headings, style=' s="3"')).encode())
            for piece in pieces:
                lines = [_row(cells) for cells in piece]
                data = "".join(lines).encode()
                rows, size = rows + len(lines), size + len(data)
                if rows > MOST_ROWS or size > MOST_BYTES:
                    raise TooLong
                sheet.write(data)
                yield out.take()
            sheet.write(_FOOT.encode())
    yield out.take()


_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
_FIRST_DAY = date(1899, 12, 30).toordinal()


def _row(cells: Iterable[Any], style: str = "") -> str:
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>"


def _cell(value: Any, style: str = "") -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float | Decimal):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        local = timezone.make_naive(value) if timezone.is_aware(value) else value
        day = (local.hour * 3600 + local.minute * 60 + local.second) / 86400
        return f'<c s="2"><v>{local.toordinal() - _FIRST_DAY + day}</v></c>'
    if isinstance(value, date):
        return f'<c s="1"><v>{value.toordinal() - _FIRST_DAY}</v></c>'
    text = escape(_UNSPEAKABLE.sub("", str(value))[:LONGEST_TEXT])
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _head(columns: int) -> str:
    """The beginning of the sheet: its direction, the headings that stay in sight, wide columns."""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"'
        f' rightToLeft="{translation.get_language_bidi():d}"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
        f'</sheetView></sheetViews><cols><col min="1" max="{columns}" width="22" customWidth="1"/></cols><sheetData>'
    )


_FOOT = "</sheetData></worksheet>"
_FIXED = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Styles by number: 0 plain, 1 a day, 2 a day and time, 3 a heading.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="4"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
        '<xf fontId="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
