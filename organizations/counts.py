"""How many partners of the public directory are at work, by theme and by country: the numbers beside the links.

Each number is what the directory finds behind its link. They are kept for some minutes, since they change slowly and
every visitor asks for them.
"""

from collections.abc import Callable, Iterable, Mapping

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Substr

from organizations.models import Organization, Presence
from programmes.models import Location, ThematicArea

SECONDS_KEPT = 300
COUNTRY_OF_A_PLACE = Substr("location__path", 1, 3)  # a path begins with the country's alpha-3 code


class DirectoryCounts:
    """Handed to programmes, see :mod:`programmes.partners`."""

    def by_theme(self, *, country: Location | None = None) -> Mapping[str, int]:
        return _kept("theme", country, lambda: _by_theme(country))

    def by_country(self, *, theme: ThematicArea | None = None) -> Mapping[str, int]:
        return _kept("country", theme, lambda: _by_country(theme))


def _kept(kind: str, within: Location | ThematicArea | None, count: Callable[[], dict[str, int]]) -> Mapping[str, int]:
    return cache.get_or_set(f"partners-by-{kind}:{within.code if within else ''}", count, SECONDS_KEPT)


def _at_work() -> QuerySet[Presence]:
    """Where the partners of the directory are at work."""
    partner = Organization.objects.public().filter(pk=OuterRef("organization_id"))
    return Presence.objects.filter(Exists(partner)).order_by()


def _at_work_on_open_themes() -> QuerySet[Presence]:
    """The same without the sensitive themes, which the directory does not tell the public."""
    return _at_work().filter(theme__is_sensitive=False)


def _by_theme(country: Location | None) -> dict[str, int]:
    at_work = _at_work_on_open_themes()
    if country:
        at_work = at_work.in_location(country)
    themes = list(ThematicArea.objects.values_list("pk", "code", "path"))
    # One question for each theme, since a partner at work on two themes below it counts once; one journey for all.
    asked = [
        at_work.filter(theme__in=[pk for pk, _code, below in themes if below.startswith(path)])
        .values(code=Value(code))
        .annotate(number=Count("organization", distinct=True))
        .values_list("code", "number")
        for _pk, code, path in themes
    ]
    return _numbers(asked[0].union(*asked[1:], all=True)) if asked else {}


def _by_country(theme: ThematicArea | None) -> dict[str, int]:
    at_work = _at_work_on_open_themes().in_theme(theme) if theme else _at_work()
    at_work = at_work.annotate(code=COUNTRY_OF_A_PLACE)
    numbers = _numbers(at_work.values_list("code").annotate(number=Count("organization", distinct=True)))
    return numbers if theme else _with_those_at_home(numbers, at_work)


def _with_those_at_home(numbers: dict[str, int], at_work: QuerySet[Presence]) -> dict[str, int]:
    """Add the partners of a country that have not said where in it they work."""
    here = at_work.filter(organization=OuterRef("pk"), code=OuterRef("country__code"))
    at_home = Organization.objects.public().exclude(country=None).exclude(Exists(here)).order_by()
    homes = _numbers(at_home.values_list("country__code").annotate(number=Count("pk")))
    return {code: numbers.get(code, 0) + homes.get(code, 0) for code in numbers | homes}


def _numbers(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    return {code: number for code, number in rows if number}
