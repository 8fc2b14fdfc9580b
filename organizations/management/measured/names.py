"""Names typed into the search box, as they are written and with one letter left out: is the organization found?"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from django.db import connection
from django.http import QueryDict

from organizations.filters import OrganizationFilter
from organizations.management.measured.scratch import index, read, save
from organizations.models import Organization, OrganizationName
from organizations.models.organization import organization_search_text
from portal.kit.text import fold

FIRST = 10
# "World Lung Foundation (special, 2009)"
_STATUS = re.compile(r"\s*\((?:special|roster|general|\d{4})[^()]*\)$", re.IGNORECASE)
_EVERYTHING = SimpleNamespace(is_authenticated=True, is_superuser=True)


@dataclass
class Run:
    """One way of typing every name. ``misses``: the name, what was typed, and at which place it was found, if any."""

    typed: str
    asked: int = 0
    found: int = 0
    misses: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    most_queries: int = 0

    def figures(self) -> dict[str, Any]:
        times = sorted(self.seconds) or [0.0]
        return {
            "typed": self.typed,
            "asked": self.asked,
            "found_in_first_ten": self.found,
            "share": round(self.found / self.asked, 5) if self.asked else 0.0,
            "p50_ms": round(times[len(times) // 2] * 1000, 1),
            "p95_ms": round(times[len(times) * 95 // 100] * 1000, 1),
            "longest_ms": round(times[-1] * 1000, 1),
            "most_queries": self.most_queries,
            "misses": [dict(zip(("name", "typed", "place"), miss, strict=True)) for miss in self.misses],
        }


class Counted:
    """Counts the queries that are asked inside."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *asked: Any) -> Any:
        self.queries += 1
        return execute(*asked)


def ask(text: str, **more: str) -> OrganizationFilter:
    """The directory as somebody at UNICEF asks it."""
    query = QueryDict(mutable=True)
    query.update({"q": text, **more})
    return OrganizationFilter(query, Organization.objects.all(), request=SimpleNamespace(user=_EVERYTHING))


def without_a_letter(name: str, run: int) -> str:
    """``name`` without one of its letters: which one hangs on the name and ``run``, so every measurement is alike."""
    letters = [at for at, char in enumerate(name) if char.isalpha()]
    if len(letters) < 2:
        return name
    at = letters[crc32(f"{run} {name}".encode()) % len(letters)]
    return name[:at] + name[at + 1 :]


def without_a_first_letter(name: str, run: int) -> str:
    """``name`` without the first letter of one of its longer words, which is the letter that is missed most."""
    starts = [match.start() for match in re.finditer(r"[^\W\d_]{4,}", name)]
    if not starts:
        return without_a_letter(name, run)
    at = starts[crc32(f"{run} {name}".encode()) % len(starts)]
    return name[:at] + name[at + 1 :]


def load_names(granted: str, renames: str) -> dict[str, set[int]]:
    """Make an organization of every name, and give it the names it had; return whose each name is."""
    names = [row["NGO_name"].strip() for row in read(granted, "NGO_name")]
    changes = [
        (_STATUS.sub("", row["Old_name"].strip()), row["New_name"].strip())
        for row in read(renames, "Old_name", "New_name")
    ]
    group: dict[str, int] = {}  # names of one organization, by number
    members: dict[int, list[str]] = defaultdict(list)
    for number, together in enumerate([*((name,) for name in names if name), *changes]):
        known = {group[fold(name)] for name in together if name and fold(name) in group}
        one = min(known, default=number)
        for other in known - {one}:
            members[one] += members.pop(other)
        members[one] += [name for name in together if name]
        group.update((fold(name), one) for name in members[one])
    called = [list(dict.fromkeys(some)) for some in members.values()]
    rows = save(Organization(name=own, search_text=organization_search_text(own, "", other)) for own, *other in called)
    OrganizationName.objects.bulk_create(
        OrganizationName(organization=row, name=name, kind=OrganizationName.Kind.FORMER, folded=fold(name)[:300])
        for row, (_own, *other) in zip(rows, called, strict=True)
        for name in other
    )
    index()
    whose: dict[str, set[int]] = defaultdict(set)
    for row, some in zip(rows, called, strict=True):
        for name in some:
            whose[name].add(row.pk)
    return whose


def measure_names(granted: str, renames: str, *, letters: int, only: int | None = None) -> Iterator[Run]:
    """Type every name as it is, then without a letter, ``letters`` times, each time another one."""
    whose = load_names(granted, renames)
    names = list(whose)[:: max(1, len(whose) // only)] if only else list(whose)
    yield _typed("as written", names, names, whose)
    for run in range(letters):
        typed = [without_a_letter(name, run) for name in names]
        yield _typed(f"without a letter ({run + 1})", names, typed, whose)
    if letters:
        typed = [without_a_first_letter(name, 0) for name in names]
        yield _typed("without the first letter of a word", names, typed, whose)


def _typed(how: str, names: Iterable[str], typed: Iterable[str], whose: dict[str, set[int]]) -> Run:
    run = Run(how)
    for name, text in zip(names, typed, strict=True):
        run.asked += 1
        counted = Counted()
        with connection.execute_wrapper(counted):
            started = time.perf_counter()
            found = [row.pk for row in ask(text[:300]).first(FIRST * 10)]
            run.seconds.append(time.perf_counter() - started)
        run.most_queries = max(run.most_queries, counted.queries)
        if whose[name] & set(found[:FIRST]):
            run.found += 1
        else:
            place = next((str(at) for at, pk in enumerate(found, 1) if pk in whose[name]), "not found")
            run.misses.append((name, text, place))
    return run
