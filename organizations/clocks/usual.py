"""What each office usually takes to decide: the middle of the last twelve months, and four of five."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from django.core.cache import caches
from django.utils import timezone

from accounts.stamp import costly
from organizations.clocks.rounds import decisions, office_of, spreads

SECONDS_KEPT = 600
ENOUGH = 5  # fewer decisions than this say nothing
KEY = "usual-times"


@dataclass(frozen=True)
class Usual:
    """In days, begun ones counted; None for both where there are too few decisions to say."""

    count: int
    median: int | None = None
    most: int | None = None


def usual_times() -> dict[int, Usual]:
    """By office; one without a decision in twelve months is left out. One query, kept for some minutes."""
    made: Any = caches["memory"].get_or_set(KEY, lambda: costly(KEY, _measure), SECONDS_KEPT)
    found: dict[int, Usual] = made
    return found


def usual_time(office_id: int) -> Usual:
    return usual_times().get(office_id, Usual(0))


def _measure() -> dict[int, Usual]:
    rows = decisions(timezone.now() - timedelta(days=365)).annotate(office=office_of())
    return {
        office: Usual(spread.count, in_days(spread.median), in_days(spread.most))
        if spread.count >= ENOUGH
        else Usual(spread.count)
        for office, spread in spreads(rows, "office").items()
    }


def in_days(took: timedelta) -> int:
    """Whole days, begun ones counted."""
    return ceil(took / timedelta(days=1))
