"""How often a caller may ask the API: counted for all web processes together, without asking the database each time."""

from typing import Any

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

TOLD_IN = 20  # pieces of the limit


class SharedRate(SimpleRateThrottle):
    """So many requests in each minute (hour, day) of the clock.

    A process counts for itself, and adds to the count of all when it has seen a twentieth of the limit. So a limit of
    120 may be passed by a few for each process, and five requests of six cost no query. A small limit is exact.
    """

    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.get_cache_key(request, view)
        if who is None:
            return True
        self.now = self.timer()
        key = f"{who}_{self.now // self.duration:.0f}"
        known, own = caches["memory"].get(key, (0, 0))
        if known + own >= self.num_requests:
            return self.throttle_failure()
        own += 1
        if own >= self.num_requests // TOLD_IN:
            known, own = self._tell(key, own), 0
        caches["memory"].set(key, (known, own), self.duration)
        return bool(known + own <= self.num_requests)

    def _tell(self, key: str, own: int) -> int:
        """Add to what all processes have counted, and return it."""
        self.cache.add(key, 0, self.duration)
        try:
            return int(self.cache.incr(key, own))
        except ValueError:  # thrown away in between to make room
            return own

    def wait(self) -> float:
        return float(self.duration - self.now % self.duration)


class AnonRate(SharedRate, AnonRateThrottle):
    """For whoever does not sign in, by address."""


class UserRate(SharedRate, UserRateThrottle):
    """For whoever does, by person."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return super().get_cache_key(request, view) if request.user.is_authenticated else None
