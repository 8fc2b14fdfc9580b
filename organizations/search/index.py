"""Writes the index from the records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from organizations.models import Heading, Listing, Organization, Word, WordSlip, WordUse
from organizations.search.headings import entries
from organizations.search.near import slips_of

AT_ONCE = 500  # organizations; databases bound the parameters of a query
ROWS = 2_000

_waiting: ContextVar[set[int] | None] = ContextVar("organizations whose index is written later", default=None)


@contextmanager
def deferred() -> Iterator[None]:
    """Write the index once at the end for all that is changed inside: for imports and whole stories."""
    if _waiting.get() is not None:
        yield
        return
    token = _waiting.set(set())
    try:
        yield
        waiting = _waiting.get() or set()
    finally:
        _waiting.reset(token)
    reindex(waiting)


def reindex(pks: Collection[int]) -> None:
    """Write the index of these organizations anew, from their records as they are now.

    Whoever changes what an organization is found by calls this in the same transaction; the frame of every action
    does, see :func:`follow`.
    """
    if (waiting := _waiting.get()) is not None:
        waiting.update(pks)
        return
    for some in pieces(sorted(pks), AT_ONCE):
        with transaction.atomic():
            _write(some)


def reindex_all() -> int:
    """Write the whole index anew; return of how many organizations. It can go on while people search."""
    pks = list(Organization.objects.order_by("pk").values_list("pk", flat=True))
    reindex(pks)
    return len(pks)


def follow(record: Any) -> None:
    """Write the index after ``record`` was changed, where it is something that an organization is found by."""
    pk = record.pk if isinstance(record, Organization) else getattr(record, "organization_id", None)
    if pk:
        reindex([pk])


def _write(pks: list[int]) -> None:
    wanted = entries(pks)
    headings = _ids(Heading, "code", (code for entry in wanted.values() for code in entry.headings), _heading)
    words = _ids(
        Word, "text", (text for entry in wanted.values() for text in entry.words), lambda text: Word(text=text)
    )
    _exchange(
        Listing,
        pks,
        ("organization_id", "heading_id", "name", "public_until"),
        {
            (pk, headings[code], entry.name, until)
            for pk, entry in wanted.items()
            for code, until in entry.headings.items()
        },
    )
    _exchange(
        WordUse,
        pks,
        ("organization_id", "word_id", "rank", "name", "public_until"),
        {
            (pk, words[text], int(rank), entry.name, entry.public_until)
            for pk, entry in wanted.items()
            for text, rank in entry.words.items()
        },
    )


def _exchange(model: Any, pks: list[int], columns: tuple[str, ...], wanted: set[tuple[Any, ...]]) -> None:
    """Make the rows of these organizations those that are ``wanted``, and touch no other."""
    key = columns[1]
    held = set(model.objects.filter(organization__in=pks).order_by().values_list(*columns))
    gone: dict[int, list[int]] = {}
    for row in held - wanted:
        gone.setdefault(row[0], []).append(row[1])
    for pk, keys in gone.items():
        for some in pieces(keys, AT_ONCE):
            model.objects.filter(organization=pk, **{f"{key}__in": some}).delete()
    new = [model(**dict(zip(columns, row, strict=True))) for row in sorted(wanted - held, key=lambda row: row[:2])]
    model.objects.bulk_create(new, batch_size=ROWS, ignore_conflicts=True)


def _heading(code: str) -> Heading:
    family = "work" if " " in code else code.partition(":")[0]
    return Heading(code=code, family=family)


def _ids(model: Any, column: str, codes: Iterable[str], make: Any) -> Mapping[str, int]:
    """The keys of headings or words by their text; those that nobody was under before are added."""
    asked = sorted(set(codes))
    found = _held(model, column, asked)
    if missing := [code for code in asked if code not in found]:
        model.objects.bulk_create(map(make, missing), batch_size=ROWS, ignore_conflicts=True)
        added = _held(model, column, missing)
        if model is Word:
            slips = (WordSlip(slip=slip, word_id=pk) for text, pk in added.items() for slip in slips_of(text))
            WordSlip.objects.bulk_create(slips, batch_size=ROWS, ignore_conflicts=True)
        found |= added
    return found


def _held(model: Any, column: str, asked: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in pieces(asked, ROWS):
        found.update(model.objects.filter(**{f"{column}__in": some}).values_list(column, "pk"))
    return found


def pieces(rows: list[Any], size: int) -> Iterable[list[Any]]:
    """Cut ``rows`` into pieces that one query takes."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
