"""What people keep of the directory: searches under a name, with digests, tags, and what was done with many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from benchmarks.make.loader import write
from benchmarks.make.people import staff
from benchmarks.make.words import Zipf
from benchmarks.make.world import World
from organizations.models import BulkRun, Digest, SavedSearch, Tag, Tagging
from portal.kit.text import fold
from programmes.models import ThematicArea

OF_A_PERSON = 12
TAGS = ("shortlist", "met in 2025", "call for proposals", "to visit", "emergency roster", "needs training")
RUNS = 5  # of each person


def make(world: World) -> None:
    people = [(staff(office, number), office) for office in range(len(world.offices)) for number in range(2)]
    write(SavedSearch, ("id", "owner_id", "office_id", "name", "query", "state"), _searches(world, people))
    digests = (
        (1 + at * OF_A_PERSON + number, person, "weekly", [], world.days_ago(-number).date())
        for at, (person, _office) in enumerate(people)
        for number in range(0, OF_A_PERSON, 3)
    )
    write(Digest, ("search_id", "person_id", "rhythm", "known", "due_on"), digests)
    tags = [(office, label) for office in range(len(world.offices)) for label in TAGS]
    rows = ((key, world.office(office), label, fold(label)) for key, (office, label) in enumerate(tags, start=1))
    write(Tag, ("id", "office_id", "label", "folded"), rows)
    write(Tagging, ("tag_id", "organization_id"), _taggings(world))
    runs = (
        (UUID(int=1 + at * RUNS + number), "tag", person, 20, 0, world.days_ago(number))
        for at, (person, _office) in enumerate(people)
        for number in range(RUNS)
    )
    write(BulkRun, ("token", "action", "by_id", "done", "reached", "at"), runs)


def _searches(world: World, people: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    codes = list(ThematicArea.objects.filter(is_sensitive=False).order_by("code").values_list("code", flat=True))
    for at, (person, office) in enumerate(people):
        for number in range(OF_A_PERSON):
            key = 1 + at * OF_A_PERSON + number
            theme = codes[key % len(codes)]
            query = f"theme={theme}&country={world.countries[office].code}"
            state = "shared" if number % 2 else "private"
            yield key, person, world.office(office), f"{number + 1} {theme}", query, state


def _taggings(world: World) -> Iterator[tuple[int, int]]:
    """A tag of its office on one of twenty."""
    labels = Zipf(range(len(TAGS)), world.rng("taggings"))
    for pk in range(3, world.size + 1, 20):
        yield 1 + world.country[pk - 1] * len(TAGS) + labels.draw(), pk
