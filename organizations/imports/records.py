"""What the portal already holds, in the shape in which an import asks for it. A fixed number of queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem, Warnings
from organizations.imports.matching import WORLDWIDE, Matcher, Profile, Spelling
from organizations.imports.places import Place, PlaceFinder
from organizations.models import Organization, OrganizationName, Presence
from portal.kit.text import fold
from programmes.models import Location, ThematicArea

NAMES_AT_ONCE = 5_000  # databases bound the parameters of a query


def kind_of(partner_type: str, organization_category: str) -> str:
    """The one word by which the import tells kinds of organization apart."""
    return organization_category or partner_type


def in_countries(path: str, countries: Iterable[str]) -> Q:
    """The condition that a place, reached by the field ``path``, is one of ``countries`` or lies in one."""
    return reduce(or_, (Q(**{f"{path}__startswith": f"{country}/"}) for country in countries), Q(pk=None))


def load_country(code: str) -> Location:
    """The country of a layout. Raises ImportProblem where the portal does not know it."""
    try:
        return Location.objects.countries().get(code=code)
    except Location.DoesNotExist as error:
        raise ImportProblem(
            _("The portal does not know the country %(code)s. Load the reference data first.") % {"code": code}
        ) from error


def load_places(country: Location, warnings: Warnings) -> PlaceFinder:
    """A finder that knows every place of the country."""
    rows = Location.objects.within(country).order_by("path")
    known = [
        Place(code, name, level, above or "", tuple(aliases))
        for code, name, level, above, aliases in rows.values_list("code", "name", "level", "parent__code", "aliases")
    ]
    return PlaceFinder(country.code, known, warnings)


def load_sectors() -> dict[str, str]:
    """Folded word → code of the theme it means: names, synonyms, clusters, and last, so that it wins, the HDX code."""
    words: dict[str, str] = {}
    themes = list(ThematicArea.objects.order_by("path"))
    for theme in sorted(themes, key=lambda theme: theme.depth):
        for word in theme.search_text.splitlines():
            words.setdefault(word, theme.code)
    for exact in ("ocha_cluster", "name", "code", "hdx_sector"):
        words |= {fold(getattr(theme, exact)): theme.code for theme in themes if getattr(theme, exact)}
    return words


def load_matcher(countries: Iterable[str], names: Iterable[str] = ()) -> Matcher:
    """A matcher that knows the organizations which files about ``countries`` can mean.

    Those are the countries' own, those at work there, the international ones, and those that bear one of ``names``
    elsewhere, so that a person can be told.
    """
    countries = list(countries)
    seen: dict[int, set[str]] = defaultdict(set)
    at_work = Presence.objects.filter(in_countries("location__path", countries)).order_by()
    for pk, path in at_work.values_list("organization_id", "location__path").distinct():
        seen[pk].add(path.partition("/")[0])

    matcher = Matcher()
    international = Q(organization_category__in=WORLDWIDE) | Q(partner_type__in=WORLDWIDE)
    groups = [Q(country__code__in=countries) | international | Q(pk__in=at_work.values("organization"))]
    groups += [Q(name__in=some) for some in _batched(set(names), NAMES_AT_ONCE)]
    profiles: dict[int, Profile] = {}
    for group in groups:
        found = _profiles(group)
        for pk, profile in found.items():
            if pk not in profiles:
                profile.countries |= seen[pk]
                profiles[pk] = profile
                matcher.add(profile)
    return matcher


def _profiles(group: Q) -> dict[int, Profile]:
    """The organizations that meet a condition, each with all the names on record."""
    organizations = Organization.objects.current().filter(group)
    profiles: dict[int, Profile] = {}
    columns = ("pk", "name", "acronym", "partner_type", "organization_category", "country__code")
    for pk, name, acronym, partner_type, category, home in organizations.order_by("pk").values_list(*columns):
        profile = profiles[pk] = Profile(kind=kind_of(partner_type, category), pk=pk, own=(name, acronym))
        profile.spelled[Spelling(name, acronym, profile.kind, home or "")] = 1
    others = OrganizationName.objects.filter(organization__in=organizations.values("pk")).order_by("pk")
    for pk, name, kind in others.values_list("organization_id", "name", "kind"):
        profile = profiles[pk]
        written = ("", name) if kind == OrganizationName.Kind.ACRONYM else (name, "")
        profile.spelled[Spelling(*written, profile.kind, "")] += 1
    return profiles


def _batched(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield the items in lists of at most ``size``, in a fixed order."""
    ordered = sorted(items)
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
