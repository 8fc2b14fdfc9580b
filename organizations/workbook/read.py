"""Reading a workbook back: what is wrong with the file is a sentence, what is wrong in a cell is for the form."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from organizations.forms import SECTION_FORMS
from organizations.workbook.write import ANSWER, FORMAT, META, QUESTION

LINES_MOST, COLUMNS_MOST = 2000, 20
LONGEST = 20_000
MOST_UNPACKED = 8 * 1024 * 1024  # of all parts: unlike a document that is only kept, a workbook is read in the request

# What reading a made-up workbook raises: its parts may be cut short, mixed up or no XML at all.
UNREADABLE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError),
    *(ValueError, InvalidFileException, zipfile.BadZipFile, zlib.error),
)

_FIELD = re.compile(r"[a-z_]\w*")


@dataclass
class Answered:
    """One sheet: what stands in it by field name, and in which cell each answer stands."""

    sheet: str
    data: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


@dataclass
class Sent:
    """A workbook that came back: whose form, in which language, from which versions, and the answers by section."""

    registration: int | None
    language: str
    versions: Mapping[str, int]
    sections: dict[str, Answered]


def read_workbook(file: BinaryIO) -> Sent:
    """Read a workbook that :func:`write_workbook` made. Raises ValidationError with a sentence for the person."""
    try:
        with zipfile.ZipFile(file) as parts:
            is_too_long = sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED
        book = None if is_too_long else load_workbook(file, read_only=True, data_only=True)
    except UNREADABLE as problem:
        raise ValidationError(
            {"file": _("This is no workbook that can be read. Save it as .xlsx and try again.")}
        ) from problem
    if book is None:
        raise ValidationError({"file": _("The workbook holds far more than the form asks. Copy your answers over.")})
    try:
        told = _meta(book)
        titles = {told.get(f"sheet:{value}", ""): value for value in SECTION_FORMS}
        sections = {titles[name]: _sheet(book[name]) for name in book.sheetnames if name in titles}
    except UNREADABLE as problem:
        raise ValidationError(
            {"file": _("The workbook is damaged. Download it again and copy your answers over.")}
        ) from problem
    finally:
        book.close()
    versions = {value: _whole(told.get(f"version:{value}")) or 0 for value in SECTION_FORMS}
    language = told.get("language", "")
    known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return Sent(_whole(told.get("registration")), known, versions, sections)


def _meta(book: Any) -> dict[str, str]:
    if META not in book.sheetnames:
        raise ValidationError({"file": _("This is another workbook. Use the one that you download here.")})
    told = {_text(row[0]): _text(row[1]) for row in _lines(book[META], 2) if len(row) > 1}
    if told.get("format") != FORMAT:
        raise ValidationError(
            {"file": _("The form has changed since. Download the workbook again and copy your answers.")}
        )
    return told


def _sheet(sheet: Any) -> Answered:
    answered = Answered(sheet.title)
    keys: dict[str, list[str]] = {}
    for number, row in enumerate(_lines(sheet, COLUMNS_MOST), start=1):
        words = [_text(value) for value in row]
        key = words[0] if words else ""
        if key.startswith("#"):
            if key.endswith(":keys"):
                keys[key[1:-5]] = words[1:]
            continue
        group, _dash, index = key.rpartition("-")
        if group in keys and index.isdecimal():
            for column, (name, word) in enumerate(zip(keys[group], words[1:], strict=False), start=QUESTION):
                if _FIELD.fullmatch(name):
                    _answer(answered, f"{group}-{index}-{name}", word, number, column)
        elif key:
            name, is_one_of_several, option = key.partition("=")
            word = words[ANSWER - 1] if len(words) >= ANSWER else ""
            if is_one_of_several:
                answered.cells.setdefault(name, f"{get_column_letter(ANSWER)}{number}")
                answered.data.setdefault(name, []).extend([option] if word else [])
            elif _FIELD.fullmatch(name):
                _answer(answered, name, word, number, ANSWER)
    return answered


def _answer(answered: Answered, name: str, word: str, row: int, column: int) -> None:
    answered.data[name] = [word]
    answered.cells[name] = f"{get_column_letter(column)}{row}"


def _lines(sheet: Any, columns: int) -> Iterator[tuple[Any, ...]]:
    return iter(sheet.iter_rows(max_row=LINES_MOST, max_col=columns, values_only=True))


def _text(value: Any) -> str:
    """A cell's value as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("Yes")) if value else ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:LONGEST]


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
