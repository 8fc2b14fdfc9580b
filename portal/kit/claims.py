"""Work that waits in a table, shared out among workers on any number of hosts, each row to one of them.

A worker locks rows that nobody else has locked and marks them as its own before it lets go. It never waits for another
worker, and two never get the same row. SQLite knows no row locks; there one writer at a time gives the same promise.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction

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
