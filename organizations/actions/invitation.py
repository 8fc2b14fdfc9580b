"""How people become members: an organization invites, or a person asks. The other side always says yes or no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import changing, create, move, performing
from accounts.models import AuditEvent, User
from accounts.roles import MemberRole
from organizations import emails
from organizations.actions.organization import MEMBERS_A_DAY, join
from organizations.lifecycle import INVITATION, JOIN_REQUEST
from organizations.models import Invitation, JoinRequest, Organization, Registration
from organizations.models.invitation import lapses_at
from portal.kit.access import NotAllowed, NotNow

_WRITES_TO_STRANGERS = ("invited", "resend", "asked_to_join")


# --- The organization invites -----------------------------------------------------------------------------------------


@transaction.atomic
def invite(organization: Organization, *, by: User, email: str, role: str, **told: Any) -> Invitation:
    """Ask a person, by e-mail address, to act for the organization. Nothing is theirs before they accept.

    ``told``: a message and, where an office hands a registration over, which one and the name of the person.
    """
    invitation = Invitation(organization=organization, email=email.lower(), role=role, invited_by=by, **told)
    if organization.memberships.filter(user__email__iexact=email, role=role).exists():
        raise ValidationError({"email": _("This person already has this role.")})
    create(invitation, "organizations.manage_invitation", by=by, action="invited")
    _within_the_day(by)
    emails.invitation_sent(invitation)
    return invitation


@INVITATION.action("resend")
@transaction.atomic
def resend(invitation: Invitation, *, by: User, expected_version: int | None = None) -> Invitation:
    """Send the invitation again, with the whole time to answer."""
    with performing(invitation, "resend", by=by, expected_version=expected_version) as again:
        again.lapses_at = lapses_at()
    _within_the_day(by)
    emails.invitation_sent(again)
    return again


@INVITATION.action("withdraw")
def withdraw_invitation(invitation: Invitation, *, by: User, expected_version: int | None = None) -> Invitation:
    """Take the invitation back before it is answered."""
    return move(invitation, "withdraw", by=by, expected_version=expected_version)


@INVITATION.action("accept")
@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User, expected_version: int | None = None) -> Invitation:
    """Become a member in the role of the invitation. Only whoever has that address can, and nobody in their place."""
    with performing(invitation, "accept", by=by, expected_version=expected_version) as accepted:
        _require_addressed(accepted, by)
        accepted.answered_by = by
        _join_once(accepted.organization, by, accepted.role, by=by)
        if accepted.registration and accepted.registration.on_behalf:
            _take_over(accepted.registration, by=by)
    emails.invitation_answered(accepted)
    return accepted


@INVITATION.action("decline")
@transaction.atomic
def decline_invitation(
    invitation: Invitation, *, by: User, reason: str = "", expected_version: int | None = None
) -> Invitation:
    """Say no to an invitation; its sender is told."""
    with performing(invitation, "decline", by=by, reason=reason, expected_version=expected_version) as declined:
        _require_addressed(declined, by)
        declined.answered_by = by
    emails.invitation_answered(declined, reason)
    return declined


@INVITATION.action("expire")
def expire_invitation(invitation: Invitation, *, by: User | None = None) -> Invitation:
    """The portal's own move, once the time to answer is over."""
    return move(invitation, "expire", by=by)


def expire_invitations() -> int:
    """Let every invitation that nobody answered in time lapse; return how many did."""
    late = Invitation.objects.waiting().filter(lapses_at__lte=timezone.now())
    count = 0
    for invitation in late.iterator(chunk_size=200):
        expire_invitation(invitation)
        count += 1
    return count


# --- A person asks ----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_join(organization: Organization, *, by: User, role: str, message: str = "", called: str = "") -> JoinRequest:
    """Ask the organization's administrators to be let in. ``called``: its name, as far as the person knows it.

    The caller has made sure that the person may know of the organization.
    """
    if by.acts_for(organization.pk):
        raise NotNow([_("You act for this organization already.")])
    if not organization.memberships.filter(role=MemberRole.ADMINISTRATOR, user__is_active=True).exists():
        raise NotNow([_("Nobody could answer you here yet. Ask the country office: it can give you access.")])
    request = JoinRequest(
        organization=organization, person=by, role=role, message=message, called=called or organization.name
    )
    create(request, by=by, action="asked_to_join")
    _within_the_day(by)
    emails.join_requested(request)
    return request


@JOIN_REQUEST.action("accept")
@transaction.atomic
def accept_join_request(request: JoinRequest, *, by: User, expected_version: int | None = None) -> JoinRequest:
    """Let the person in, in the role asked for."""
    with performing(request, "accept", by=by, expected_version=expected_version) as accepted:
        _join_once(accepted.organization, accepted.person, accepted.role, by=by)
    emails.join_request_answered(accepted)
    return accepted


@JOIN_REQUEST.action("decline")
@transaction.atomic
def decline_join_request(
    request: JoinRequest, *, by: User, reason: str = "", expected_version: int | None = None
) -> JoinRequest:
    """Say no; the person is told, with the reason if there is one."""
    declined = move(request, "decline", by=by, reason=reason, expected_version=expected_version)
    emails.join_request_answered(declined, reason)
    return declined


@JOIN_REQUEST.action("withdraw")
def withdraw_join_request(request: JoinRequest, *, by: User, expected_version: int | None = None) -> JoinRequest:
    """Ask no longer."""
    return move(request, "withdraw", by=by, expected_version=expected_version)


def _take_over(registration: Registration, *, by: User) -> None:
    """End what the office did on the organization's behalf: it no longer edits."""
    with changing(registration, "organizations.submit_registration", by=by, action="taken_over") as own:
        own.on_behalf = False


# --- Both -------------------------------------------------------------------------------------------------------------


def _within_the_day(by: User) -> None:
    """Everybody can open an organization under any name, so nobody sends more than ``MEMBERS_A_DAY`` messages a day."""
    since = timezone.now() - timedelta(days=1)
    if AuditEvent.objects.filter(actor=by, action__in=_WRITES_TO_STRANGERS, at__gt=since).count() > MEMBERS_A_DAY:
        raise NotNow([_("You have written to as many people as is possible in one day. Go on tomorrow.")])


def _require_addressed(invitation: Invitation, by: User) -> None:
    """Rules let administrators of the portal pass; but nobody may answer for another person."""
    if invitation.email not in by.verified_addresses:
        raise NotAllowed("organizations.answer_invitation")


def _join_once(organization: Organization, person: User, role: str, *, by: User) -> None:
    if not organization.memberships.filter(user=person, role=role).exists():
        join(organization, person, role, by=by)
