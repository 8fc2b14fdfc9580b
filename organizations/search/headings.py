"""Under which headings and words organizations are found, read from their records for many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F

from organizations.lifecycle import ENDED, STOPPED
from organizations.models import Assessment, Experience, Organization, OrganizationName, Presence, Registration
from organizations.models.assessment import AssessmentKind, RiskRating
from organizations.models.organization import TRAITS, PartnerType
from organizations.models.search import NAME_LENGTH, WORD_LENGTH, WordUse
from organizations.search.text import tokens
from portal.kit.text import fold
from programmes.models import Location, ThematicArea

Rank = WordUse.Rank

FACTS = (
    ("body", "partner_type"),
    ("type", "cso_type"),
    ("category", "organization_category"),
    ("legal", "legal_status"),
)
LISTS = (("language", "languages"), ("population", "populations"))
_COLUMNS = {column for _family, column in (*FACTS, *LISTS)} | {*TRAITS} | {"name", "acronym", "mission", "listed"}
DRIVING = (AssessmentKind.FINANCIAL, AssessmentKind.PSEA)

EVERY_BODY = "all"

FAR = date.max
"""Until when something shows that does not lapse by itself."""


@dataclass
class Entry:
    """What the index holds of one organization.

    ``headings``: each with the last day on which it shows to everybody, None for staff alone. ``words``: each at its
    best rank. ``public_until``: the last day on which the organization stands in the public directory at all.
    """

    name: str
    public_until: date | None = None
    headings: dict[str, date | None] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)

    def under(self, code: str, until: date | None = FAR) -> None:
        """List it under ``code``, public until that day or the organization's own, whichever comes first."""
        until = min(until, self.public_until) if until and self.public_until else None
        held = self.headings.get(code)
        self.headings[code] = max(until, held) if until and held else until or held

    def called(self, text: str, *, own: bool) -> None:
        """Note the words of a name, or of the mission where not ``own``."""
        words = tokens(text)
        for position, word in enumerate(words):
            rank = Rank.MISSION if not own else Rank.NAMED if position else Rank.FIRST if words[1:] else Rank.WHOLE
            word = word[:WORD_LENGTH]
            self.words[word] = min(rank, self.words.get(word, rank))


def entries(pks: Collection[int]) -> dict[int, Entry]:
    """Read what the index should hold of these organizations; one that was merged away is left out."""
    rows = Organization.objects.current().filter(pk__in=pks)
    found: dict[int, Entry] = {}
    columns = rows.annotate(home=F("country__code")).values("pk", "home", *_COLUMNS)
    facts = {row["pk"]: row for row in columns}
    held = _registrations(facts)
    for pk, row in facts.items():
        found[pk] = entry = Entry(name=fold(row["name"])[:NAME_LENGTH])
        holds = [until for _office, state, until in held[pk] if until and state not in STOPPED]
        if row["partner_type"] == PartnerType.CSO and row["listed"]:
            entry.public_until = max(holds, default=None)
        _facts(entry, row)
        for office, state, until in held[pk]:
            entry.under(f"office:{office}", until if state not in STOPPED else None)
    _names(found, facts)
    _work(found)
    for family, pk, value in _several(found):
        found[pk].under(f"{family}:{value}", FAR if family != "risk" else None)
    return found


def _registrations(pks: Iterable[int]) -> dict[int, list[tuple[str, str, date | None]]]:
    rows = Registration.objects.filter(organization__in=list(pks)).exclude(state__in=ENDED).order_by()
    held = defaultdict(list)
    for pk, *registration in rows.values_list("organization", "office__code", "state", "valid_until"):
        held[pk].append(tuple(registration))
    return held


def _facts(entry: Entry, row: dict[str, Any]) -> None:
    entry.under(f"body:{EVERY_BODY}")
    for family, column in FACTS:
        if row[column]:
            entry.under(f"{family}:{row[column]}")
    for trait in TRAITS:
        if row[trait]:
            entry.under(f"trait:{trait}")
    for family, column in LISTS:
        for value in row[column]:
            entry.under(f"{family}:{value}")
    if row["home"]:
        entry.under(f"place:{row['home']}")  # where it is at home, it is found as well


def _names(found: dict[int, Entry], facts: dict[int, dict[str, Any]]) -> None:
    for pk, row in facts.items():
        for text, own in ((row["name"], True), (row["acronym"], True), (row["mission"], False)):
            found[pk].called(text, own=own)
    for pk, name in OrganizationName.objects.filter(organization__in=found).values_list("organization", "name"):
        found[pk].called(name, own=True)


def _work(found: dict[int, Entry]) -> None:
    """Every theme with those above it, in every place with those around it. Sensitive work shows neither: where it is
    done may endanger those who do it."""
    rows = Presence.objects.filter(organization__in=found).order_by().values_list("organization", "theme", "location")
    rows = list(rows.distinct())
    themes = _paths(ThematicArea.objects.filter(pk__in={row[1] for row in rows}), "path", "is_sensitive")
    places = _paths(Location.objects.filter(pk__in={row[2] for row in rows}), "path")
    for pk, theme, place in rows:
        path, is_sensitive = themes[theme]
        until = None if is_sensitive else FAR
        on, at = path.split("/")[:-1], places[place][0].split("/")[:-1]
        for code in on:
            found[pk].under(f"theme:{code}", until)
            for where in at:
                found[pk].under(f"theme:{code} place:{where}", until)
        for where in at:
            found[pk].under(f"place:{where}", until)


def _paths(rows: Any, *columns: str) -> dict[int, tuple[Any, ...]]:
    return {pk: tuple(told) for pk, *told in rows.order_by().values_list("pk", *columns)}


def _several(found: dict[int, Entry]) -> Iterator[tuple[str, int, str]]:
    """What an organization has several of, as (family, organization, value)."""
    ways = Organization.strategies.through.objects.filter(organization__in=found)
    for pk, code in ways.values_list("organization", "strategy__code"):
        yield "strategy", pk, code
    for pk, years in Experience.objects.filter(organization__in=found).values_list("organization", "years").distinct():
        yield "experience", pk, years
    risks: dict[int, RiskRating] = {}
    rated = Assessment.objects.counting().filter(organization__in=found, kind__in=DRIVING).order_by()
    for pk, rating in rated.values_list("organization", "rating"):
        risks[pk] = max(filter(None, (risks.get(pk), RiskRating(rating))), key=lambda each: each.weight)
    yield from (("risk", pk, rating) for pk, rating in risks.items())
