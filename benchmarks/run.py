"""One run: the database of one size, the server before it, and what is asked of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.prepare import prepare


@dataclass(frozen=True)
class Asked:
    """What a run is asked for. ``only``: words, one of which the name of a page has to hold; none: every page."""

    size: int
    only: str = ""
    keep: bool = False
    only_make: bool = False
    memory: bool = False
    requests: int = 20_000
    quiet: bool = False

    def wants(self, label: str) -> bool:
        words = [word.strip() for word in self.only.split(",") if word.strip()]
        return not words or any(word in label for word in words)


def run(url: str, asked: Asked) -> dict[str, Any]:
    """Make or take the database of ``asked.size`` on the server at ``url``, and measure; return the figures."""
    known = prepare(url, asked.size, keep=asked.keep)
    if asked.only_make:
        return {"size": asked.size}
    return _memory(known, asked) if asked.memory else _pages(known, asked)


@contextmanager
def _measurer(known: dict[str, Any]) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """The running server, what asks it, and the people who ask."""
    from accounts.models import User
    from benchmarks.client import session_of
    from benchmarks.measure import Measurer
    from benchmarks.server import serving

    users = {reader: User.objects.get(pk=key) for reader, key in known["people"].items()}
    sessions = {reader: session_of(user.pk) for reader, user in users.items()} | {"anonymous": ""}
    with serving() as server:
        yield server, Measurer(server.port, sessions), users


def _pages(known: dict[str, Any], asked: Asked) -> dict[str, Any]:
    from django.db import connection

    from benchmarks import report
    from benchmarks.measure import BadAnswer

    result: dict[str, Any] = {"size": asked.size, "machine": report.machine(connection), "pages": [], "failed": []}
    with _measurer(known) as (server, measurer, users):
        measurer.measure_floor()
        result["memory"] = {"at first": server.memory()}
        found = [page for page in _found(known, measurer, users, asked) if asked.wants(page.label)]
        for number, page in enumerate(found, start=1):
            try:
                row = measurer.page(page).as_json()
            except BadAnswer as problem:
                result["failed"].append(f"{page.label}: {problem}")
                continue
            result["pages"].append(row)
            if not asked.quiet:
                print(f"[{number}/{len(found)}] {report.line(row)}", file=sys.stderr, flush=True)
        if asked.wants("csv"):
            result["csv"] = {
                f"of the directory ({reader})": measurer.csv(_csv(), reader) for reader in ("officer", "anonymous")
            }
        result["memory"]["at last"] = server.memory()
        result["floor"] = measurer.floor_in_words()
    return result


def _found(known: dict[str, Any], measurer: Any, users: dict[str, Any], asked: Asked) -> Iterator[Any]:
    from benchmarks.measure import deep_page
    from benchmarks.pages import found_pages, named_pages

    yield from named_pages(known)
    if asked.wants("deep page"):
        yield from (deep_page(measurer, reader) for reader in ("officer", "anonymous"))
    yield from found_pages(users, measurer.status, asked.wants)


def _csv() -> str:
    from django.urls import reverse

    return f"{reverse('organizations:organization-list')}?format=csv"


def _memory(known: dict[str, Any], asked: Asked) -> dict[str, Any]:
    from django.db import connection

    from benchmarks import report, soak

    result: dict[str, Any] = {"size": asked.size, "machine": report.machine(connection)}
    with _measurer(known) as (server, measurer, users):
        pages = [page for page in _found(known, measurer, users, asked) if asked.wants(page.label)]
        result["soak"] = soak.soak(server, measurer, pages, asked.requests)
        result["export"] = soak.whole_file(server, measurer, _csv(), "officer")
    return result
