"""From the cells of a register to what they say, row by row: taken, or refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from organizations.imports.errors import Reject, Warnings
from organizations.imports.layout import Layout
from organizations.imports.matching import WORLDWIDE
from organizations.imports.reader import RowReader, Table
from portal.kit.text import fold

LONGEST_NAME, LONGEST_ACRONYM, LONGEST_NUMBER = 300, 60, 80


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One row that is taken. ``numbers``: (register, number). ``former``: names that the organization had before.

    ``country`` is empty for bodies that are one record world-wide, and where the register names no country.
    """

    number: int
    name: str
    acronym: str
    kind: str
    country: str
    numbers: tuple[tuple[str, str], ...] = ()
    former: tuple[str, ...] = ()
    date: str = ""


@dataclass
class Part:
    """One file of a register: the list itself, its renames, its mergers."""

    layout: Layout
    table: Table
    file_name: str
    taken: list[RegisterRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def read_register(part: Part, warnings: Warnings) -> None:
    """Read every row of a file into ``taken`` or ``rejects``."""
    reader = RowReader(part.layout, part.table.headings)
    part.taken, part.rejects = [], list(part.table.misfits)
    cut_at = _cut_at(part, reader)
    for number, cells in part.table.rows:
        if not any(cell.strip() for cell in cells):
            part.rejects.append(Reject(number, "empty_row", cells))
            continue
        fields = reader.fields(cells)
        if not fold(fields["organization"]) or fold(fields["organization"]) in part.layout.placeholders:
            part.rejects.append(Reject(number, "no_organization", cells, fields["organization"]))
            continue
        row = _row(number, fields, part.layout, warnings)
        if cut_at and len(fields["organization"]) == cut_at:
            warnings.add("name_cut", row.name, number)
        part.taken.append(row)
    part.rejects.sort(key=lambda reject: reject.number)


def _cut_at(part: Part, reader: RowReader) -> int:
    """The length at which a register cuts names off: the longest, where improbably many are as long as that."""
    lengths = [len(reader.fields(cells)["organization"]) for _number, cells in part.table.rows]
    longest = max(lengths, default=0)
    return longest if lengths.count(longest) > max(10, len(lengths) // 100) else 0


def _row(number: int, fields: dict[str, str], layout: Layout, warnings: Warnings) -> RegisterRow:
    word = fields.get("organization_type", "")
    kind = layout.value("organization_type", word)
    if kind is None:
        kind = "unknown"
        warnings.add("unknown_type" if word else "no_type", word or fields["organization"], number)
    former = (fields.get(name, "") for name in ("former_name", "other_former_name"))
    return RegisterRow(
        number=number,
        name=fields["organization"][:LONGEST_NAME],
        acronym=fields.get("acronym", "")[:LONGEST_ACRONYM],
        kind=kind,
        country="" if kind in WORLDWIDE else layout.country,
        numbers=_numbers(number, fields, layout, warnings),
        former=tuple(name[:LONGEST_NAME] for name in former if fold(name)),
        date=fields.get("date", ""),
    )


def _numbers(row: int, fields: dict[str, str], layout: Layout, warnings: Warnings) -> tuple[tuple[str, str], ...]:
    """The numbers of a row, each under the register whose shape it has, else under that of its column."""
    found = {name: fields[name].replace(" ", "").upper()[:LONGEST_NUMBER] for name in layout.identifiers}
    meant: dict[str, str] = {}
    for name, value in found.items():
        if value and name in layout.shapes and not layout.shapes[name].match(value):
            other = next((one for one, shape in layout.shapes.items() if shape.match(value)), None)
            if other:
                warnings.add("swapped_numbers", value, row)
                meant.setdefault(other, value)
                continue
            warnings.add("odd_number", value, row)
        if value:
            meant[name] = value
    return tuple((layout.identifiers[name], value) for name, value in meant.items())
