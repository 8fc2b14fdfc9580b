"""Screening the names of organizations and of their people against the list that was taken in last.

What was screened is remembered by a digest of the names and the list, one row for each organization, written together
with what was found. So a run that is killed goes on where it stopped, and a second run finds nothing to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, create, move, performing
from accounts.roles import MemberRole
from organizations import emails
from organizations.lifecycle import SANCTIONS, MatchState
from organizations.lifecycle.sanctions import UNDECIDED
from organizations.models import (
    Membership,
    OfficeHolder,
    Organization,
    SanctionsEntry,
    SanctionsList,
    SanctionsMatch,
    Screening,
)
from organizations.screening import Hit, Kind, Listed, Screener
from portal.kit.text import fold

LOGIC = 1
"""To be raised when names are compared in another way, so that everybody is screened anew."""

CHUNK = 500
_Subject = SanctionsMatch.Subject
_SUBJECT_OF = {
    OfficeHolder.Role.HEAD.value: _Subject.HEAD,
    OfficeHolder.Role.BOARD.value: _Subject.BOARD,
    OfficeHolder.Role.AUTHORISED.value: _Subject.OFFICER,
}
_OF_PEOPLE = tuple(_SUBJECT_OF.values())


@dataclass(frozen=True)
class Screened:
    """One name that is screened: whose it is, and the name as written."""

    subject: str
    name: str

    def hits(self, screener: Screener) -> list[Hit]:
        if self.subject == _Subject.ACRONYM:
            return screener.acronym_hits(self.name)
        return screener.hits(self.name, Kind.PERSON if self.subject in _OF_PEOPLE else Kind.ENTITY)


def screen_organization(organization: Organization) -> int:
    """Screen one organization, if its names or the list changed since; return how many matches were opened."""
    current = SanctionsList.objects.current()
    if current is None:
        return 0
    opened = _screen_all(with_names(Organization.objects.filter(pk=organization.pk)), current)
    emails.names_resemble_entries(opened)
    return len(opened)


def screen_again(organization: Organization) -> int:
    """Screen after names changed; one that was never screened waits until it is submitted, or for the night."""
    is_known = Screening.objects.filter(organization=organization).exists()
    return screen_organization(organization) if is_known else 0


def rescreen() -> int:
    """Screen everybody whose names changed, or whom the present list has not met; return how many matches opened."""
    current = SanctionsList.objects.current()
    if current is None:
        return 0
    opened: list[SanctionsMatch] = []
    last = 0
    while True:
        chunk = list(with_names(Organization.objects.current().filter(pk__gt=last)).order_by("pk")[:CHUNK])
        if not chunk:
            break
        opened += _screen_all(chunk, current)
        last = chunk[-1].pk
    if current.screened_at is None:
        SanctionsList.objects.filter(pk=current.pk).update(screened_at=timezone.now())
    emails.names_resemble_entries(opened)
    return len(opened)


def screen_new_list() -> int:
    """Screen everybody once a list was taken in, without waiting for the night."""
    current = SanctionsList.objects.current()
    return rescreen() if current is not None and current.screened_at is None else 0


def with_names(organizations: QuerySet[Organization]) -> QuerySet[Organization]:
    """``organizations`` with what :func:`names_of` reads."""
    officers = Membership.objects.filter(role=MemberRole.AUTHORISED_OFFICER).select_related("user")
    leaders = OfficeHolder.objects.current().filter(role__in=_SUBJECT_OF)
    return organizations.prefetch_related(
        "names",
        Prefetch("office_holders", leaders, to_attr="leaders"),
        Prefetch("memberships", officers, to_attr="officers"),
    )


def names_of(organization: Organization) -> list[Screened]:
    """The names that are screened, each once: of the organization, of who leads it now, of who may sign for it."""
    found = [Screened(_Subject.NAME, organization.name), Screened(_Subject.ACRONYM, organization.acronym)]
    for other in organization.names.all():
        is_acronym = other.kind == other.Kind.ACRONYM
        found.append(Screened(_Subject.ACRONYM if is_acronym else _Subject.OTHER_NAME, other.name))
    leaders, officers = organization.leaders, organization.officers  # type: ignore[attr-defined]  # from with_names
    found += [Screened(_SUBJECT_OF[leader.role], leader.name) for leader in leaders]
    found += [Screened(_Subject.OFFICER, officer.user.name) for officer in officers]
    seen: dict[tuple[bool, str], Screened] = {}
    for one in found:
        if folded := fold(one.name):
            seen.setdefault((one.subject in _OF_PEOPLE, folded), one)
    return list(seen.values())


# --- One after the other ----------------------------------------------------------------------------------------------


@transaction.atomic
def _screen_all(organizations: Iterable[Organization], current: SanctionsList) -> list[SanctionsMatch]:
    """Screen those whose digest is another than when they were last screened; return the matches opened."""
    chunk = list(organizations)
    known = dict(Screening.objects.filter(organization__in=chunk).values_list("organization", "digest"))
    opened: list[SanctionsMatch] = []
    done = []
    for organization in chunk:
        names = names_of(organization)
        digest = _digest(current, names)
        if known.get(organization.pk) == digest:
            continue
        opened += _screen(organization, names, _screener(current.digest))
        done.append(Screening(organization=organization, digest=digest, screened_at=timezone.now()))
    Screening.objects.bulk_create(
        done, update_conflicts=True, unique_fields=["organization"], update_fields=["digest", "screened_at"]
    )
    return opened


def _digest(current: SanctionsList, names: list[Screened]) -> str:
    told = [LOGIC, current.digest, sorted((one.subject, one.name) for one in names)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@lru_cache(maxsize=1)
def _screener(digest: str) -> Screener:
    """The present list, ready to be asked; ``digest`` says which list it is, so a newer one is read anew."""
    entries = SanctionsEntry.objects.filter(removed_at=None)
    return Screener(
        Listed(entry.reference, Kind(entry.kind), name, weak) for entry in entries for name, weak in entry.all_names
    )


def _screen(organization: Organization, names: list[Screened], screener: Screener) -> Iterator[SanctionsMatch]:
    found = [(one, hit) for one in names for hit in one.hits(screener)]
    if not found:
        return
    entries = SanctionsEntry.objects.in_bulk({hit.reference for _one, hit in found}, field_name="reference")
    held = {
        (match.entry_id, match.folded): match
        for match in SanctionsMatch.objects.filter(organization=organization).select_related("entry")
    }
    for one, hit in found:
        entry, folded = entries[hit.reference], fold(one.name)[:300]
        match = held.get((entry.pk, folded))
        if match is None:
            match = SanctionsMatch(
                organization=organization,
                entry=entry,
                subject=one.subject,
                name=one.name[:300],
                folded=folded,
                listed_name=hit.name,
                score=hit.score,
            )
            held[entry.pk, folded] = create(match, by=None, audience=OFFICE)
            yield match
        elif reason := _why_again(match, hit):
            yield reopen_match(match, reason=reason, hit=hit)


def _why_again(match: SanctionsMatch, hit: Hit) -> str:
    """Why a match that was closed or cleared is to be looked at again; empty when it is not."""
    if match.state == MatchState.CLOSED:
        return _("The entry is on the list again.")
    is_nearer = match.state == MatchState.CLEARED and hit.score > match.score
    if is_nearer and fold(hit.name) not in match.known_names:
        return _("Since it was cleared the entry has a name that is nearer: %(name)s.") % {"name": hit.name}
    return ""


# --- The moves that only the portal makes -----------------------------------------------------------------------------


@SANCTIONS.action("reopen")
def reopen_match(match: SanctionsMatch, *, by: None = None, reason: str, hit: Hit) -> SanctionsMatch:
    """Have a person look again."""
    with performing(match, "reopen", by=by, reason=reason, audience=OFFICE) as opened:
        opened.listed_name, opened.score = hit.name, hit.score
    return opened


@SANCTIONS.action("close")
def close_match(match: SanctionsMatch, *, by: None = None, reason: str) -> SanctionsMatch:
    """End a match that nobody decided on."""
    return move(match, "close", by=by, reason=reason, audience=OFFICE)


def close_matches_of(entries: Iterable[SanctionsEntry]) -> int:
    """Close what is undecided about entries that are no longer on the list; what a person decided stays."""
    undecided = SanctionsMatch.objects.filter(entry__in=list(entries), state__in=UNDECIDED)
    return len([close_match(match, reason=_("No longer on the list.")) for match in undecided])
