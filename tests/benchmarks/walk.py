"""Every page of the portal, opened at one size, with what it asked of the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from accounts.models import User
from benchmarks.make import make
from benchmarks.make.people import ADMINISTRATOR, HEADQUARTERS, measured_member, staff
from benchmarks.pages.addresses import Address, addresses
from benchmarks.pages.fill import paths
from benchmarks.pages.left_out import why_left_out
from tests.benchmarks.work import Work, counted

TRIED = 15  # records for which an address is tried, until one opens
READERS = ("officer", "headquarters", "member", "administrator", "anonymous")
WARMED = ("/", "/organizations/", "/api/v1/organizations/")  # what every page shares is read once, as in life


@contextmanager
def portal_of(size: int) -> Iterator[Walk]:
    """A portal with ``size`` organizations, as long as the block lasts."""
    logging.disable(logging.CRITICAL)  # that a reader may not open a page is tried on purpose
    try:
        with transaction.atomic():
            world = make(size)
            for cache in caches.all(initialized_only=True):
                cache.clear()
            yield Walk(measured_member(world))
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)


@dataclass(frozen=True)
class Opened:
    """What a page asked of the database: as a process opens it for the first time, and again.

    Only a page that asked too much the first time is opened again.
    """

    first: Work
    again: Work


class Walk:
    """Opens pages as the first reader who may. Those of Django's admin are left to ``make bench``."""

    def __init__(self, member: int) -> None:
        keys = {"officer": staff(0), "headquarters": HEADQUARTERS, "member": member, "administrator": ADMINISTRATOR}
        self.users: dict[str, Any] = {reader: User.objects.get(pk=key) for reader, key in keys.items()}
        self.users["anonymous"] = AnonymousUser()
        self.clients = {reader: Client() for reader in READERS}
        for reader in keys:
            self.clients[reader].force_login(self.users[reader])
        self.known = [one for one in addresses() if not why_left_out(one.name) and not one.name.startswith("admin:")]
        for reader in ("officer", "anonymous"):
            for path in WARMED:
                self.clients[reader].get(path)

    def names(self, *, of_lists: bool = False) -> set[str]:
        """The names of the addresses, of all or of those that are not about one record."""
        return {address.name for address in self.known if not (of_lists and address.asks)}

    def open(self, wanted: set[str], is_much: Callable[[str, Work], bool]) -> dict[str, Opened]:
        found = ((address.name, self._open(address, is_much)) for address in self.known if address.name in wanted)
        return {name: opened for name, opened in found if opened}

    def _open(self, address: Address, is_much: Callable[[str, Work], bool]) -> Opened | None:
        for reader in READERS:
            found = paths(address, self.known, self.users[reader], spread=False)
            for _tried, path in zip(range(TRIED), found, strict=False):
                work, status = self._get(reader, path)
                if status == 200:
                    return Opened(work, self._get(reader, path)[0] if is_much(address.name, work) else work)
        return None

    def _get(self, reader: str, path: str) -> tuple[Work, int]:
        with counted() as work:
            response = self.clients[reader].get(path)
            if response.streaming:
                response.getvalue()  # to the end, so that its file is closed
        return work, response.status_code
