"""The search index, read from the records as the portal itself reads it, and written in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models

from benchmarks.make.loader import write
from benchmarks.make.world import World
from organizations.models import Heading, Listing, Word, WordSlip, WordUse
from organizations.search import count_headings
from organizations.search.headings import Entry, entries
from organizations.search.near import slips_of

AT_ONCE = 2_000 if connection.vendor == "postgresql" else 500  # organizations that are read together
WRITTEN = 20_000  # organizations whose index is written together


def make(world: World) -> None:
    headings, words = _Keys(), _Keys()
    large = [(model, index) for model in (Listing, WordUse) for index in model._meta.indexes]
    with connection.schema_editor(atomic=False) as editor:
        for model, index in large:
            editor.remove_index(model, index)  # to sort once at the end is quicker than to find each row's place
    for first in range(1, world.size + 1, WRITTEN):
        found: dict[int, Entry] = {}
        last = min(first + WRITTEN, world.size + 1)
        for start in range(first, last, AT_ONCE):
            found |= entries(range(start, min(start + AT_ONCE, last)))
        _write(found, headings, words)
    write(Heading, ("id", "code", "family"), ((key, code, _family(code)) for code, key in headings.items()))
    write(Word, ("id", "text"), ((key, text) for text, key in words.items()))
    write(WordSlip, ("word_id", "slip"), ((key, slip) for text, key in words.items() for slip in slips_of(text)))
    with connection.schema_editor(atomic=False) as editor:
        for model, index in large:
            editor.add_index(model, index)
    _vacuum(Listing, WordUse, Heading, Word)
    count_headings()


class _Keys(dict[str, int]):
    """A key for each text, given when it is first asked for."""

    def __missing__(self, text: str) -> int:
        key = self[text] = len(self) + 1
        return key


def _write(found: dict[int, Entry], headings: _Keys, words: _Keys) -> None:
    def listings() -> Iterator[tuple[Any, ...]]:
        for pk, entry in found.items():
            for code, until in entry.headings.items():
                yield pk, headings[code], entry.name, until

    def uses() -> Iterator[tuple[Any, ...]]:
        for pk, entry in found.items():
            for text, rank in entry.words.items():
                yield pk, words[text], int(rank), entry.name, entry.public_until

    write(Listing, ("organization_id", "heading_id", "name", "public_until"), listings())
    write(WordUse, ("organization_id", "word_id", "rank", "name", "public_until"), uses())


def _family(code: str) -> str:
    return "work" if " " in code else code.partition(":")[0]


def _vacuum(*tables: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f"VACUUM ANALYZE {connection.ops.quote_name(table._meta.db_table)}")
