"""The messages about agreements: who is told what, when. Nobody is told of what they did themselves."""

from django.db.models import Q

from accounts.actions import notify
from accounts.models import User
from accounts.roles import MemberRole, StaffRole


def agreement_moved(agreement, move, *, by, reason="", also=()):
    """Tell those who have to act next, or who have to know, that ``move`` was made; ``also`` adds people.

    ``by`` None is the portal's own clock.
    """
    people = [person for find in _TOLD[move] for person in find(agreement)]
    _tell(
        [*people, *also],
        agreement,
        f"{move}:{agreement.version}",
        "agreement-moved",
        by,
        {"done": agreement.lifecycle.transition(move).done, "reason": reason},
    )


def agreement_commented(agreement, event, *, by):
    """The other side: somebody wrote to you."""
    people = drafters(agreement) if by.acts_for(agreement.organization_id) else partner(agreement)
    _tell(people, agreement, f"comment:{event.pk}", "agreement-commented", by, {"event": event})


def _tell(people, agreement, occasion, template, by, context):
    notify(
        [person for person in people if person != by],
        f"agreement:{agreement.pk}:{occasion}",
        template,
        {"agreement": agreement, "by": by, **context},
        path=agreement.get_absolute_url(),
    )


# --- Who is who -------------------------------------------------------------------------------------------------------


def _staff(agreement, *roles):
    return User.objects.filter(
        staff_assignments__office=agreement.office_id, staff_assignments__role__in=roles, is_active=True
    ).distinct()


def _members(agreement, *roles):
    return User.objects.filter(
        memberships__organization=agreement.organization_id, memberships__role__in=roles, is_active=True
    ).distinct()


def managers(agreement):
    """The office's partnership managers."""
    return _staff(agreement, StaffRole.PARTNERSHIP_MANAGER)


def drafters(agreement):
    """Who drafted it, while they work at the office, and the partnership managers."""
    author = agreement.created_by
    own = [author] if author and author.is_active and author.works_at(agreement.office) else []
    return [*own, *managers(agreement)]


def deciders(agreement):
    """Who reads and decides in a review."""
    return _staff(agreement, StaffRole.HEAD_OF_OFFICE, StaffRole.REVIEW_SECRETARY, StaffRole.REVIEWER)


def partner(agreement):
    """The partner's administrators and authorised officers."""
    return _members(agreement, MemberRole.ADMINISTRATOR, MemberRole.AUTHORISED_OFFICER)


def signatories(agreement):
    """Who can sign for either side and has not."""
    sides = {
        "unicef": Q(staff_assignments__office=agreement.office_id, staff_assignments__role=StaffRole.HEAD_OF_OFFICE),
        "partner": Q(
            memberships__organization=agreement.organization_id, memberships__role=MemberRole.AUTHORISED_OFFICER
        ),
    }
    awaited = Q(pk__in=[])
    for side, people in sides.items():
        if side not in agreement.signed_sides:
            awaited |= people
    return User.objects.filter(awaited, is_active=True).distinct()


def who_can_name_a_signatory(agreement):
    """The partner's administrators, where nobody has the role that signs: only they can give it to somebody."""
    if _members(agreement, MemberRole.AUTHORISED_OFFICER).exists():
        return ()
    return _members(agreement, MemberRole.ADMINISTRATOR)


_TOLD = {
    "submit": (deciders,),
    "approve": (drafters,),
    "send_back": (drafters,),
    "open_for_signature": (signatories, who_can_name_a_signatory),
    "return_unsigned": (drafters,),
    "sign_unicef": (managers, signatories),
    "sign_partner": (managers, signatories),
    "record_signatures": (managers, partner),
    "activate": (drafters, partner),
    "suspend": (drafters, partner),
    "resume": (drafters, partner),
    "end": (drafters, partner),
    "terminate": (drafters, partner),
    "cancel": (drafters, partner),
}
