"""How many partners of the public directory are at work, by theme and by place: the numbers beside the links.

Each number is what the directory finds behind its link. They are read from the index, where the worker keeps them, so
that they cost the same however many partners there are.
"""

from collections.abc import Callable, Mapping

from accounts.stamp import kept
from organizations.search.reader import EVERYBODY
from programmes.models import Location, ThematicArea


class DirectoryCounts:
    """Handed to programmes, see :mod:`programmes.partners`."""

    def by_theme(self, *, place: Location | None = None) -> Mapping[str, int]:
        themes = ThematicArea.objects.order_by().values_list("code", flat=True)
        inside = f" place:{place.code}" if place else ""
        return _kept(f"themes{inside}", lambda: {f"theme:{code}{inside}": code for code in themes})

    def by_country(self, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        return self._by_place(Location.objects.countries(), "countries", theme)

    def by_place(self, above: Location, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        return self._by_place(Location.objects.filter(parent=above), f"places of {above.code}", theme)

    @staticmethod
    def _by_place(places, name: str, theme: ThematicArea | None) -> Mapping[str, int]:
        on = f"theme:{theme.code} " if theme else ""
        codes = places.order_by().values_list("code", flat=True)
        return _kept(f"{on}{name}", lambda: {f"{on}place:{code}": code for code in codes})


def _kept(name: str, asked: Callable[[], Mapping[str, str]]) -> Mapping[str, int]:
    """The public numbers of the headings that are asked for, by the code that each is asked for."""

    def read() -> dict[str, int]:
        codes = asked()
        return {codes[heading]: number for heading, number in EVERYBODY.numbers(codes).items()}

    return kept(f"partners: {name}", read)
