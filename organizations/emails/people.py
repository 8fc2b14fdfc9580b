"""Who is told: people of an organization, of an office, of headquarters; each a queryset of active users."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.actions import notify
from accounts.models import User
from accounts.roles import MemberRole, StaffRole


def administrators_of(organization_id: int) -> QuerySet[User]:
    """Those who administer an organization now."""
    return _members_of(organization_id, MemberRole.ADMINISTRATOR)


def people_of(organization_id: int) -> QuerySet[User]:
    """Those who write for an organization: its administrators and editors."""
    return _members_of(organization_id, MemberRole.ADMINISTRATOR, MemberRole.EDITOR)


def officers_of(*offices: Any) -> QuerySet[User]:
    """Those who check for one of the offices: its own registration officers; for headquarters, its editors (R-09)."""
    checking = Q(pk__in=[])
    for office in offices:
        there = Q(staff_assignments__office=office)
        if office.is_headquarters:
            there |= Q(staff_assignments__office=None, staff_assignments__region=None)
        checking |= there & Q(staff_assignments__role=office.checked_by)
    return _active(checking)


def staff_of(office_id: int, *roles: StaffRole) -> QuerySet[User]:
    """Those who have one of ``roles`` at this very office."""
    return _active(staff_assignments__office=office_id, staff_assignments__role__in=roles)


def headquarters_editors() -> QuerySet[User]:
    return _active(
        staff_assignments__role=StaffRole.HQ_EDITOR, staff_assignments__office=None, staff_assignments__region=None
    )


def portal_administrators() -> QuerySet[User]:
    return _active(is_superuser=True)


def tell(people: Any, template: str, about: Any, occasion: str, /, *, part: str = "", **context: Any) -> None:
    """Write to ``people`` about a record, with the link to its page (or to ``part`` of it).

    ``occasion`` tells this message from others about the record, so that nobody gets it twice. The template knows the
    record by the name of its model, and what ``context`` adds.
    """
    name = about._meta.model_name
    key = f"{name}:{about.pk}:{occasion}"
    notify(people, key, template, {name: about, **context}, path=f"{about.get_absolute_url()}{part}")


def _members_of(organization_id: int, *roles: MemberRole) -> QuerySet[User]:
    return _active(memberships__organization=organization_id, memberships__role__in=roles)


def _active(*conditions: Q, **values: Any) -> QuerySet[User]:
    """One filter for all, so that the conditions meet in one post or membership."""
    return User.objects.filter(*conditions, **values, is_active=True).distinct()
