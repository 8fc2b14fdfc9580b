"""What a row of the directory says about an organization, gathered for a whole page in three queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from organizations.filters.organization import IN_VERIFICATION
from organizations.filters.vocabulary import Node, Vocabulary, vocabulary, vocabulary_with
from organizations.lifecycle import STOPPED, RegistrationState
from organizations.models import Organization, Presence, Registration
from organizations.models.organization import CSOType, PartnerType
from portal.kit.lifecycle import Tone
from portal.kit.text import fold

DRAFT = RegistrationState.DRAFT
THEMES_SHOWN = 4
COUNTRIES_SHOWN = 3
RENEWAL_NEAR = timedelta(days=90)


@dataclass(frozen=True)
class Standing:
    """Where an organization stands with the offices, as a badge and a date: verified ``until``, or ``since``."""

    label: Any
    tone: Tone
    until: date | None = None
    since: datetime | None = None


NOT_VERIFIED = Standing(gettext_lazy("Not verified"), Tone.PAST)


@dataclass
class Summary:
    """What a row shows beside the names. ``themes``: those with most places first, ``places``: in words."""

    kind: Any = ""
    themes: list[Node] = field(default_factory=list)
    places: str = ""
    standing: Standing = NOT_VERIFIED

    @property
    def first_themes(self) -> list[Node]:
        return self.themes[:THEMES_SHOWN]

    @property
    def more_themes(self) -> int:
        return max(len(self.themes) - THEMES_SHOWN, 0)


def summaries(
    organizations: Sequence[Organization], *, sensitive: bool, asked: Collection[int] = ()
) -> dict[int, Summary]:
    """Summarise each of ``organizations`` by its key.

    ``sensitive``: whether the reader sees sensitive work; ``asked``: the themes that are shown before others.
    """
    pks = [organization.pk for organization in organizations]
    themes: dict[int, Counter[int]] = defaultdict(Counter)
    places: dict[int, set[int]] = defaultdict(set)
    rows = Presence.objects.filter(organization__in=pks).order_by()
    if not sensitive:
        rows = rows.exclude(theme__is_sensitive=True)  # neither the theme nor where they are at work on it
    for pk, theme, place in rows.values_list("organization", "theme", "location"):
        themes[pk][theme] += 1
        places[pk].add(place)
    known = vocabulary_with(set().union(*themes.values()), set().union(*places.values()))
    standing = standings(pks)
    return {
        organization.pk: Summary(
            kind=kind_of(organization),
            themes=_in_order(themes[organization.pk], known, asked),
            places=places_in_words(places[organization.pk], organization.country_id),
            standing=standing.get(organization.pk, NOT_VERIFIED),
        )
        for organization in organizations
    }


def kind_of(organization: Organization) -> Any:
    """The kind in one term: of the NGOs whether national or international, of bodies that are no CSO what they are."""
    if organization.partner_type != PartnerType.CSO:
        return organization.get_partner_type_display()
    if organization.cso_type in ("", CSOType.NGO) and organization.organization_category:
        return organization.get_organization_category_display()
    return organization.get_cso_type_display()


def standings(organizations: Iterable[int]) -> dict[int, Standing]:
    """Where each organization stands; one that no office has begun to check is left out."""
    rows = Registration.objects.filter(organization__in=organizations).exclude(state__in=(*STOPPED, DRAFT))
    by_organization = defaultdict(list)
    for registration in rows.order_by().only("organization", "state", "state_since", "valid_until"):
        by_organization[registration.organization_id].append(registration)
    return {pk: standing for pk, rows in by_organization.items() if (standing := standing_of(rows))}


def standing_of(registrations: Iterable[Registration]) -> Standing | None:
    """The best that one organization has with any office: verified for longest, or else longest in verification."""
    registrations = list(registrations)
    if until := max((row.valid_until for row in registrations if row.holds), default=None):
        tone = Tone.WAITING if until - timezone.localdate() < RENEWAL_NEAR else Tone.GOOD
        return Standing(_("Verified"), tone, until=until)
    if since := min((row.state_since for row in registrations if row.state in IN_VERIFICATION), default=None):
        return Standing(_("In verification"), Tone.UNDERWAY, since=since)
    return None


def _in_order(counted: Counter[int], known: Vocabulary, asked: Collection[int]) -> list[Node]:
    """What was asked for first, then what is done in most places."""
    return [known.theme_by_pk[pk] for pk in sorted(counted, key=lambda pk: (pk not in asked, -counted[pk], pk))]


def places_in_words(places: Iterable[int], home: int | None) -> str:
    """Where an organization works, in one line: "Somali and 5 more, Ethiopia", "Ethiopia, Somalia"."""
    known = vocabulary()
    regions: dict[str, set[str]] = defaultdict(set)
    for pk in places:
        country, *below = known.place_by_pk[pk].path.split("/")[:-1]
        regions[country].update(below[:1])
    if not regions:
        return known.place_by_pk[home].label if home in known.place_by_pk else ""
    if len(regions) > 1:
        labels = sorted((known.places[code].label for code in regions), key=fold)
        shown, more = ", ".join(labels[:COUNTRIES_SHOWN]), len(labels) - COUNTRIES_SHOWN
        if more <= 0:
            return shown
        words = ngettext("%(places)s and %(n)s more country", "%(places)s and %(n)s more countries", more)
        return words % {"places": shown, "n": more}
    [(code, inside)] = regions.items()
    country = known.places[code].label
    labels = sorted((known.places[region].label for region in inside), key=fold)
    if not labels:
        return country
    if len(labels) == 1:
        return _("%(place)s, %(country)s") % {"place": labels[0], "country": country}
    if len(labels) == 2:
        return _("%(one)s and %(other)s, %(country)s") % {"one": labels[0], "other": labels[1], "country": country}
    return _("%(place)s and %(n)s more, %(country)s") % {"place": labels[0], "n": len(labels) - 1, "country": country}
