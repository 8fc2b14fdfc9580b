"""Writing the form as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from organizations.forms import SECTION_FORMS
from organizations.forms.section import Rows, SectionForm
from organizations.models import Registration, SectionDraft
from organizations.models.registration import Section
from organizations.workbook.words import YES, options, takes_several

FORMAT = "1"
META, LISTS = "_portal", "_lists"
KEY, QUESTION, ANSWER, HINT = 1, 2, 3, 4
SPARE_ROWS = 10

_BOLD, _TITLE = Font(bold=True), Font(bold=True, size=16)
_QUIET = Font(color="4D5D6C", italic=True)
_WRITE_HERE = PatternFill("solid", fgColor="E7F1FA")
_WRAP = Alignment(wrap_text=True, vertical="top")
_OPEN = Protection(locked=False)


def write_workbook(registration: Registration, drafts: Mapping[str, SectionDraft]) -> bytes:
    """Return the form of ``registration`` as XLSX, filled in as far as it is, in the reader's language."""
    return _Writer(registration, drafts).write()


class _Writer:
    def __init__(self, registration: Registration, drafts: Mapping[str, SectionDraft]) -> None:
        self.registration, self.drafts = registration, drafts
        self.book = Workbook()
        self.lists: dict[tuple[str, ...], str] = {}

    def write(self) -> bytes:
        self._guide(self.book.active)
        self.lists_sheet = self.book.create_sheet(LISTS)
        for value, form_class in SECTION_FORMS.items():
            form = form_class.opened(self.registration, self.drafts.get(value), _spare(form_class))
            self._section(Section(value), form)
        self._meta()
        self.book.move_sheet(self.lists_sheet, len(self.book.sheetnames))
        self.lists_sheet.sheet_state = "hidden"
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()

    # --- Sheets -----------------------------------------------------------------------------------------------------

    def _guide(self, sheet: Worksheet) -> None:
        sheet.title = _("How to use it")[:31]
        sheet.sheet_view.rightToLeft = get_language_bidi()
        sheet.column_dimensions["A"].width = 100
        lines = [
            _("Registration with UNICEF"),
            str(self.registration.organization),
            _("Fill in the blue cells, as far as you can, in any order; a connection is not needed."),
            _("Where a cell has a list, choose from it."),
            _("Where a question has several lines, write “%(yes)s” beside what applies.") % {"yes": YES},
            _("Save the file and upload it on the page from which you downloaded it."),
            _("What is missing is then said cell by cell, and what you filled in is kept."),
            _("A sheet in which nothing is filled in changes nothing."),
            _("What colleagues saved meanwhile is not written over."),
        ]
        for number, line in enumerate(lines, start=1):
            cell = sheet.cell(number, 1)
            _put(cell, line)
            cell.alignment, cell.font = _WRAP, _TITLE if number == 1 else Font()

    def _section(self, section: Section, form: SectionForm) -> None:
        sheet = self.book.create_sheet(sheet_title(section))
        sheet.sheet_view.rightToLeft = get_language_bidi()
        sheet.column_dimensions["A"].hidden = True
        for column, width in ((QUESTION, 46), (ANSWER, 60), (HINT, 50), (5, 24), (6, 24), (7, 24)):
            sheet.column_dimensions[get_column_letter(column)].width = width
        _put(sheet.cell(1, QUESTION), section.label).font = _TITLE
        _put(sheet.cell(2, QUESTION), form.intro).font = _QUIET
        self.row = 4
        for kind, part in form.parts():
            if kind == "rows":
                self._rows(sheet, part)
            else:
                self._field(sheet, part)
        sheet.protection.sheet = True  # against slips only: no password
        sheet.protection.formatColumns = sheet.protection.formatRows = False

    def _field(self, sheet: Worksheet, bound: forms.BoundField) -> None:
        field, value = bound.field, bound.value()
        hint = str(field.help_text or "") or (str(_("optional")) if not field.required else "")
        if getattr(field, "is_answered_elsewhere", False):
            _put(sheet.cell(self.row, QUESTION), bound.label).font = _BOLD
            _put(sheet.cell(self.row, HINT), _("Not here: on the section’s page.")).font = _QUIET
            self.row += 1
            return
        if takes_several(field):
            held = {str(getattr(each, "pk", each)) for each in value or ()}
            _put(sheet.cell(self.row, QUESTION), bound.label).font = _BOLD
            _put(sheet.cell(self.row, HINT), hint).font = _QUIET
            self.row += 1
            for label, option in options(field).items():
                ticked = str(YES) if option in held else ""
                self._line(sheet, f"{bound.html_name}={option}", f"  {label}", ticked, "", [str(YES)])
            return
        words = options(field)
        self._line(sheet, bound.html_name, bound.label, _in_words(words, value), hint, list(words))

    def _line(self, sheet: Worksheet, key: str, question: Any, answer: Any, hint: str, words: list[str]) -> None:
        _put(sheet.cell(self.row, KEY), key)
        _put(sheet.cell(self.row, QUESTION), question).alignment = _WRAP
        self._answer(sheet, self.row, ANSWER, answer, words)
        _put(sheet.cell(self.row, HINT), hint).font = _QUIET
        sheet.cell(self.row, HINT).alignment = _WRAP
        self.row += 1

    def _rows(self, sheet: Worksheet, group: Rows) -> None:
        self.row += 1
        _put(sheet.cell(self.row, QUESTION), group.repeat.title).font = _BOLD
        _put(sheet.cell(self.row + 1, QUESTION), group.repeat.hint).font = _QUIET
        self.row += 2
        for row in group.fields[:1]:
            _put(sheet.cell(self.row, KEY), f"#{group.repeat.name}")
            for column, (key, bound) in enumerate(row.items(), start=QUESTION):
                _put(sheet.cell(self.row, column), bound.label).font = _BOLD
                _put(sheet.cell(self.row + 1, column), key)
            sheet.row_dimensions[self.row + 1].hidden = True
            _put(sheet.cell(self.row + 1, KEY), f"#{group.repeat.name}:keys")
        self.row += 2
        for number, row in enumerate(group.fields):
            _put(sheet.cell(self.row, KEY), f"{group.repeat.name}-{number}")
            for column, bound in enumerate(row.values(), start=QUESTION):
                words = options(bound.field)
                self._answer(sheet, self.row, column, _in_words(words, bound.value()), list(words))
            self.row += 1
        self.row += 1

    def _answer(self, sheet: Worksheet, row: int, column: int, answer: Any, words: list[str]) -> None:
        cell = _put(sheet.cell(row, column), answer)
        cell.fill, cell.protection, cell.alignment = _WRITE_HERE, _OPEN, _WRAP
        cell.number_format = "@"  # as typed: no dates and no lost zeros
        if words:
            choose = DataValidation(type="list", formula1=self._list(tuple(words)), allow_blank=True)
            choose.showErrorMessage = False  # the portal says what is wrong, in words
            sheet.add_data_validation(choose)
            choose.add(cell)

    def _list(self, words: tuple[str, ...]) -> str:
        """Return where the choices stand on the sheet of lists; each list stands there once."""
        if words not in self.lists:
            column = len(self.lists) + 1
            for number, word in enumerate(words, start=1):
                _put(self.lists_sheet.cell(number, column), word)
            letter = get_column_letter(column)
            self.lists[words] = f"{LISTS}!${letter}$1:${letter}${len(words)}"
        return self.lists[words]

    def _meta(self) -> None:
        sheet = self.book.create_sheet(META)
        sheet.sheet_state = "veryHidden"
        told = {
            "format": FORMAT,
            "registration": self.registration.pk or "",
            "language": get_language() or "en",
            **{f"version:{value}": draft.version for value, draft in self.drafts.items()},
            **{f"sheet:{section.value}": sheet_title(section) for section in map(Section, SECTION_FORMS)},
        }
        for number, (key, value) in enumerate(told.items(), start=1):
            _put(sheet.cell(number, 1), key)
            _put(sheet.cell(number, 2), value)


def sheet_title(section: Section) -> str:
    """The section's name as a sheet may be called: 31 letters, and some signs not at all."""
    return str(section.label).translate(dict.fromkeys(map(ord, "[]:*?/\\")))[:31]


def _spare(form_class: type[SectionForm]) -> dict[str, int]:
    """How many rows each group of the section offers at least."""
    return {repeat.name: min(SPARE_ROWS, repeat.most) for repeat in form_class.repeats}


def _in_words(words: Mapping[str, str], value: Any) -> Any:
    """How a value is written in its cell: a choice by its words, nothing for what nobody has answered."""
    if value is None or value is False:
        return ""
    by_value = {option: label for label, option in words.items()}
    return by_value.get("on" if value is True else str(getattr(value, "pk", value)), value)


def _put(cell: Any, value: Any) -> Any:
    """Write ``value`` as text, so that no spreadsheet takes what somebody typed for a formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", "" if value is None else str(value))
    if text:
        cell.value, cell.data_type = text, "s"
    return cell
