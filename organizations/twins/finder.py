"""Finds the records that may be the organization somebody writes about: candidates by keys, then judged by likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from math import log
from typing import Protocol

from organizations.models import Identifier, NameKey, Organization, OrganizationName
from organizations.models.twin import TwinReason
from organizations.twins.keys import keys_of
from organizations.twins.likeness import THRESHOLD, Likeness, likeness_of
from organizations.twins.numbers import same_number
from portal.kit.paging import bounded_counts

MOST_ROWS = 2_000  # of keys, the rarest first: what is read does not grow with the table
MOST_JUDGED = 40
ELSEWHERE = 10  # less alike when the two are at home in different countries


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the one. ``mine`` and ``theirs`` are the names (or numbers) that met."""

    organization_id: int
    score: int
    reason: TwinReason
    mine: str = ""
    theirs: str = ""
    family: int | None = None


@dataclass(slots=True)
class Known:
    """What is known of one record when it is compared. ``family``: its headquarters, or itself."""

    names: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    country: int | None = None
    family: int | None = None

    @property
    def only_numbers(self) -> list[str]:
        return [value for _scheme, value in self.numbers]


class Index(Protocol):
    """Where keys and names are looked up."""

    def counts(self, keys: Collection[str]) -> dict[str, int]:
        """How many records have each of ``keys`` that any has; beyond the limit of the finder, at least so many."""

    def holders(self, keys: Collection[str]) -> Iterable[tuple[int, str]]:
        """The records that have one of ``keys``, as (record, key)."""

    def known(self, pks: Collection[int]) -> dict[int, Known]:
        """The names, numbers and country of records."""


class DatabaseIndex:
    """Looks keys up in the database: two queries, and three for the names of the candidates.

    ``most``: no key is counted further, and no more rows are read: a word may stand in the names of a tenth of all.
    """

    def __init__(self, most: int = MOST_ROWS) -> None:
        self.most = most

    def counts(self, keys: Collection[str]) -> dict[str, int]:
        asked = {f"key_{at}": key for at, key in enumerate(sorted(keys))}
        rows = {name: NameKey.objects.filter(key=key) for name, key in asked.items()}
        found = bounded_counts(self.most, **rows) if rows else {}
        return {key: found[name] for name, key in asked.items() if found[name]}

    def holders(self, keys: Collection[str]) -> Iterable[tuple[int, str]]:
        rows = NameKey.objects.filter(key__in=keys).order_by("key", "organization_id")
        return rows.values_list("organization_id", "key")[: self.most]

    def known(self, pks: Collection[int]) -> dict[int, Known]:
        rows = Organization.objects.current().filter(pk__in=pks).order_by()
        columns = ("pk", "name", "acronym", "country_id", "headquarters_id")
        told = {
            pk: Known([name, acronym] if acronym else [name], [], country, head or pk)
            for pk, name, acronym, country, head in rows.values_list(*columns)
        }
        others = OrganizationName.objects.filter(organization__in=told).order_by("pk")
        for pk, name in others.values_list("organization_id", "name"):
            told[pk].names.append(name)
        numbers = Identifier.objects.filter(organization__in=told).order_by("pk")
        for pk, scheme, value in numbers.values_list("organization_id", "scheme", "value"):
            told[pk].numbers.append((scheme, value))
        return told


class MemoryIndex:
    """The same over records in memory: for measuring, and for a night in which every record is looked up."""

    def __init__(self, records: dict[int, Known]) -> None:
        self.records = records
        self.by_key: dict[str, list[int]] = defaultdict(list)
        for pk, record in records.items():
            for key in keys_of(record.names, record.only_numbers):
                self.by_key[key].append(pk)

    def counts(self, keys: Collection[str]) -> dict[str, int]:
        return {key: len(self.by_key[key]) for key in keys if key in self.by_key}

    def holders(self, keys: Collection[str]) -> Iterable[tuple[int, str]]:
        return ((pk, key) for key in keys for pk in self.by_key[key])

    def known(self, pks: Collection[int]) -> dict[int, Known]:
        return {pk: self.records[pk] for pk in pks}


class TwinFinder:
    """Answers which records may be one with an organization of given names and numbers, in a few queries."""

    def __init__(
        self, index: Index | None = None, *, most_rows: int = MOST_ROWS, most_judged: int = MOST_JUDGED
    ) -> None:
        self.index = index or DatabaseIndex(most_rows)
        self.most_rows, self.most_judged = most_rows, most_judged

    def candidates(
        self,
        names: Iterable[str],
        identifiers: Iterable[tuple[str, str]] = (),
        country: int | None = None,
        limit: int = 10,
        *,
        threshold: int = THRESHOLD,
        exclude: Collection[int] = (),
    ) -> list[Candidate]:
        """Return the records that may be the one, the most alike first.

        ``names`` are all names and acronyms, ``identifiers`` (scheme, number) pairs, ``country`` the key of the home
        country: a record at home elsewhere counts as less alike. ``exclude``: records that are not looked for.
        """
        names, identifiers = [name for name in names if name], list(identifiers)
        likely = self._likely(keys_of(names, (value for _scheme, value in identifiers)), exclude)
        found = []
        for pk, known in self.index.known(likely).items():
            best = judge(Known(names, identifiers, country), known)
            if best.score >= threshold:
                found.append(Candidate(pk, best.score, best.reason, best.first, best.second, known.family))
        return sorted(found, key=lambda one: (-one.score, one.organization_id))[:limit]

    def _likely(self, keys: set[str], exclude: Collection[int]) -> list[int]:
        """The records that share the most, and the rarest, keys."""
        counts = self.index.counts(keys)
        asked, rows = [], 0
        for key in sorted(counts, key=lambda key: (counts[key], key)):
            rows += counts[key]
            if rows > self.most_rows and asked:
                break
            asked.append(key)
        shared: dict[int, float] = defaultdict(float)
        for pk, key in self.index.holders(asked) if asked else ():
            shared[pk] += _worth(key, counts[key])
        for pk in exclude:
            shared.pop(pk, None)
        return [pk for _worth, pk in nsmallest(self.most_judged, ((-worth, pk) for pk, worth in shared.items()))]


def _worth(key: str, holders: int) -> float:
    return (50 if key[0] in "=#" else 20 if key[0] == "m" else 0) + 1 / (1 + log(holders))


def judge(one: Known, other: Known) -> Likeness:
    """Return the best that speaks for two records being one."""
    number = next(
        (pair for pair in ((mine, theirs) for mine in one.numbers for theirs in other.numbers) if same_number(*pair)),
        None,
    )
    if number:
        return Likeness(100, TwinReason.SAME_NUMBER, *(f"{scheme} {value}" for scheme, value in number))
    best = likeness_of(one.names, other.names)
    if one.country and other.country and one.country != other.country:
        reason = TwinReason.ELSEWHERE if best.reason == TwinReason.SAME_NAME else best.reason
        return Likeness(max(best.score - ELSEWHERE, 0), reason, best.first, best.second)
    return best
