"""Reading tables that others made, by the names of their columns."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from portal.kit.tables import Unreadable, read_records

Row = dict[str, str]


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Yield the number and the trimmed cells of each row of a CSV file that has ``columns``.

    A row that is cut short lacks the last keys. Lines of HXL tags and empty lines are passed over.
    Raises Unreadable when the file cannot be read or lacks a column.
    """
    (_number, heading), *body = read_records(path)
    heading = [cell.strip() for cell in heading]
    if missing := [column for column in columns if column not in heading]:
        raise Unreadable(
            _("The file has no column “%(missing)s”. Its columns are: %(found)s.")
            % {"missing": "”, “".join(missing), "found": ", ".join(heading)[:300] or "–"}
        )
    for number, cells in body:
        if any(cells) and not all(cell.startswith("#") for cell in cells if cell):
            yield number, dict(zip(heading, map(str.strip, cells), strict=False))
