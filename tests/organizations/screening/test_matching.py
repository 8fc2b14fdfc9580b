"""Whom a screening finds across scripts and spellings, and whom it lets pass."""

import pytest

from organizations.screening import Kind, Listed, Screener, likeness
from tests.organizations.screening.pairs import (
    NEAR_MISSES,
    NEAR_ORGANIZATIONS,
    ORGANIZATIONS,
    TRANSLITERATIONS,
)

FOUND = [(*pair, Kind.PERSON) for pair in TRANSLITERATIONS] + [(*pair, Kind.ENTITY) for pair in ORGANIZATIONS]
PASSED = [(*pair, Kind.PERSON) for pair in NEAR_MISSES] + [(*pair, Kind.ENTITY) for pair in NEAR_ORGANIZATIONS]


def ask(name, listed, kind):
    return Screener([Listed("X.1", kind, listed)]).hits(name, kind)


def test_there_are_forty_of_each():
    assert (len(FOUND) >= 40, len(PASSED) >= 40) == (True, True)


@pytest.mark.parametrize(("one", "other", "kind"), FOUND)
def test_a_transliteration_is_found_either_way_round(one, other, kind):
    assert [len(ask(one, other, kind)), len(ask(other, one, kind))] == [1, 1], likeness(one, other, kind)


@pytest.mark.parametrize(("one", "other", "kind"), PASSED)
def test_a_near_miss_passes_either_way_round(one, other, kind):
    assert [ask(one, other, kind), ask(other, one, kind)] == [[], []]
