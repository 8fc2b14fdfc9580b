"""How many partners of the public directory work under each theme and in each place.

This app knows no organizations: imports go down only. The app that knows them hands its counting in when it starts,
with :func:`counted_by`; until then nothing is counted and the pages show no numbers.
"""

from collections.abc import Mapping
from typing import Protocol

from programmes.models import Location, ThematicArea


class PartnerCounts(Protocol):
    """Counts each organization once, under a theme also for what lies below it, in a place for all that lies in it."""

    def by_theme(self, *, place: Location | None = None) -> Mapping[str, int]:
        """Partners by theme code, in one place or everywhere."""

    def by_country(self, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        """Partners by country code (alpha-3), under one theme or all."""

    def by_place(self, above: Location, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        """Partners by code of the places that lie directly in ``above``, under one theme or all."""


class _NothingCounted:
    def by_theme(self, *, place: Location | None = None) -> Mapping[str, int]:
        return {}

    def by_country(self, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        return {}

    def by_place(self, above: Location, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        return {}


_source: PartnerCounts = _NothingCounted()


def counted_by(source: PartnerCounts) -> None:
    """Let ``source`` do the counting from now on."""
    global _source
    _source = source


def counts() -> PartnerCounts:
    return _source
