"""What staff do with many organizations at once: tags of an office, and a message to those who administer them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions import OFFICE, create, record
from accounts.models import User
from accounts.roles import MemberRole
from organizations import emails
from organizations.models import BulkRun, Membership, Organization, Tag, Tagging
from portal.kit.access import NotNow, require
from programmes.models import CountryOffice

MESSAGES_A_DAY = 200
"""To how many organizations one person writes within a day."""

MESSAGE = "message"


# --- Tags -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def tag_organizations(
    organizations: Sequence[Organization], *, by: User, office: CountryOffice, label: str
) -> tuple[Tag, set[int]]:
    """Put a tag of ``office`` on organizations; return it and the keys of those that did not have it yet."""
    tag = _tag_of(office, label, by)
    had = set(tag.taggings.values_list("organization", flat=True))
    new = [row.pk for row in organizations if row.pk not in had]
    Tagging.objects.bulk_create([Tagging(tag=tag, organization_id=pk) for pk in new], ignore_conflicts=True)
    if new:
        record(tag, "tagged", by=by, audience=OFFICE, changes={"organizations": [[], new]})
    return tag, set(new)


@transaction.atomic
def untag_organizations(organizations: Collection[Organization], *, by: User, tag: Tag) -> set[int]:
    """Take a tag off organizations; return the keys of those that had it."""
    require(by, "organizations.tag_organizations", tag.office)
    rows = tag.taggings.filter(organization__in=[row.pk for row in organizations])
    had = sorted(rows.values_list("organization", flat=True))
    if had:
        rows.delete()
        record(tag, "untagged", by=by, audience=OFFICE, changes={"organizations": [had, []]})
    return set(had)


def _tag_of(office: CountryOffice, label: str, by: User) -> Tag:
    require(by, "organizations.tag_organizations", office)
    # Of two who make the same tag in the same moment the second waits here, and then finds it.
    CountryOffice.objects.select_for_update(of=("self",)).get(pk=office.pk)
    label = " ".join(label.split())
    found = Tag.objects.filter(office=office, folded=Tag.folded_of(label)).first()
    if found:
        return found
    if office.tags.count() >= Tag.MOST:
        raise NotNow([_("The office has as many tags as is possible. Use one of them.")])
    tag = Tag(office=office, label=label, folded=Tag.folded_of(label))
    return create(tag, by=by, audience=OFFICE)


# --- Messages ---------------------------------------------------------------------------------------------------------


def administrators_by_organization(organizations: Collection[Organization]) -> dict[int, list[User]]:
    """Who is written to, by the key of the organization: those who administer it now and can sign in."""
    members = Membership.objects.filter(
        organization__in=[row.pk for row in organizations], role=MemberRole.ADMINISTRATOR, user__is_active=True
    )
    found: dict[int, list[User]] = defaultdict(list)
    for membership in members.select_related("user").order_by("user__name", "pk"):
        found[membership.organization_id].append(membership.user)
    return dict(found)


def left_today(by: User) -> int:
    """To how many more organizations ``by`` may write now."""
    since = timezone.now() - timedelta(days=1)
    sent = BulkRun.objects.filter(by=by, action=MESSAGE, at__gt=since).aggregate(sent=Sum("done"))["sent"] or 0
    return max(MESSAGES_A_DAY - sent, 0)


@transaction.atomic
def write_to_partners(
    organizations: Sequence[Organization], *, by: User, office: CountryOffice, subject: str, text: str, run: BulkRun
) -> dict[int, list[User]]:
    """Write to the administrators of each organization; return to whom. The message stays on each one's record.

    ``run`` tells this message from the next one, so that nobody gets it twice.
    """
    require(by, "organizations.message_partners", office)
    if not text.strip():
        raise ValidationError({"text": _("Write the message first.")})
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two messages at once count one after the other
    people = administrators_by_organization(organizations)
    left = left_today(by)
    if len(people) > left:
        raise NotNow([_too_many(left)])
    for organization in organizations:
        if administrators := people.get(organization.pk):
            emails.partner_message(organization, administrators, office, subject=subject, text=text, by=by, run=run)
            record(organization, "messaged", by=by, reason=f"{subject}\n\n{text}")
    return people


def _too_many(left: int) -> str:
    words = ngettext(
        "You can write to %(n)s more organization today. Choose fewer, or go on tomorrow.",
        "You can write to %(n)s more organizations today. Choose fewer, or go on tomorrow.",
        left,
    )
    return words % {"n": left}
