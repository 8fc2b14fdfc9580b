"""Whether anything has changed: a short text that differs after every change, and what is kept while it stays.

Every change goes through an action and leaves an event in the trail, in its transaction. So the newest events tell a
page whether it still stands. They are looked at as a set and not as one number, since an event may be committed after a
later one. What changes without an event (counts that a worker keeps, what lapses with the date) shows within
``SECONDS_KEPT``, because the stamp changes that often by itself.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import connections, router
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import AuditEvent

T = TypeVar("T")

SECONDS_KEPT = 300  # divides a day, so that a new date is a new stamp
# Each process keeps the names of themes and places for a minute, and the worker counts anew soon after a change. Until
# all that has come to rest, no copy lasts long.
SECONDS_UNSETTLED, SETTLES = 10, timedelta(seconds=65)
NEWEST = 50

_remembered: ContextVar[list[str] | None] = ContextVar("remembered", default=None)


def data_stamp() -> str:
    """The stamp of what the database holds now. One query of some index entries; in one page asked once."""
    remembered = _remembered.get()
    if not remembered:
        stamp = _read()
        if remembered is None:
            return stamp
        remembered.append(stamp)
    return remembered[0]


@contextmanager
def asked_once() -> Iterator[None]:
    """Read the stamp at most once within. Only around what does not write."""
    token = _remembered.set([])
    try:
        yield
    finally:
        _remembered.reset(token)


def kept(name: str, make: Callable[[], T], *, reader: str = "") -> T:
    """Return ``make()``, kept in this process's memory until something in the portal changes, five minutes at most.

    ``name`` says all that it depends on beside the language (``f"facets:{query}"``), ``reader`` for which kind of
    reader it is ("" the public, "unicef", …). Whoever shares both gets the same, so never put one person's into it.
    """
    key = digest("kept", name, reader, get_language(), data_stamp())
    found: Any = caches["memory"].get_or_set(key, make, SECONDS_KEPT)
    return found


COSTLY = 1.0  # seconds
AS_LONG = 1_000  # times what it took; ten seconds of the database are worth some hours
_LONGEST, _MAKING = timedelta(days=1), timedelta(minutes=2)


def costly(name: str, make: Callable[[], T]) -> T:
    """Return ``make()``; where that took more than ``COSTLY``, what was made stands for all processes for some time.

    So figures are exact as long as that is cheap, and in a portal grown large nobody waits for them again and again.
    When they are due one asker makes them anew, and the others read the old ones meanwhile.
    """
    cache, key, now = caches["default"], digest("costly", name), time.time()
    held: Any = cache.get(key)
    if held and (held[1] > now or not cache.add(f"{key}-making", True, _MAKING.total_seconds())):
        found: T = held[0]
        return found
    begun = time.perf_counter()
    made = make()
    took = time.perf_counter() - begun
    if took > COSTLY:
        cache.set(key, (made, now + min(took * AS_LONG, _LONGEST.total_seconds())), 2 * _LONGEST.total_seconds())
    if held:
        cache.delete(f"{key}-making")
    return made


def digest(*parts: object) -> str:
    """A short text that differs when one of ``parts`` does."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def _read() -> str:
    now = time.time()
    connection = connections[router.db_for_read(AuditEvent)]
    settled = connection.ops.adapt_datetimefield_value(timezone.now() - SETTLES)
    newest = f"SELECT id, at FROM {AuditEvent._meta.db_table} ORDER BY id DESC LIMIT {NEWEST}"  # noqa: S608
    # The bare statement: the ORM would take three times as long to write it as the database to answer it.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id), SUM(id), MAX(at), MAX(at) > %s FROM ({newest}) AS newest", [settled])  # noqa: S608
        *found, is_recent = cursor.fetchone()
    return digest(*found, now // SECONDS_KEPT, now // SECONDS_UNSETTLED if is_recent else "")
