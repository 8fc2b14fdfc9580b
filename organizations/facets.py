"""Facets: by what the organizations that were found can be narrowed down, and to how many each choice leads.

Each number is what the directory finds behind its link. Where more than a thousand are found, the numbers are of the
first thousand and say so, unless they stand in the index: when nothing but a theme and a place is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from accounts.stamp import kept
from organizations.filters.organization import STATUSES, OrganizationFilter
from organizations.filters.vocabulary import Node
from organizations.search.facets import FIRST, Sample
from organizations.search.query import All
from organizations.search.reader import PARTNERS
from portal.kit.text import fold

T = TypeVar("T")

SHOWN = 7
FOLDED = frozenset({"strategy", "population", "language", "experience"})  # asked for more seldom
MOST_ASKED = 60  # themes and places of which it is asked what the search would find with them, the largest first
PLAIN = ("type", "category", "trait", "strategy", "population", "language", "experience", "risk")
"""Facets whose values are headings of their own and do not depend on each other; each is also a field of the filter."""

LABELS = {"theme": _("Theme"), "place": _("Place")}
"""Of the two trees, whose values have to meet in one presence."""


@dataclass
class Choice:
    """One value: the filter and its value, what it is called, how many there are, where it leads.

    ``number`` is None where the link takes a choice away that was made.
    """

    name: str
    value: str
    label: str
    query: str
    number: int | None = None


@dataclass
class Facet:
    """``chosen``: what is asked for now; ``choices``: what can be asked for beside it, most partners first.

    ``first_only``: the numbers are of the first thousand.
    """

    name: str
    label: Any
    chosen: list[Choice] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    first_only: bool = False

    @property
    def is_folded(self) -> bool:
        """Whether it is shown closed, to leave room for the others."""
        return self.name in FOLDED and not self.chosen

    @property
    def first_choices(self) -> list[Choice]:
        return self.choices[:SHOWN]

    @property
    def more_choices(self) -> list[Choice]:
        return self.choices[SHOWN:]


@dataclass
class Facets:
    """``count``: how many are found, where ``capped`` at least; ``first_only``: whether some number says less."""

    count: int
    capped: bool
    facets: list[Facet]
    query: str

    @property
    def first_only(self) -> bool:
        return any(facet.first_only for facet in self.facets)


def facets_of(filterset: OrganizationFilter) -> Facets:
    """Count what ``filterset`` finds."""
    return _Counting(filterset).facets()


def query_of(filterset: OrganizationFilter, **changes: Any) -> str:
    """What is asked of the directory, as an address carries it, with some of it changed (empty: taken away)."""
    asked = {name: filterset.data.getlist(name) for name in filterset.form.fields}
    asked |= {name: value if isinstance(value, list) else [value] for name, value in changes.items()}
    return urlencode([(name, value) for name, values in asked.items() for value in values if value])


def kept_facets(filterset: OrganizationFilter, form: str, make: Callable[[], T]) -> T:
    """``make()``, in this ``form`` kept for all who ask the same and find the same, until something changes."""
    reader = filterset.reader
    own = f"own {sorted(reader.own)}" if reader.own else ""
    return kept(f"facets {form} {query_of(filterset)}", make, reader="unicef" if reader.for_unicef else own)


class _Counting:
    def __init__(self, filterset: OrganizationFilter) -> None:
        self.filterset = filterset
        self.known = filterset.known
        self.asked: Mapping[str, Any] = {name: value for name, value in filterset.asked.items() if value}
        self.counted = filterset.reader

    def facets(self) -> Facets:
        trees, names = [self._theme(), self._place()], [name for name in PLAIN if name in self.filterset.form.fields]
        facets = [*trees, *map(self._plain, names)]
        if "status" in self.filterset.form.fields:
            facets.append(self._status())
        return Facets(
            self.counted.numbers([self.heading])[self.heading] if self.by_index else len(self.sample.pks),
            capped=not self.by_index and not self.sample.whole,
            facets=[facet for facet in facets if facet.chosen or facet.choices],
            query=query_of(self.filterset),
        )

    # --- What is counted ------------------------------------------------------------------------------------------

    @cached_property
    def sample(self) -> Sample:
        has_status = "status" in self.filterset.form.fields
        statuses = {status: self.filterset.stands(status) for status in STATUSES} if has_status else {}
        return Sample.of(self.filterset.found.rows, self.filterset.reader, **statuses)

    @cached_property
    def heading(self) -> str:
        """The heading of all that is found, where there is one: by a theme and a place alone, or by nothing."""
        if self.asked.keys() - {"theme", "country", "location"}:
            return ""
        asked = [f"theme:{self.theme.code}"] if self.theme else []
        asked += [f"place:{self.place.code}"] if self.place else []
        return " ".join(asked) or PARTNERS

    @cached_property
    def by_index(self) -> bool:
        """Whether more are found than are counted one by one, and the index holds the numbers."""
        found = self.filterset.found and self.known.headings.get(self.heading)  # the search has read it
        return bool(found) and (found.number if self.counted.for_unicef else found.public) > FIRST

    @cached_property
    def codes(self) -> list[str]:
        """Every heading of which the number among what is found is the number behind its link."""
        plain = [f"{name}:{value}" for name in PLAIN for value in self._values(name)]
        themes = [f"theme:{theme.code}" for theme in self._themes()]
        return [*plain, *themes, *(f"place:{place.code}" for place in self._places())]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        if self.by_index and not self.asked:
            return self.counted.numbers(self.codes)
        return self.sample.numbers(self.codes)

    def _values(self, name: str) -> list[str]:
        entry = self.filterset.form.fields.get(name)
        return [value for value, _label in entry.choices if value] if entry else []

    # --- Themes and places ----------------------------------------------------------------------------------------

    @cached_property
    def theme(self) -> Node | None:
        return self.known.themes.get(self.asked.get("theme", ""))

    @cached_property
    def place(self) -> Node | None:
        """The innermost place that is chosen."""
        return self.known.places.get(self.asked.get("location") or self.asked.get("country") or "")

    def _themes(self) -> list[Node]:
        """The sectors, or what lies directly below the chosen theme."""
        themes = self.known.themes_for(self.filterset.for_unicef)
        return [theme for theme in themes if theme.is_directly_below(self.theme)]

    def _places(self) -> list[Node]:
        if self.place is None:
            return self.known.countries
        country = self.known.country_of(self.place)
        return [place for place in self.known.places_in(country.code) if place.is_directly_below(self.place)]

    def _theme(self) -> Facet:
        facet = self._facet("theme")
        if self.theme:
            *above, theme = (self.known.themes[code] for code in self.theme.path.split("/")[:-1])
            facet.chosen = [self._choice("theme", theme, theme=above[-1].code if above else "")]
        facet.choices = self._ranked("theme", self._themes())
        return facet

    def _place(self) -> Facet:
        facet = self._facet("place")
        if self.place:
            country, *below = (self.known.places[code] for code in self.place.path.split("/")[:-1])
            facet.chosen = [self._choice("country", country, country="", location="")]
            for place, outer in zip(below, ["", *(each.code for each in below)], strict=False):
                facet.chosen.append(self._choice("location", place, country=country.code, location=outer))
        facet.choices = self._ranked(self._place_field, self._places())
        return facet

    @property
    def _place_field(self) -> str:
        return "location" if self.place else "country"

    @cached_property
    def met(self) -> Mapping[str, int]:
        """How many there are by heading, if one of the themes or places were asked for beside what is asked for now."""
        nodes = {f"theme:{theme.code}": theme for theme in self._themes()}
        nodes |= {f"place:{place.code}": place for place in self._places()}
        meets = {"theme": self.place, "place": self.theme}
        if self.by_index:
            pairs = {_met_with(code, meets[_family(code)]): code for code in nodes}
            return {pairs[heading]: number for heading, number in self.counted.numbers(pairs).items()}
        has_words = self.asked.get("q") and not self.asked.get("exact")
        asked: dict[str, All] = {}
        told: dict[str, int] = {}
        for code in sorted(nodes, key=lambda code: -self.numbers.get(code, 0)):
            if not (meets[_family(code)] or has_words):
                told[code] = self.numbers.get(code, 0)
            elif self.numbers.get(code) and len(asked) < MOST_ASKED:
                # Of words, and of a theme and a place together, only the search itself knows what they find.
                name = "theme" if _family(code) == "theme" else self._place_field
                asked[code] = self._asked_with(**{name: nodes[code].code})
        return told | self.sample.meeting(asked) if asked else told

    def _asked_with(self, **changes: str) -> All:
        """What the search would ask for with another theme or place."""
        other = copy(self.filterset)
        other.__dict__.pop("understood", None)
        other.asked = {**self.filterset.asked, **changes}
        return other.wanted(other.understood)

    # --- The others -----------------------------------------------------------------------------------------------

    def _plain(self, name: str) -> Facet:
        facet = self._facet(name)
        chosen = self.filterset.data.getlist(name) if self.asked.get(name) else []
        labels = {str(value): str(label) for value, label in self.filterset.form.fields[name].choices}

        def choice(value: str, then: list[str], number: int | None = None) -> Choice:
            return Choice(name, value, labels[value], query_of(self.filterset, **{name: then}), number)

        facet.chosen = [choice(value, [other for other in chosen if other != value]) for value in chosen]
        if chosen and name != "trait":
            return facet  # of types and the like any will do: another one would find more, not fewer
        numbers = {value: self.numbers.get(f"{name}:{value}", 0) for value in self._values(name) if value not in chosen}
        found = [choice(value, [*chosen, value], number) for value, number in numbers.items() if number]
        facet.choices = sorted(found, key=_most_first)
        return facet

    def _status(self) -> Facet:
        facet = self._facet("status")
        labels = dict(self.filterset.form.fields["status"].choices)
        if chosen := self.asked.get("status"):
            facet.chosen = [Choice("status", chosen, str(labels[chosen]), query_of(self.filterset, status=""))]
            return facet
        facet.first_only = not self.sample.whole
        facet.choices = [
            Choice("status", value, str(labels[value]), query_of(self.filterset, status=value), number)
            for value, number in self.sample.holds.items()
            if number
        ]
        return facet

    # --- Writing down ---------------------------------------------------------------------------------------------

    def _facet(self, name: str) -> Facet:
        entry = self.filterset.form.fields.get(name)
        by_index = self.by_index and (name in LABELS or not self.asked)
        return Facet(name, LABELS.get(name) or entry.label, first_only=not by_index and not self.sample.whole)

    def _choice(self, name: str, node: Node, **changes: str) -> Choice:
        return Choice(name, node.code, node.label, query_of(self.filterset, **changes))

    def _ranked(self, name: str, nodes: Iterable[Node]) -> list[Choice]:
        family = "theme" if name == "theme" else "place"
        found = [
            Choice(name, node.code, node.label, query_of(self.filterset, **{name: node.code}), number)
            for node in nodes
            if (number := self.met.get(f"{family}:{node.code}"))
        ]
        return sorted(found, key=_most_first)


def _family(code: str) -> str:
    return code.partition(":")[0]


def _met_with(code: str, node: Node | None) -> str:
    """The heading of a theme in a place, or of either alone where there is no other ``node``."""
    if node is None:
        return code
    return f"{code} place:{node.code}" if _family(code) == "theme" else f"theme:{node.code} {code}"


def _most_first(choice: Choice) -> tuple[int, str]:
    return -(choice.number or 0), fold(choice.label)
