"""The map of squares: one for each country, about where it lies. Nothing is asked of anybody outside."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.numbers import format_compact_decimal
from django.utils.translation import get_language

from organizations.coverage.table import Coverage, Region, shade
from organizations.filters.vocabulary import vocabulary
from portal.templatetags.parts.words import locale_of

SIDE = 34  # of a square, in the units of the drawing
STEP = 38


@cache
def _cells() -> Mapping[str, tuple[int, int]]:
    """Column and row of each country."""
    drawn = tomllib.loads((Path(__file__).parents[1] / "data" / "tiles.toml").read_text(encoding="utf-8"))["rows"]
    lines = [line.split() for line in drawn.strip().splitlines()]
    return {code: (x, y) for y, line in enumerate(lines) for x, code in enumerate(line) if code.isalpha()}


@dataclass(frozen=True)
class Tile:
    """A square: where it stands, and how many partners the country has (None: it is only there for orientation)."""

    code: str
    label: str
    x: int
    y: int
    number: int | None
    shade: int

    @property
    def middle(self) -> int:
        return self.x + SIDE // 2

    @property
    def code_y(self) -> int:
        """The base line of the code: in the middle where no number stands below."""
        return self.y + (15 if self.number else 21)

    @property
    def number_y(self) -> int:
        return self.y + 28

    @property
    def short(self) -> str:
        """The number as it fits in: "1.2K"."""
        return format_compact_decimal(self.number, locale=locale_of(get_language())) if self.number else ""


@dataclass(frozen=True)
class WorldMap:
    """``key``: for each shade from which to which number, None for no end; the rest measures the drawing."""

    tiles: list[Tile]
    key: list[tuple[int, int | None]]
    left: int
    top: int
    width: int
    height: int
    side: int = SIDE

    @property
    def shown_width(self) -> int:
        """As wide as a part of the world is drawn, in pixels."""
        return self.width * 3 // 2


def draw(table: Coverage) -> WorldMap:
    """The countries of ``table`` as squares, cut out of the world where it is about a region; the others pale."""
    told = {row.place.code: row for row in table.rows}
    cells, known = _cells(), vocabulary().places
    inside = (
        [cells[code] for code in told if code in cells] if isinstance(table.within, Region) else list(cells.values())
    )
    (left, right), (top, bottom) = ((min(each), max(each)) for each in zip(*inside or [(0, 0)], strict=True))
    tiles = []
    for code, (x, y) in cells.items():
        if not (left <= x <= right and top <= y <= bottom):
            continue
        row = told.get(code)
        number = row.total if row else None
        label = known[code].label if code in known else code
        tiles.append(Tile(code, label, x * STEP, y * STEP, number, shade(number or 0, table.map_bounds)))
    tiles.sort(key=lambda tile: tile.label)  # the order in which the keyboard meets them
    width, height = (right - left + 1) * STEP, (bottom - top + 1) * STEP
    steps = table.map_bounds
    key = [(first, after - 1 if after else None) for first, after in zip(steps, [*steps[1:], 0], strict=True)]
    return WorldMap(tiles, key, left * STEP - 2, top * STEP - 2, width, height)
