"""What is measured: the pages that the issue names, and every other list and record, each as who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from benchmarks.pages.addresses import Address, addresses
from benchmarks.pages.fill import paths
from benchmarks.pages.left_out import why_left_out

ROTATED = 16  # addresses of one page that take turns, so that no one answer is asked for again and again
TRIED = 60
READERS = ("officer", "headquarters", "member", "administrator", "manager", "head", "anonymous")
"""Who is tried for a page, in this order; the first who may open it is measured."""

Get = Callable[[str, str], int]
"""Asks for a path as a reader, and returns the status."""


@dataclass
class Page:
    """One page, read by one kind of reader. ``filtered``: what it finds is a small part, however large the portal."""

    name: str
    reader: str
    paths: list[str] = field(default_factory=list)
    kind: str = "list"  # list, record, form
    filtered: bool = False

    @property
    def label(self) -> str:
        return self.name if self.reader == "officer" else f"{self.name} ({self.reader})"


class NotReached(Exception):
    """Addresses that nobody could open: give them what they need, or a reason in ``left_out``."""


def named_pages(known: dict[str, Any]) -> Iterator[Page]:
    """The pages that the issue names, for the officer and for everybody."""
    from programmes.models import Location, ThematicArea

    themes = list(ThematicArea.objects.filter(is_sensitive=False).order_by("code").values_list("code", flat=True))
    countries = known["countries"] or list(Location.objects.countries().values_list("code", flat=True)[:40])
    types = ("ngo", "community", "women", "faith", "foundation")
    turns = range(ROTATED)
    asked = {
        "directory": [{"sort": "name"}],
        "directory by theme": [{"theme": themes[i * 5 % len(themes)]} for i in turns],
        "directory by country": [{"country": countries[i % len(countries)]} for i in turns],
        "directory by theme, country, type": [
            {"theme": themes[i * 7 % len(themes)], "country": countries[i % len(countries)], "type": types[i % 5]}
            for i in turns
        ],
        "directory by text": [{"q": text} for text in known["texts"][:ROTATED]],
        "directory by rare word": [{"q": word} for word in known["rare"][:ROTATED]],
        "directory by common word": [{"q": word} for word in known["common"]],
        "directory by theme in words": [{"q": words} for words in ("education", "water", "child protection", "santé")],
        "directory by trait": [{"trait": trait} for trait in ("is_opd", "is_women_led", "is_youth_led")],
        "directory by office": [{"office": code} for code in known["offices"][:ROTATED]],
    }
    for reader in ("officer", "anonymous"):
        for name, queries in asked.items():
            found = [_asking("organizations:organization-list", query) for query in queries]
            yield Page(name, reader, found, filtered=len(queries) > 1)
            if name.count(" ") < 3 or "type" in name:
                yield Page(
                    f"api {name}",
                    reader,
                    [_asking("organization-list", query) for query in queries],
                    filtered=len(queries) > 1,
                )
    yield Page(
        "alike names",
        "officer",
        [_asking("organizations:alike", {"name": text}) for text in known["texts"][:ROTATED]],
        "form",
    )
    yield Page(
        "twin search",
        "officer",
        [_asking("organizations:twin-search", {"names": text}) for text in known["texts"][:ROTATED]],
        "form",
    )
    by_state = [{"state": state} for state in ("submitted", "resubmitted", "verified")]
    yield Page(
        "registrations by state", "officer", [_asking("organizations:registration-list", query) for query in by_state]
    )
    by_text = [{"q": text.split()[0]} for text in known["texts"][:ROTATED]]
    yield Page(
        "registrations by text", "officer", [_asking("organizations:registration-list", query) for query in by_text]
    )
    yield Page("agreements by text", "officer", [_asking("partnerships:agreement-list", query) for query in by_text])


def _asking(name: str, query: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def found_pages(users: dict[str, Any], get: Get, only: Callable[[str], bool] = bool) -> Iterator[Page]:
    """Every list and record of the URL table, as the first reader who may open it; and as everybody, where they may.

    ``only``: whether the address with this name is wanted.

    Raises:
        NotReached: for addresses that nobody could open.
    """
    known = addresses()
    lost = []
    for address in known:
        if why_left_out(address.name) or not only(address.name):
            continue
        try:
            pages = list(_pages_at(address, known, users, get))
        except (LookupError, AttributeError) as gap:  # fill.py does not know what the address asks for
            raise NotReached(f"{address.name}: {gap}") from gap
        if not pages:
            lost.append(address.name)
        yield from pages
    if lost:
        raise NotReached(", ".join(lost))


def _pages_at(address: Address, known: Iterable[Address], users: dict[str, Any], get: Get) -> Iterator[Page]:
    readers = [reader for reader in READERS if reader in users or reader == "anonymous"]
    for reader in readers:
        opened = _openable(address, known, reader, users, get)
        if opened:
            yield Page(address.name, reader, opened, _kind(address))
            break
    else:
        return
    if reader != "anonymous" and (opened := [path for path in opened if get(path, "anonymous") == 200]):
        yield Page(address.name, "anonymous", opened, _kind(address))


def _openable(address: Address, known: Iterable[Address], reader: str, users: dict[str, Any], get: Get) -> list[str]:
    opened: list[str] = []
    for number, path in enumerate(paths(address, known, users.get(reader, AnonymousUser()))):
        if number >= TRIED or len(opened) >= ROTATED or (number >= 15 and not opened):
            break
        if get(path, reader) == 200:
            opened.append(path)
    return opened


def _kind(address: Address) -> str:
    if "transition" in address.asks or address.name.endswith(("-edit", "-create", "-new", "-add", "-upload", "-start")):
        return "form"
    return "record" if address.asks else "list"
