"""The organizations and what their profiles say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

from benchmarks.make.loader import write
from benchmarks.make.words import Zipf
from benchmarks.make.world import World
from organizations.models import (
    Experience,
    Identifier,
    NameKey,
    OfficeHolder,
    Organization,
    OrganizationName,
    Presence,
    Screening,
    TrackRecord,
)
from organizations.models.facts import BudgetBand, Policy, Population, StaffBand, Years
from organizations.models.organization import TRAITS, CSOType, OrganizationCategory, PartnerType
from organizations.twins.keys import keys_of
from portal.kit.text import fold

TRAIT_SHARES = (0.03, 0.02, 0.2, 0.12, 0.06)  # of organizations, in the order of TRAITS
SOURCES = ("", "", "OCHA 4W", "OCHA 3W")


def make(world: World) -> None:
    _organizations(world)
    _names(world)
    _name_keys(world)
    _presences(world)
    _profiles(world)


def _organizations(world: World) -> None:
    columns = (
        *("id", "name", "name_language", "name_script", "acronym", "partner_type", "cso_type"),
        *("organization_category", "headquarters_id", "legal_status", "founded", "country_id", "focus", *TRAITS),
        *("mission", "mission_language", "languages", "email", "phone", "website", "listed", "source", "search_text"),
        *("populations", "policies", "staff_band", "budget_band", "twins_due", "created_at"),
    )
    write(Organization, columns, _organization_rows(world))


def _organization_rows(world: World) -> Iterator[tuple[Any, ...]]:
    rng = world.rng("organizations")
    types = Zipf(CSOType.values, rng, exponent=0.7)
    categories = Zipf([v for v in OrganizationCategory.values if v != "international_ngo"], rng)
    tongues = list(world.languages)
    populations = [rng.sample(Population.values, rng.randrange(1, 5)) for _ in range(500)]
    policies = [rng.sample(Policy.values, rng.randrange(0, 6)) for _ in range(100)]
    staff, budgets = Zipf(StaffBand.values, rng), Zipf(BudgetBand.values, rng, exponent=0.5)
    created = [world.days_ago(days) for days in range(1, 3000)]
    random, names = rng.random, world.names
    for pk in range(1, world.size + 1):
        words = world.language_of[world.country[pk - 1]]
        if random() < 0.15:
            words = world.languages["en"]
        is_cso, head = world.kind[pk - 1] == PartnerType.CSO, world.head_of(pk)
        name = words.name()
        text, folded = name.text, name.folded
        if head:
            text = f"{names[head - 1]} {world.countries[world.country[pk - 1]].code}"
            folded = fold(text)
        names[pk - 1] = text
        acronym = (
            "".join(part[0] for part in folded.split()).upper() if words.script == "Latn" and random() < 0.6 else ""
        )
        mission = words.mission() if random() < 0.7 else None
        search = "\n".join(filter(None, (folded, acronym.lower(), mission and mission.folded)))
        international = is_cso and (head or world.is_head(pk))
        yield (
            *(pk, text, words.code, words.script, acronym, world.kind[pk - 1], types.draw() if is_cso else ""),
            "international_ngo" if international else categories.draw() if is_cso and random() < 0.7 else "",
            *(head, "informal" if random() < 0.1 else "formal", rng.randrange(1950, 2025)),
            *(world.countries[world.country[pk - 1]].pk, "children" if random() < 0.3 else "broader"),
            *(is_cso and random() < share for share in TRAIT_SHARES),
            *(mission.text if mission else "", words.code if mission else ""),
            list({words.code, tongues[int(random() * len(tongues))]} if random() < 0.5 else [words.code]),
            *(f"info@o{pk}.example", f"+998 71 {pk % 10**7:07}", f"https://o{pk}.example" if random() < 0.4 else ""),
            *(random() < 0.92, "" if random() < 0.8 else "OCHA 4W", search),
            *(populations[pk % 500], policies[pk % 100], staff.draw(), budgets.draw(), False, created[pk % 2999]),
        )


def _names(world: World) -> None:
    """Other names of a third: what it is called in English, was called before, or how a source writes it."""

    def rows() -> Iterator[tuple[Any, ...]]:
        rng, english = world.rng("names"), world.languages["en"]
        for pk in range(1, world.size + 1):
            chance, own = rng.random(), world.names[pk - 1]
            if chance < 0.2:
                name = english.name()
                yield pk, name.text, "translation", "en", name.folded[:300]
            elif chance < 0.3:
                name = world.language_of[world.country[pk - 1]].name()
                yield pk, name.text, "former", "", name.folded[:300]
            if chance > 0.95 and len(own) > 6:
                at = rng.randrange(2, len(own) - 2)
                wrong = own[:at] + own[at + 1] + own[at] + own[at + 2 :]
                yield pk, wrong, "misspelling", "", fold(wrong)[:300]

    write(OrganizationName, ("organization_id", "name", "kind", "language", "folded"), rows())

    numbers = (
        (pk, f"X{world.country[pk - 1]:03}-REG", f"{pk * 7919 % 10**9:09}")
        for pk in range(1, world.size + 1)
        if pk % 5 < 3
    )
    write(Identifier, ("organization_id", "scheme", "value"), numbers)


def _name_keys(world: World) -> None:
    """The keys by which twins are looked for, put together word by word, which is ten times as quick."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for pk, name in enumerate(world.names, start=1):
            words = fold(name).split()
            compact = "".join(words)
            keys = {f"!{compact}"[:60], f"={compact}"[:60]}
            meant: set[str] = set()
            for word in words:
                apart, common = _keys_of_word(word)
                keys.update(apart)
                meant |= common
            keys.update(f"c:{one}+{other}"[:60] for one, other in combinations(sorted(meant)[:3], 2))
            yield from ((pk, key) for key in keys)

    write(NameKey, ("organization_id", "key"), rows())


