"""The table of coverage: themes across, areas down, in each cell how many partners are at work.

Read from the counts that the worker keeps. Three views: the world by region, a region by country, a country by what
lies directly in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from organizations.filters.vocabulary import Node, Vocabulary, vocabulary
from organizations.search.reader import Reader
from portal.kit.text import fold
from programmes.models import RegionalOffice

STEPS = 4  # shades of a number


@dataclass(frozen=True)
class Scope:
    """What the table is about. Of region and country one at most; ``theme``: its specializations instead of sectors."""

    region: str = ""
    country: str = ""
    theme: str = ""


@dataclass
class Region:
    """A region of UNICEF with the countries that its offices serve, by name."""

    code: str
    label: str
    countries: list[Node] = field(default_factory=list)


@dataclass
class Row:
    """One area: how many partners in all and on each theme of the table, in its order."""

    place: Node
    total: int
    numbers: list[int]


@dataclass
class RegionRow:
    """One region: in how many of its countries some partner is at work at all, and on each theme."""

    region: Region
    total: int
    covered: list[int]


@dataclass
class Coverage:
    """``themes``: the columns; ``rows``: the areas of a region or a country; ``regions``: those of the world;
    ``whole``: the partners in all of it (nothing for a region, whose countries share partners)."""

    scope: Scope
    themes: list[Node]
    within: Region | Node | None = None
    rows: list[Row] = field(default_factory=list)
    regions: list[RegionRow] = field(default_factory=list)
    whole: Row | None = None

    @property
    def lines(self) -> list[Row]:
        """The rows with the whole before them, where there is one."""
        return [self.whole, *self.rows] if self.whole else self.rows

    @cached_property
    def gaps(self) -> int:
        """Areas where nobody is at work on what was asked for."""
        return sum(not row.total for row in self.rows)

    @cached_property
    def gaps_by_theme(self) -> list[int]:
        return [sum(not row.numbers[position] for row in self.rows) for position in range(len(self.themes))]

    @cached_property
    def bounds(self) -> list[int]:
        """Of the numbers in the cells."""
        return bounds(max((number for row in self.rows for number in row.numbers), default=0))

    @property
    def name(self) -> str:
        """What the table is about, where that is not the whole world."""
        return self.within.label if self.within else ""

    @cached_property
    def map_bounds(self) -> list[int]:
        return bounds(max((row.total for row in self.rows), default=0))


def bounds(most: int) -> list[int]:
    """From which numbers on a shade is darker, so that few and very many differ: [1, 30, 1000, 30000] of a million."""
    steps = [1, *(_round(most ** (step / STEPS)) for step in range(1, STEPS))]
    return sorted({step for step in steps if step <= max(most, 1)})


def _round(number: float) -> int:
    """To one digit that counts."""
    power = 10 ** (len(str(int(number))) - 1)
    return max(round(number / power), 1) * power


def shade(number: int, steps: Sequence[int]) -> int:
    """0 for none, then 1 for the lightest."""
    return sum(number >= step for step in steps)


# --- Reading ----------------------------------------------------------------------------------------------------------


def regions() -> list[Region]:
    """The regions by name, each with the countries that it serves."""
    known = vocabulary()
    found = []
    for region in RegionalOffice.objects.prefetch_related("offices__countries"):
        codes = {country.code for office in region.offices.all() for country in office.countries.all()}
        countries = sorted((known.places[code] for code in codes & known.places.keys()), key=_by_label)
        found.append(Region(region.code, region.label, countries))
    return sorted(found, key=_by_label)


def columns(scope: Scope, *, sensitive: bool, known: Vocabulary) -> list[Node]:
    """The sectors, or what lies directly below the theme that is asked for (the theme itself, if nothing does)."""
    above = known.themes[scope.theme] if scope.theme else None
    below = [theme for theme in known.themes_for(sensitive) if theme.is_directly_below(above)]
    return below or [above] if above else below


def cover(scope: Scope, counted: Reader) -> Coverage:
    """Return the table for ``scope``, which names regions, countries and themes that exist."""
    known = vocabulary()
    themes = columns(scope, sensitive=counted.for_unicef, known=known)
    found = Coverage(scope, themes)
    if scope.country:
        found.within = country = known.places[scope.country]
        areas = [place for place in known.places_in(country.code) if place.depth == 1]
        found.whole, *found.rows = _rows([country, *areas], themes, scope, counted)
        found.rows.sort(key=lambda row: _by_label(row.place))
        return found
    if scope.region:
        found.within = region = next(each for each in regions() if each.code == scope.region)
        found.rows = _rows(region.countries, themes, scope, counted)
        return found
    everywhere = regions()
    countries = {country.code: country for region in everywhere for country in region.countries}
    rows = {row.place.code: row for row in _rows(countries.values(), themes, scope, counted)}
    found.rows = list(rows.values())
    for region in everywhere:
        inside = [rows[country.code] for country in region.countries]
        covered = [sum(bool(row.numbers[position]) for row in inside) for position in range(len(themes))]
        found.regions.append(RegionRow(region, sum(bool(row.total) for row in inside), covered))
    return found


def _rows(places: Iterable[Node], themes: Sequence[Node], scope: Scope, counted: Reader) -> list[Row]:
    rows = [(place, list(_codes(place, themes, scope))) for place in places]
    numbers = counted.numbers(code for _place, codes in rows for code in codes)
    told = ((place, [numbers.get(code, 0) for code in codes]) for place, codes in rows)
    return [Row(place, total, each) for place, (total, *each) in told]


def _codes(place: Node, themes: Sequence[Node], scope: Scope) -> Iterator[str]:
    """The headings of a row: first for all that is asked for, then for each theme."""
    yield f"theme:{scope.theme} place:{place.code}" if scope.theme else f"place:{place.code}"
    for theme in themes:
        yield f"theme:{theme.code} place:{place.code}"


def _by_label(row: Node | Region) -> str:
    return fold(row.label)
