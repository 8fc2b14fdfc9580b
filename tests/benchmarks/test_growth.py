"""Every page of the portal with 100 and with 10,000 organizations: few queries, and no work that grows with the portal.

The small brother of ``make bench``: the same data and the same pages, counted and not timed. A page that is too much
here is slow there.
"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.benchmarks.walk import portal_of
from tests.benchmarks.work import Work

SMALL, LARGE = 100, 10_000
MOST_OF_LIST, MOST_OF_RECORD = 10, 15  # queries

ASKS_MORE = {
    "work": 15,  # two for each kind of step, and one more for a kind of which much waits
    "organizations:organization-detail": 16,  # of a headquarters, whose branches are named too
    "organizations:twin-merge": 25,  # all that two records hold, before they become one
    "organizations:registration-workbook-file": 24,  # the whole form as a file
}
"""Pages that ask more often, each with how often."""

MAY_GROW = {"sqlite": 6_000, "postgresql": 400}
"""By how much the work of a page may grow, see :mod:`tests.benchmarks.work`: a thousand rows are counted and fifty are
shown, where there were few. To look at all of ten thousand is far more."""

GROWS = {
    # Counts as far as one answer may be long (EXPORT_AT_ONCE, 20,000), to say which way the file goes.
    "accounts:export-new": {"sqlite": 100_000, "postgresql": 8_000},
    # A word that may stand inside others (Arabic, Chinese): SQLite, which has no trigrams, looks through all words, and
    # PostgreSQL while they are so few. Up to 3,000 uses of what is found.
    "organizations:merge-new": {"sqlite": 45_000, "postgresql": 1_600},
    # Five numbers above the list, each counted to a thousand: 5 × 1,000 entries of an index, one of them with its rows.
    "organizations:registration-list": {"sqlite": 36_000, "postgresql": 1_900},
    # Four piles, each counted to a thousand in two ways, and ten rows of each. PostgreSQL may look for what is assigned
    # to a person in the pile of their office, while that is short.
    "work": {"sqlite": 15_000, "postgresql": 2_600},
    # Counted to a thousand, and of each row whether its organization is listed.
    "partnerships:agreement-list": {"sqlite": 26_000, "postgresql": 2_000},
    # Seven keys of a name, each counted to two thousand, and up to two thousand holders of the rarest.
    "api:twin-search": {"sqlite": 18_000, "postgresql": 1_700},
    # Fifty agreements with their themes, signatures and offices; there are twelve with 100 organizations.
    "api:agreement-list": {"postgresql": 900},
    # The partners of an office, a thousand of them, who are among all that the reader may find: these are read whole
    # while they are at most thirty times as many (organizations.search.query.WORTH_READING), beyond that one by one.
    "partnerships:agreement-create": {"sqlite": 130_000, "postgresql": 7_500},
    # Fifty documents and who sent them in: PostgreSQL reads the people whole while they are so few, which is quicker.
    "api:document-list": {"postgresql": 1_100},
}
"""Pages whose work may grow by more, each with the reason; none of them grows on beyond that."""

FIRST_TIME = {
    "organizations:organization-alike": "who resembles whom",
    "organizations:organization-facets": "the numbers beside the filters",
    "api:organization-facets": "the numbers beside the filters",
    "organizations:coverage": "the numbers of the map",
    "api:coverage-list": "the numbers of the map",
    "organizations:registration-figures": "the months of an office",
    "api:registration-figures-list": "the months of an office",
    "organizations:registration-list": "what each office usually takes",
    "programmes:theme-detail": "how many organizations stand under the theme",
}
"""Pages that do more the first time alone, each with what is kept from then on."""

MOST_WORK = {"sqlite": 40_000, "postgresql": 1_500}
"""What a page may do where it does as much in a small portal: the choices of a long form, say."""


@pytest.mark.django_db
def test_no_page_grows_with_the_portal():
    may_grow = MAY_GROW[connection.vendor]

    def is_much(name: str, work: Work) -> bool:
        most = ASKS_MORE.get(name, MOST_OF_LIST if name in lists else MOST_OF_RECORD)
        return work.queries > most or work.units > may_grow

    with portal_of(LARGE) as walk:
        lists = walk.names(of_lists=True)
        large = walk.open(walk.names(), is_much)
        never_opened = walk.names() - set(large)
    with portal_of(SMALL) as walk:
        # A record that asks little of a large portal asks little of a small one.
        small = walk.open(lists | {name for name, one in large.items() if one.first.units > may_grow}, is_much)

    def grown(name: str) -> tuple[int, int]:
        """By how much the work of a page is more: the first time, and again."""
        before, after = small.get(name), large[name]
        if before is None:
            return after.first.units, after.again.units
        return after.first.units - before.first.units, after.again.units - before.again.units

    def allowed(name: str) -> int:
        return GROWS.get(name, {}).get(connection.vendor, may_grow)

    told = {
        "never opened": never_opened,
        "asks too often": {
            name: one.again.queries
            for name, one in large.items()
            if one.again.queries > ASKS_MORE.get(name, MOST_OF_LIST if name in lists else MOST_OF_RECORD)
        },
        # A list that fits on one page is not counted, which is one query.
        "asks more often": {
            name: (small[name].again.queries, large[name].again.queries)
            for name in lists & small.keys() & large.keys() - ASKS_MORE.keys()
            if large[name].again.queries > small[name].again.queries + 1
        },
        "grows": {name: grown(name)[1] for name in large if grown(name)[1] > allowed(name)},
        "grows the first time": {
            name: grown(name)[0]
            for name in large
            if grown(name)[0] > allowed(name) and grown(name)[1] <= allowed(name) and name not in FIRST_TIME
        },
        "does much however small the portal": {
            name: one.again.units
            for name, one in large.items()
            if one.again.units > MOST_WORK[connection.vendor] and connection.vendor not in GROWS.get(name, {})
        },
        # Of SQLite alone: PostgreSQL plans by samples of the rows, now this way, now that.
        "may grow by far more than it does": {
            name: grown(name)[1]
            for name, allowance in GROWS.items()
            if connection.vendor == "sqlite" in allowance and 2 * grown(name)[1] < allowance["sqlite"] - may_grow
        },
    }
    assert {kind: found for kind, found in told.items() if found} == {}
