"""Taking a delimited text file from anywhere, with a plain sentence for everything that can be wrong with it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

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


class Unreadable(Exception):
    """The file cannot be read as a table. The message is a sentence for the person who brought it."""


def read_records(file: Any, encoding: str = "utf-8") -> list[tuple[int, list[str]]]:
    """Return the rows of a file, each with the number that a spreadsheet shows; blank lines count but are no rows.

    ``file`` is a path, or anything with ``size`` and ``read()`` such as an upload. Raises Unreadable for one that is
    too large, empty, no text, wrongly encoded, or cut off. The size is asked before a byte is read.
    """
    records = _records(_decoded(_bytes_of(file), encoding))
    if not records:
        raise Unreadable(_("The file is empty."))
    return records


def _bytes_of(file: Any) -> bytes:
    limit = settings.IMPORT_MAX_BYTES
    try:
        size = Path(file).stat().st_size if isinstance(file, str | Path) else file.size
        if size > limit:
            raise Unreadable(
                _("The file is too large: %(size)s; at most %(limit)s are read. Split it by region or period.")
                % {"size": filesizeformat(size), "limit": filesizeformat(limit)}
            )
        if isinstance(file, str | Path):
            return Path(file).read_bytes()
        file.seek(0)
        return file.read()
    except OSError as error:
        raise Unreadable(_("The file cannot be opened: %(error)s") % {"error": error.strerror or error}) from error


def _decoded(content: bytes, encoding: str) -> str:
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    for magic, kind in NOT_TEXT.items():
        if content.startswith(magic):
            raise Unreadable(
                _("This is no text file but %(kind)s, whatever its name says. Save it as “CSV UTF-8” and bring that.")
                % {"kind": kind}
            )
    encoding = BYTE_ORDER_MARKS.get(content[:2], encoding)
    if encoding != "utf-16" and b"\0" in content:
        raise Unreadable(_("This is not a text file: it holds NUL bytes. Save it as “CSV UTF-8” and bring that."))
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError as error:
        raise Unreadable(_("There is no encoding “%(encoding)s”.") % {"encoding": encoding}) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            _(
                "The file is not %(encoding)s: line %(line)s holds the byte %(byte)s. Save it as “CSV UTF-8”, or say"
                " which encoding it has, often latin-1 or cp1252."
            )
            % {"encoding": encoding.upper(), "line": line, "byte": f"0x{content[error.start]:02X}"}
        ) from error


def _records(content: str) -> list[tuple[int, list[str]]]:
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
        raise Unreadable(
            _(
                "The file is cut off or damaged: what begins in row %(row)s does not end as it should (%(error)s)."
                " Often a quotation mark is missing."
            )
            % {"row": number + 1, "error": error}
        ) from error
    return records
