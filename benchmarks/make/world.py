"""What is decided before any row is written: who is where, and what became of whom.

Each table draws from a sequence of its own (:meth:`World.rng`), so a new one changes none of the others.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from django.utils import timezone

from benchmarks.make.words import Language, Zipf, languages
from organizations.models.organization import PartnerType
from programmes.models import CountryOffice, Location, Strategy, ThematicArea

SEED = "partners"
PLACES_IN_A_COUNTRY = 8  # of countries for which the portal ships none
LARGE_COUNTRIES = 20  # these have districts too
OTHER_KINDS = [kind for kind in PartnerType.values if kind != PartnerType.CSO]
FAMILY = 200  # every so many organizations an international one with branches
BRANCHES = 4


@dataclass
class World:
    """``size`` organizations with the keys 1 to ``size``."""

    size: int
    now: datetime = field(default_factory=timezone.now)

    def rng(self, table: str) -> Random:
        return Random(f"{SEED} {table}")

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def days_ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    @cached_property
    def offices(self) -> list[CountryOffice]:
        """The country offices, that with the most partners first: the one whose officer is measured."""
        found = list(CountryOffice.objects.of_countries().prefetch_related("countries").order_by("code"))
        self.rng("offices").shuffle(found)
        return found

    @cached_property
    def countries(self) -> list[Location]:
        """The countries, of each office the first, in the order of :attr:`offices`."""
        return [office.countries.all()[0] for office in self.offices]

    @cached_property
    def headquarters(self) -> CountryOffice:
        return CountryOffice.objects.get(is_headquarters=True)

    @cached_property
    def themes(self) -> list[int]:
        found = list(ThematicArea.objects.order_by("code").values_list("pk", flat=True))
        self.rng("themes").shuffle(found)
        return found

    @cached_property
    def strategies(self) -> list[int]:
        return list(Strategy.objects.order_by("code").values_list("pk", flat=True))

    @cached_property
    def places(self) -> list[list[int]]:
        """The places of each country, the country itself first."""
        found: dict[str, list[int]] = {}
        for pk, path in Location.objects.order_by("path").values_list("pk", "path"):
            found.setdefault(path.partition("/")[0], []).append(pk)
        return [found[country.code] for country in self.countries]

    @cached_property
    def languages(self) -> dict[str, Language]:
        return languages(self.rng("words"))

    @cached_property
    def language_of(self) -> list[Language]:
        """The language of each country."""
        known = self.languages
        spoken = {country: language for language in known.values() for country in language.countries}
        return [spoken.get(country.code, known["en"]) for country in self.countries]

    # --- Of each organization, by its key less one --------------------------------------------------------------------

    @cached_property
    def country(self) -> array[int]:
        """Which of :attr:`countries`: a few have very many organizations, most have few."""
        draws = Zipf(range(len(self.countries)), self.rng("country"), exponent=0.9)
        found = array("H", (draws.draw() for _ in range(self.size)))
        for pk in range(1, self.size + 1):
            if self.is_head(pk):  # each branch in a country of its own
                for number in range(1, BRANCHES + 1):
                    found[pk - 1 + number] = (found[pk - 1] + number) % len(self.countries)
        return found

    @cached_property
    def kind(self) -> list[str]:
        """What kind of body it is; families are of civil society."""
        draws = self.rng("kind")
        cso, families = (
            str(PartnerType.CSO),
            {pk for pk in range(1, self.size + 1) if self.head_of(pk) or self.is_head(pk)},
        )
        return [
            cso if draws.random() < 0.93 or pk in families else draws.choice(OTHER_KINDS)
            for pk in range(1, self.size + 1)
        ]

    def is_head(self, pk: int) -> bool:
        return pk % FAMILY == 1 and pk + BRANCHES <= self.size

    def head_of(self, pk: int) -> int | None:
        """The headquarters of a branch."""
        head = pk - 1 - (pk - 1) % FAMILY + 1
        return head if 0 < pk - head <= BRANCHES and self.is_head(head) else None

    @cached_property
    def names(self) -> list[str]:
        """The names, as :mod:`benchmarks.make.organizations` wrote them."""
        return [""] * self.size

    @cached_property
    def member(self) -> array[int]:
        """The key of the person who acts for it, 0 for none; see :mod:`benchmarks.make.people`."""
        return array("I", bytes(4 * self.size))

    # --- Registrations, by their key less one -------------------------------------------------------------------------

    @cached_property
    def registered(self) -> list[tuple[int, int, str]]:
        """(organization, office as an index of :attr:`offices`, state), one for each registration."""
        return list(self._registrations())

    def _registrations(self) -> Iterator[tuple[int, int, str]]:
        draws = self.rng("registered")
        states = Zipf([], draws)
        states.choices, states.weights = list(STATES), list(_sums(STATES.values()))
        for pk in range(1, self.size + 1):
            if self.kind[pk - 1] != PartnerType.CSO:
                continue
            chance, home = draws.random(), self.country[pk - 1]
            if chance < 0.92:
                yield pk, home, states.draw()
            if chance < 0.08:
                yield pk, (home + draws.randrange(1, len(self.offices))) % len(self.offices), states.draw()

    def office(self, index: int) -> Any:
        return self.offices[index].pk


STATES = {
    "verified": 56,
    "lapsed": 6,  # verified, and past its date
    "draft": 11,
    "submitted": 7,
    "sent_back": 4,
    "resubmitted": 2,
    "renewing": 3,
    "suspended": 1,
    "delisted": 1,
    "declined": 4,
    "withdrawn": 5,
}
"""How many of a hundred registrations are in which state."""


def _sums(numbers: Any) -> Iterator[float]:
    total = 0.0
    for number in numbers:
        total += number
        yield total


def add_places(world: World) -> None:
    """Give the countries of which the portal knows no places some: regions, and districts in the large ones."""
    with_places = set(Location.objects.exclude(parent=None).values_list("parent", flat=True))
    made: list[Location] = []
    for rank, country in enumerate(world.countries):
        if country.pk in with_places:
            continue
        words = world.language_of[rank]
        regions = [
            Location(code=f"{country.code}{number:02}", name=words.proper(), parent=country, level=1)
            for number in range(1, PLACES_IN_A_COUNTRY + 1)
        ]
        made += regions
        if rank < LARGE_COUNTRIES:
            made += [
                Location(code=f"{region.code}{number:02}", name=words.proper(), parent=region, level=2)
                for region in regions
                for number in range(1, 5)
            ]
    for level in (1, 2):
        rows = [place for place in made if place.level == level]
        for place in rows:
            place.derive()
        Location.objects.bulk_create(rows)
    vars(world).pop("places", None)
