"""Which database a reader is served from, where ``REPLICA_URL`` names a second one that follows the first.

Only readers whom the portal does not know (no session, no key) read from the replica, and only pages. Whoever is signed
in, everything in a transaction, and a browser that wrote something a moment ago read what was written last. The
replica may be away or behind at any time: nobody notices, since the primary answers for it.
"""

import logging
import threading
import time
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

logger = logging.getLogger(__name__)

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
ALWAYS_PRIMARY = {"sessions", "usersessions", "django_cache"}  # who somebody is, and what is counted to the last one

CHECK_SECONDS, CHECK_SECONDS_WHEN_AWAY = 2, 15
RETRY_WITHIN = 5  # seconds; what took longer was stopped for taking long, and would take as long again

FRESH_COOKIE = "fresh"


@dataclass
class Reading:
    """How one request is served."""

    from_replica: bool = False
    wrote: bool = False


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class Router:
    def db_for_read(self, model, **hints):
        reading = _reading.get()
        if reading is None or not reading.from_replica or reading.wrote or in_transaction():
            return PRIMARY
        return PRIMARY if model._meta.app_label in ALWAYS_PRIMARY else REPLICA

    def db_for_write(self, model, **hints):
        reading = _reading.get()
        if reading is not None and model._meta.app_label != "django_cache":
            reading.wrote = True
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == PRIMARY


def in_transaction():
    return connections[PRIMARY].in_atomic_block


@contextmanager
def served(reading):
    token = _reading.set(reading)
    try:
        yield reading
    finally:
        _reading.reset(token)


class ReplicaHealth:
    """Whether the replica answers and is close enough behind. Each process asks for itself, every few seconds.

    How far it is behind: each time, the primary's position in its log is noted. The newest note that the replica has
    passed says since when it lacks something. (The time of its last change would grow while nobody writes.)
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.forget()

    def forget(self):
        self.next_check, self.is_good, self.notes = 0.0, False, deque(maxlen=100)

    def usable(self):
        """One thread asks; the others go by the last answer meanwhile."""
        if time.monotonic() >= self.next_check and self.lock.acquire(blocking=False):
            try:
                self._check()
            finally:
                self.lock.release()
        return self.is_good

    def look_again(self):
        """Something went wrong there: believe nothing until the replica was asked anew."""
        self.next_check = 0.0
        self._found("an answer went wrong")

    def _check(self):
        wait = CHECK_SECONDS
        try:
            late = self._seconds_behind() > settings.REPLICA_MAX_LAG
            self._found(f"the replica is more than {settings.REPLICA_MAX_LAG} seconds behind" if late else "")
        except Error as error:
            self._found(str(error).strip())
            wait = CHECK_SECONDS_WHEN_AWAY  # asking a host that is gone takes somebody's time
        self.next_check = time.monotonic() + wait

    def _found(self, problem):
        if self.is_good is bool(problem):
            logger.warning("Public pages read from %s", f"the primary: {problem}" if problem else "the replica")
        self.is_good = not problem

    def _seconds_behind(self):
        now = time.monotonic()
        self.notes.append((now, position(PRIMARY, "pg_current_wal_lsn()")))
        reached = position(REPLICA, "pg_last_wal_replay_lsn()")
        passed = [at for at, written in self.notes if reached is not None and written <= reached]
        return now - passed[-1] if passed else float("inf")


def position(alias, function):
    """How far the log of a database has come; None where it follows no other."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT pg_wal_lsn_diff({function}, '0/0')")
        return cursor.fetchone()[0]


replica = ReplicaHealth()


class ReplicaReads:
    """Chooses the database of each request, and asks the primary when an answer from the replica went wrong."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.monotonic()
        with served(Reading(from_replica=_may_read_replica(request) and replica.usable())) as reading:
            response = self.get_response(request)
        if reading.from_replica and response.status_code >= 500 and time.monotonic() - started < RETRY_WITHIN:
            replica.look_again()
            with served(Reading()) as reading:
                response = self.get_response(request)
        if reading.wrote:  # the cookie outlasts whatever the replica may be behind
            lasts = settings.REPLICA_MAX_LAG + 2 * CHECK_SECONDS
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(FRESH_COOKIE, "1", max_age=lasts, secure=secure, httponly=True, samesite="Lax")
        return response


def _may_read_replica(request):
    known = {settings.SESSION_COOKIE_NAME, FRESH_COOKIE} & request.COOKIES.keys()
    return request.method in ("GET", "HEAD") and not known and "Authorization" not in request.headers
