"""What happens to an organization's one profile, and to the people who act for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import changing, create, record
from accounts.models import AuditEvent, User
from accounts.roles import MemberRole
from organizations import emails
from organizations.actions.profile import write_experiences, write_people, write_track_records
from organizations.actions.screening import screen_again
from organizations.actions.twin import refresh_keys, require_other_numbers, require_unlike
from organizations.models import Identifier, Membership, Organization, OrganizationName, Presence
from portal.kit.access import NotNow, require

MEMBERS_A_DAY = 30


@dataclass(frozen=True)
class Profile:
    """A set of changes to an organization's profile; what is None stays as it is.

    ``names``: other names as (name, kind, language) and, where chosen, script. ``identifiers``: (scheme, number).
    ``presences``: (theme, location, since year), what the organization says of itself; presences from other sources
    stay. ``people``: rows of role, name, title, email, since, until. ``experiences``: (theme, years).
    ``track_records``: (kind, what, who, year).
    """

    fields: dict[str, Any] = field(default_factory=dict)
    strategies: Iterable[Any] | None = None
    names: Iterable[tuple[str, ...]] | None = None
    identifiers: Iterable[tuple[str, str]] | None = None
    presences: Iterable[tuple[Any, Any, int | None]] | None = None
    people: Iterable[Mapping[str, Any]] | None = None
    experiences: Iterable[tuple[Any, str]] | None = None
    track_records: Iterable[tuple[str, str, str, int | None]] | None = None


def create_organization(
    *, by: User, administrator: User | None = None, another: str = "", **fields: Any
) -> Organization:
    """Open the record of an organization. ``administrator`` becomes its first member; staff who register give none.

    R-03: refused where its name is there already in the country, unless staff say in ``another`` how they know that it
    is another organization.
    """
    organization = Organization(**fields)
    organization.refresh_search_text()
    with transaction.atomic():
        create(organization, by=by)
        refresh_keys([organization.pk])
        require_unlike(organization, by=by, another=another)
        if administrator is not None:
            join(organization, administrator, MemberRole.ADMINISTRATOR, by=by)
    return organization


@transaction.atomic
def change_profile(
    organization: Organization, profile: Profile, *, by: User, expected_version: int | None = None
) -> Organization:
    """Write ``profile`` into the organization's record, fold its names for the search, and have them screened."""
    with changing(
        organization,
        "organizations.change_organization",
        by=by,
        expected_version=expected_version,
        lists=["office_holders"] if profile.people is not None else [],
    ) as changed:
        for name, value in profile.fields.items():
            setattr(changed, name, value)
        for part, write in _PARTS.items():
            if (values := getattr(profile, part)) is not None:
                write(changed, list(values))
        changed.refresh_search_text()
    refresh_keys([changed.pk])
    if (changed.name, changed.country_id) != (organization.name, organization.country_id):
        require_unlike(changed, by=by)
    if profile.identifiers is not None:
        require_other_numbers(changed)
    if profile.names is not None or profile.people is not None or {"name", "acronym"} & profile.fields.keys():
        screen_again(changed)
    return changed


def _write_strategies(organization: Organization, strategies: list[Any]) -> None:
    organization.strategies.set(strategies)


def _write_names(organization: Organization, names: list[tuple[str, ...]]) -> None:
    """Names that a source told stay, and are not written a second time."""
    wanted = {(name, kind): (language, *script) for name, kind, language, *script in names}
    for row in organization.names.all():
        same = wanted.get((row.name, row.kind), ())
        if same in ((row.language,), (row.language, row.script)) or row.source:
            wanted.pop((row.name, row.kind), None)
        else:
            row.delete()
    for (name, kind), (language, *script) in wanted.items():
        other = OrganizationName(
            organization=organization, name=name, kind=kind, language=language, script=script[0] if script else ""
        )
        other.full_clean(exclude=["folded"])
        other.save()


def _write_identifiers(organization: Organization, identifiers: list[tuple[str, str]]) -> None:
    wanted = dict.fromkeys(identifiers)
    for row in organization.identifiers.all():
        if (row.scheme, row.value) in wanted:
            wanted.pop((row.scheme, row.value))
        else:
            row.delete()
    for scheme, value in wanted:
        identifier = Identifier(organization=organization, scheme=scheme, value=value)
        identifier.full_clean()
        identifier.save()


def _write_presences(organization: Organization, presences: list[tuple[Any, Any, int | None]]) -> None:
    own = organization.presences.filter(source="")
    wanted = {(theme.pk, location.pk): since for theme, location, since in presences}
    held = {(row.theme_id, row.location_id): row for row in own}
    own.filter(pk__in=[row.pk for key, row in held.items() if key not in wanted]).delete()
    for (theme, location), since in wanted.items():
        row = held.get((theme, location)) or Presence(organization=organization, theme_id=theme, location_id=location)
        row.since = since
        row.full_clean()
        row.save()


_PARTS: dict[str, Callable[[Organization, list[Any]], None]] = {
    "strategies": _write_strategies,
    "names": _write_names,
    "identifiers": _write_identifiers,
    "presences": _write_presences,
    "people": write_people,
    "experiences": write_experiences,
    "track_records": write_track_records,
}


# --- People -----------------------------------------------------------------------------------------------------------


def add_member(organization: Organization, *, by: User, email: str, role: str, name: str = "") -> Membership:
    """Give a person a role without asking: for administrators of the portal and its demonstration. The pages invite.

    Somebody unknown gets an account and a message on how to sign in. Everybody can open an organization under any name,
    so nobody sends more than ``MEMBERS_A_DAY`` such messages.
    """
    require(by, "organizations.manage_members", organization)
    lately = AuditEvent.objects.filter(actor=by, action="member_added", at__gt=timezone.now() - timedelta(days=1))
    if lately.count() >= MEMBERS_A_DAY:
        raise NotNow([_("You have added as many people as is possible in one day. Add the others tomorrow.")])
    with transaction.atomic():
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            person = User(email=User.objects.normalize_email(email), name=name, language=by.language)
            person.set_unusable_password()
            person.full_clean()
            person.save()
        membership = join(organization, person, role, by=by)
        emails.member_added(membership, by=by)
    return membership


def remove_member(membership: Membership, *, by: User) -> None:
    """Take a role from a person. The last administrator stays, so that an organization is never without one."""
    organization = membership.organization
    require(by, "organizations.manage_members", organization)
    with transaction.atomic():
        Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
        administrators = organization.memberships.filter(role=MemberRole.ADMINISTRATOR)
        if membership.role == MemberRole.ADMINISTRATOR and administrators.count() == 1:
            raise ValidationError(_("Name another administrator first: an organization cannot be without one."))
        record(organization, "member_removed", by=by, changes={str(membership.user): [membership.role, None]})
        membership.delete()


def join(organization: Organization, person: User, role: str, *, by: User) -> Membership:
    """Make a person a member. The caller has asked who may and when."""
    membership = Membership(organization=organization, user=person, role=role)
    membership.full_clean()
    membership.save()
    person.forget_memberships()
    record(organization, "member_added", by=by, changes={str(person): [None, role]})
    if role == MemberRole.AUTHORISED_OFFICER:
        screen_again(organization)
    return membership