@cache
def _keys_of_word(word: str) -> tuple[list[str], set[str]]:
    """The keys of one proper word, and what it means where it is a common one."""
    keys = keys_of([word])
    return [key for key in keys if key[:2] in ("o:", "h:", "t:")], {key[2:] for key in keys if key.startswith("c:")}


def _presences(world: World) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        rng = world.rng("presences")
        themes, amounts = Zipf(world.themes, rng, exponent=0.6), Zipf((3, 2, 4, 1, 5, 6, 8), rng, exponent=0.5)
        as_of, random = date(world.today.year, 1, 1), rng.random
        for pk in range(1, world.size + 1):
            places = world.places[world.country[pk - 1]]
            known = set()
            for _ in range(amounts.draw()):
                place = places[0] if random() < 0.3 else places[int(random() * len(places))]
                if random() < 0.03:
                    place = world.places[int(random() * len(world.places))][0]
                known.add((themes.draw(), place, SOURCES[int(random() * 4)]))
            for theme, place, source in known:
                yield pk, theme, place, source, as_of if source else None, 2000 + pk % 24

    write(Presence, ("organization_id", "theme_id", "location_id", "source", "as_of", "since"), rows())

    def strategies() -> Iterator[tuple[int, int]]:
        rng = world.rng("strategies")
        for pk in range(1, world.size + 1):
            yield from ((pk, strategy) for strategy in rng.sample(world.strategies, 1 + (rng.random() < 0.5)))

    write(Organization.strategies.through, ("organization_id", "strategy_id"), strategies())


def _profiles(world: World) -> None:
    rng = world.rng("profiles")
    since = [date(2005 + year, 1 + year % 12, 1) for year in range(18)]

    def holders() -> Iterator[tuple[Any, ...]]:
        for pk in range(1, world.size + 1):
            words = world.language_of[world.country[pk - 1]]
            yield pk, "head", words.person(), since[pk % 18]
            if pk % 3 == 0:
                yield pk, "board", words.person(), since[pk % 17]
            if pk % 5 == 0:
                yield pk, "authorised", words.person(), since[pk % 16]

    write(OfficeHolder, ("organization_id", "role", "name", "since"), holders())
    themes, years = world.themes, Years.values
    of = range(1, world.size + 1)
    experiences = ((pk, themes[pk % len(themes)], years[pk % len(years)]) for pk in of if pk % 2)
    write(Experience, ("organization_id", "theme_id", "years"), experiences)
    records = (
        (pk, ("result", "endorsement", "network")[pk % 3], f"{1 + pk % 90} schools reached", 2010 + pk % 15)
        for pk in of
        if pk % 4 == 0
    )
    write(TrackRecord, ("organization_id", "kind", "what", "year"), records)
    screened = ((pk, f"{rng.getrandbits(128):064x}", world.days_ago(pk % 30)) for pk in of if pk % 2)
    write(Screening, ("organization_id", "digest", "screened_at"), screened)
