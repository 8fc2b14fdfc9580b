"""The messages about agreements: who is told what, when."""

from django.db.models import Q

from accounts.actions import notify
from accounts.models import User
from accounts.roles import MemberRole, StaffRole


def agreement_moved(agreement, move, *, reason=""):
    """Tell those who have to act next, or who have to know, that ``move`` was made."""
    people = _TOLD[move](agreement)
    notify(
        people,
        f"agreement:{agreement.pk}:{move}:{agreement.version}",
        "agreement-moved",
        {
            "agreement": agreement,
            "done": agreement.lifecycle.transition(move).done,
            "waits_for": agreement.lifecycle.state(agreement.state).waits_for,
            "reason": reason,
        },
        path=agreement.get_absolute_url(),
    )


def agreement_commented(agreement, event, *, by):
    """The other side: somebody wrote to you."""
    people = _drafters(agreement) if by.acts_for(agreement.organization_id) else _partner(agreement)
    notify(
        people,
        f"agreement:{agreement.pk}:comment:{event.pk}",
        "agreement-commented",
        {"agreement": agreement, "event": event},
        path=agreement.get_absolute_url(),
    )


def _staff(*roles):
    def at_office(agreement):
        return User.objects.filter(
            staff_assignments__office=agreement.office_id, staff_assignments__role__in=roles, is_active=True
        ).distinct()

    return at_office


def _partner(agreement, *roles):
    roles = roles or (MemberRole.ADMINISTRATOR, MemberRole.AUTHORISED_OFFICER)
    return User.objects.filter(
        memberships__organization=agreement.organization_id, memberships__role__in=roles, is_active=True
    ).distinct()


def _signatories(agreement):
    return User.objects.filter(
        Q(staff_assignments__office=agreement.office_id, staff_assignments__role=StaffRole.HEAD_OF_OFFICE)
        | Q(memberships__organization=agreement.organization_id, memberships__role=MemberRole.AUTHORISED_OFFICER),
        is_active=True,
    ).distinct()


def _both(agreement):
    return [*_drafters(agreement), *_partner(agreement)]


_drafters = _staff(StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)
_deciders = _staff(StaffRole.HEAD_OF_OFFICE, StaffRole.REVIEW_SECRETARY, StaffRole.REVIEWER)
_managers = _staff(StaffRole.PARTNERSHIP_MANAGER)

_TOLD = {
    "submit": _deciders,
    "approve": _managers,
    "send_back": _drafters,
    "open_for_signature": _signatories,
    "sign_unicef": lambda agreement: [*_managers(agreement), *_partner(agreement)],
    "sign_partner": lambda agreement: [*_managers(agreement), *_signatories(agreement)],
    "record_signatures": _partner,
    "activate": _both,
    "suspend": _both,
    "resume": _both,
    "end": _both,
    "terminate": _both,
    "cancel": _both,
}
