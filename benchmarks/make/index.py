"""The search index, read from the records as the portal itself reads it, and written in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from benchmarks.make.loader import analyse, write
from benchmarks.make.world import World
from organizations.models import Heading, Listing, Word, WordSlip, WordUse
from organizations.search.counts import count_partners
from organizations.search.headings import Entry, entries
from organizations.search.near import slips_of

AT_ONCE = 500  # organizations that are read together
WRITTEN = 20_000  # organizations whose index is written together


def make(world: World) -> None:
    headings, words = _Counted(), _Counted()
    large = [(model, index) for model in (Listing, WordUse) for index in model._meta.indexes]
    # To sort once at the end is quicker than to find each row's place.
    _run(f"DROP INDEX {connection.ops.quote_name(index.name)}" for _model, index in large)
    for first in range(1, world.size + 1, WRITTEN):
        last = min(first + WRITTEN, world.size + 1)
        found: dict[int, Entry] = {}
        for start in range(first, last, AT_ONCE):
            found |= entries(range(start, min(start + AT_ONCE, last)))
        for entry in found.values():
            headings.count(((code, until) for code, until in entry.headings.items()), world.today)
            words.count(((text, entry.public_until) for text in entry.words), world.today)
        if last > world.size:
            # With the last rows the numbers are known. SQLite wants what is referred to before what refers to it,
            # else it looks for every row that waits; where there are more rows than are written at once, it must wait.
            _write_counted(world, headings, words)
        _write(found, headings, words)
    editor = connection.schema_editor()  # only words it: SQLite does not enter one in a transaction
    _run(str(index.create_sql(model, editor)) for model, index in large)
    count_partners()
    analyse(Listing, WordUse, Heading, Word)


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class _Counted(dict[str, list[int]]):
    """Headings or words: each with its key, and of how many organizations the public and the staff know."""

    def count(self, uses: Iterable[tuple[str, date | None]], today: date) -> None:
        for text, until in uses:
            held = self.get(text)
            if held is None:
                held = self[text] = [len(self) + 1, 0, 0]
            held[2] += 1
            if until and until >= today:
                held[1] += 1


def _write_counted(world: World, headings: _Counted, words: _Counted) -> None:
    rows = ((key, code, _family(code), public, total, world.now) for code, (key, public, total) in headings.items())
    write(Heading, ("id", "code", "family", "public_count", "total_count", "counted_at"), rows)
    texts = ((key, text, public, total) for text, (key, public, total) in words.items())
    write(Word, ("id", "text", "public_count", "total_count"), texts)
    write(WordSlip, ("word_id", "slip"), ((held[0], slip) for text, held in words.items() for slip in slips_of(text)))


def _write(found: dict[int, Entry], headings: _Counted, words: _Counted) -> None:
    def listings() -> Iterator[tuple[Any, ...]]:
        for pk, entry in found.items():
            for code, until in entry.headings.items():
                yield pk, headings[code][0], entry.name, until

    def uses() -> Iterator[tuple[Any, ...]]:
        for pk, entry in found.items():
            for text, rank in entry.words.items():
                yield pk, words[text][0], int(rank), entry.name, entry.public_until

    write(Listing, ("organization_id", "heading_id", "name", "public_until"), listings())
    write(WordUse, ("organization_id", "word_id", "rank", "name", "public_until"), uses())


def _family(code: str) -> str:
    return "work" if " " in code else code.partition(":")[0]
