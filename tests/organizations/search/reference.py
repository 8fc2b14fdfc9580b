"""What the index should hold and a search should find, asked of every record in turn: slow and plain."""

from datetime import date

from organizations.filters.search import Sought, understand
from organizations.filters.vocabulary import vocabulary
from organizations.models import Listing, Organization, WordUse
from organizations.models.organization import TRAITS, PartnerType
from organizations.search.headings import entries
from organizations.search.query import stands_inside

FIELDS = {"type": "cso_type", "category": "organization_category"}


class Record:
    """One organization as ``reader`` may know it."""

    def __init__(self, organization: Organization, *, sees_all: bool) -> None:
        self.organization = organization
        works = organization.presences.select_related("theme", "location")
        self.works = [
            (work.theme.path.split("/")[:-1], work.location.path.split("/")[:-1], work.theme.is_sensitive)
            for work in works
        ]
        self.sees_all = sees_all

    def has(self, words) -> bool:
        return all(map(self._has, words))

    def _has(self, word: str) -> bool:
        lines = self.organization.search_text.split("\n")
        begins = any(f" {line}".find(f" {word}") >= 0 for line in lines)
        return begins or (stands_inside(word) and any(word in line for line in lines))

    def is_of(self, kind: Sought) -> bool:
        return any(
            getattr(self.organization, one.code) is True
            if one.family == "trait" and one.code in TRAITS
            else getattr(self.organization, FIELDS[one.family]) == one.code
            for one in kind.concepts
        )

    def works_on(self, theme: Sought | None, place: Sought | None) -> bool:
        for themes, places, is_sensitive in self.works:
            on = theme is None or (set(theme.codes) & set(themes) and (self.sees_all or not is_sensitive))
            there = place is None or (set(place.codes) & set(places) and (self.sees_all or not is_sensitive))
            if on and there:
                return True
        home = self.organization.country
        return theme is None and place is not None and home is not None and home.code in place.codes

    def meets(self, theme: Sought | None, place: Sought | None, *, or_named: bool) -> bool:
        if self.works_on(theme, place):
            return True
        if not or_named:
            return False
        on = theme and self.has(theme.words)
        there = place and self.has(place.words)
        if theme is None or place is None:
            return bool(on or there)
        return bool((on and (there or self.works_on(None, place))) or (there and self.works_on(theme, None)))


def expected(text: str, reader) -> set[str]:
    """The names of those that ``reader`` should find by ``text``."""
    staff = reader.is_authenticated and reader.works_for_unicef
    own = set(reader.roles_by_organization) if reader.is_authenticated else set()
    said = understand(text, vocabulary(), sensitive=staff)
    found = set()
    for organization in Organization.objects.filter(merged_into=None, partner_type=PartnerType.CSO):
        standing = organization.registrations.all()
        holds = any(row.holds and (row.valid_until or date.min) >= date.today() for row in standing)
        if not (staff or organization.pk in own or (organization.listed and holds)):
            continue
        record = Record(organization, sees_all=staff or organization.pk in own)
        works = [(theme, place) for theme in said.themes or [None] for place in said.places or [None]]
        works = [pair for pair in works if pair != (None, None)]
        if not said:
            fits = record.has(said.words)
        elif said.unknown:
            fits = record.has(said.unknown)
            fits = fits and all(record.is_of(kind) or record.has(kind.words) for kind in said.kinds)
            fits = fits and all(record.meets(*pair, or_named=True) for pair in works)
        else:
            meant = all(map(record.is_of, said.kinds)) and all(record.meets(*pair, or_named=False) for pair in works)
            fits = meant or record.has(said.words)
        if fits:
            found.add(organization.name)
    return found


def written():
    """The index as it stands, by organization."""
    listed, used = {}, {}
    rows = Listing.objects.values_list("organization", "heading__code", "name", "public_until")
    for pk, *told in rows:
        listed.setdefault(pk, set()).add(tuple(told))
    for pk, *told in WordUse.objects.values_list("organization", "word__text", "rank", "name", "public_until"):
        used.setdefault(pk, set()).add(tuple(told))
    return listed, used


def wanted():
    """The index as the records say it should be."""
    found = entries(Organization.objects.values_list("pk", flat=True))
    return (
        {pk: {(code, one.name, until) for code, until in one.headings.items()} for pk, one in found.items()},
        {pk: {(w, rank, one.name, one.public_until) for w, rank in one.words.items()} for pk, one in found.items()},
    )
