"""Where an organization works on what, and who else does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from organizations.filters.vocabulary import Node, vocabulary, vocabulary_with
from organizations.models import Organization, Presence
from organizations.search.reader import Reader
from portal.kit.prepared import Prepared
from portal.kit.text import fold

PRESENCES_READ = 2000
_PRESENCES = Prepared(
    lambda pk: (
        Presence.objects.filter(organization=pk)
        .order_by()
        .values_list("theme", "location", "since", "source", "as_of")[:PRESENCES_READ]
    )
)


@dataclass
class Work:
    """One row of "where and on what"."""

    theme: Node
    country: Node
    since: int | None
    source: str
    as_of: date | None = None
    places: list[Node] = field(default_factory=list)
    partners: int = 0

    @property
    def where(self) -> Node:
        """The one place, or the country of several."""
        return self.places[0] if len(set(self.places)) == 1 else self.country

    @property
    def where_label(self) -> str:
        return vocabulary().place_label(self.where)

    @property
    def heading(self) -> str:
        return f"theme:{self.theme.code} place:{self.where.code}"

    @property
    def partners_url(self) -> str:
        """The address of all who work there on the same."""
        where = "location" if self.where.depth else "country"
        query = urlencode({"theme": self.theme.code, where: self.where.code})
        return f"{reverse('organizations:organization-list')}?{query}"

    @property
    def place_names(self) -> str:
        """The places inside the country, by name; empty where the country as a whole is meant."""
        return ", ".join(sorted((place.label for place in self.places if place.depth), key=fold))


def works_of(organization: Organization, *, sees_all: bool) -> list[Work]:
    """The rows of "where and on what": places of one country, theme and source together."""
    found = _PRESENCES(organization.pk)
    known = vocabulary_with({row[0] for row in found}, {row[1] for row in found})
    order = {pk: position for position, pk in enumerate(known.theme_by_pk)}
    works: dict[tuple[Any, ...], Work] = {}
    for theme_pk, place_pk, since, source, as_of in found:
        theme, place = known.theme_by_pk[theme_pk], known.place_by_pk[place_pk]
        country = known.country_of(place)
        if theme.is_sensitive and not sees_all:
            continue
        key = (fold(country.label), order[theme_pk], source, since or 0)
        work = works.setdefault(key, Work(theme, country, since, source))
        work.places.append(place)
        work.as_of = max(filter(None, (work.as_of, as_of)), default=None)
    return [works[key] for key in sorted(works)]


def shared_works(works: list[Work], counted: Reader) -> list[Work]:
    """Those of ``works`` on which others are at work in the same place, each once with how many partners there are."""
    open_to_reader = {work.heading: work for work in works if counted.for_unicef or not work.theme.is_sensitive}
    numbers = counted.numbers(open_to_reader)
    for heading, work in open_to_reader.items():
        work.partners = numbers.get(heading, 0)
    return [work for work in open_to_reader.values() if work.partners > 1]
