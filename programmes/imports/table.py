"""Reading tables that others made: each way a file can be wrong ends in a sentence, never in a half-read table."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

Row = dict[str, str]
SPREADSHEET = b"PK\x03\x04"


class Unreadable(Exception):
    """The file cannot be read as a table. The message is a sentence for the person who sent it."""


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Yield the line number and the trimmed cells of each row of a CSV file that has ``columns``.

    A row that is cut short lacks the last keys. Lines of HXL tags and empty lines are passed over.
    Raises Unreadable when the file is missing, empty, too large, a spreadsheet, not UTF-8, or lacks a column.
    """
    try:
        _check_file(path)
        with path.open("rb") as file:
            reader = csv.reader(_lines(file), strict=True)
            heading = [cell.strip() for cell in next(reader, [])]
            _check_heading(heading, columns)
            for cells in reader:
                if any(cells) and not all(cell.startswith("#") for cell in cells if cell):
                    yield reader.line_num, dict(zip(heading, map(str.strip, cells), strict=False))
    except OSError as problem:
        raise Unreadable(_("The file cannot be opened: %s.") % problem.strerror) from problem
    except csv.Error as problem:
        raise Unreadable(
            _("The file stops making sense at line %(line)d: %(problem)s. It may be cut off.")
            % {"line": reader.line_num, "problem": problem}
        ) from problem


def _check_file(path: Path) -> None:
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(_("The file is empty."))
    if size > settings.IMPORT_MAX_BYTES:
        raise Unreadable(
            _("The file is larger than %(limit)s. Split it, or ask an administrator to raise the limit.")
            % {"limit": filesizeformat(settings.IMPORT_MAX_BYTES)}
        )


def _check_heading(heading: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in heading]
    if missing:
        raise Unreadable(
            _("The file has no column “%(missing)s”. Its columns are: %(found)s.")
            % {"missing": "”, “".join(missing), "found": ", ".join(heading)[:300] or "–"}
        )


def _lines(file) -> Iterator[str]:
    """The file's lines as text. Decoding line by line lets the message name the line."""
    for number, line in enumerate(file, start=1):
        if number == 1 and line.startswith(SPREADSHEET):
            raise Unreadable(_("This is a spreadsheet or an archive, not CSV. Save it as “CSV UTF-8” and send that."))
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as problem:
            raise Unreadable(
                _("Line %(line)d is not UTF-8 text. Save the file as “CSV UTF-8” and send that.") % {"line": number}
            ) from problem
        if "\0" in text:
            raise Unreadable(
                _("Line %(line)d holds bytes that are no text. This is not a CSV file.") % {"line": number}
            )
        yield text
