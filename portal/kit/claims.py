"""Work that waits in a table, shared out among workers on any number of hosts, each row to one of them.

A worker locks rows that nobody else has locked and marks them as its own before it lets go. It never waits for another
worker, and two never get the same row. SQLite knows no row locks; there one writer at a time gives the same promise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models, transaction

M = TypeVar("M", bound=models.Model)


def lock_free(due: models.QuerySet[M], most: int = 1) -> list[M]:
    """Lock and return the first rows of ``due`` that no other transaction holds. Only inside a transaction.

    For work whose claim is a move of its lifecycle: lock, then ``perform`` the move in the same transaction.
    """
    return list(due.select_for_update(skip_locked=True, of=("self",))[:most])


def claim(due: models.QuerySet[M], *, most: int = 1, **marks: Any) -> list[M]:
    """Take up to ``most`` rows of ``due`` for this worker by setting ``marks`` on them; return them as they were.

    ``due`` must leave out rows with these marks, until the claim runs out: so the rows of a killed worker come back.
    """
    with transaction.atomic():
        rows = lock_free(due, most)
        if rows:
            due.model._base_manager.filter(pk__in=[row.pk for row in rows]).update(**marks)
    return rows


@contextmanager
def at_work(on: str) -> Iterator[None]:
    """Show other workers that this one lives and is at work ``on`` something, however long that takes.

    PostgreSQL forgets it with the connection, so what a killed worker was at is never taken for being under way.
    """
    if connection.vendor != "postgresql":
        yield
        return
    _call("pg_advisory_lock", on)
    try:
        yield
    finally:
        if connection.is_usable():
            _call("pg_advisory_unlock", on)


def is_under_way(on: str) -> bool:
    """Whether another worker is :func:`at_work` on it. SQLite cannot tell; there only the time that passed counts."""
    return connection.vendor == "postgresql" and not _call("pg_try_advisory_xact_lock", on)


def _call(function: str, on: str) -> Any:
    number = int.from_bytes(hashlib.sha256(on.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [number])
        return cursor.fetchone()[0]
