"""What happens to an observation: written, raised to a flag, decided by headquarters, answered by the organization."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import BOTH, OFFICE, changing, create, move, performing
from accounts.models import User
from organizations import emails
from organizations.lifecycle import OBSERVATION
from organizations.models import Observation, Organization
from portal.kit.access import NotNow


@transaction.atomic
def add_observation(
    *, by: User, organization: Organization, office: Any, flag: bool = False, **facts: Any
) -> Observation:
    """Note something about ``organization`` for ``office`` (None: headquarters); ``flag`` raises a yellow flag at once.

    Raises ValidationError naming the field, NotNow when the organization could not be told of the flag.
    """
    observation = Observation(organization=organization, office=office, author=by, **facts)
    if flag and not observation.is_concern:
        raise ValidationError({"flag": _("Something good is no reason for a flag.")})
    create(observation, "organizations.add_observation", by=by, audience=OFFICE)
    return raise_flag(observation, by=by) if flag else observation


@transaction.atomic
def change_observation(
    observation: Observation, *, by: User, expected_version: int | None = None, **facts: Any
) -> Observation:
    """Correct what one has written oneself, while its state leaves it open; the history keeps what it said before."""
    with changing(
        observation, "organizations.change_observation", by=by, expected_version=expected_version, audience=OFFICE
    ) as changed:
        if not changed.lifecycle.is_editable(changed, "text"):
            raise NotNow([_("The text is closed once headquarters has been asked, and when the matter is over.")])
        told_before = changed.for_partner
        for name, value in facts.items():
            setattr(changed, name, value)
        is_told_anew = changed.concerns_the_organization and changed.for_partner != told_before
        if is_told_anew:  # what it has replied to is no longer what it reads
            changed.replied_at = None
    if is_told_anew:
        emails.organization_told_of_flag(changed)
    return changed


@OBSERVATION.action("flag")
@transaction.atomic
def raise_flag(observation: Observation, *, by: User, expected_version: int | None = None) -> Observation:
    """Make a yellow flag of it. The organization is told, unless it is about safeguarding."""
    with performing(observation, "flag", by=by, expected_version=expected_version, audience=OFFICE) as raised:
        raised.flagged_at = timezone.now()
    emails.organization_told_of_flag(raised)
    return raised


@OBSERVATION.action("escalate")
def escalate(
    observation: Observation, *, by: User, reason: str = "", expected_version: int | None = None
) -> Observation:
    """Ask headquarters to decide."""
    return _move(observation, "escalate", by, reason, expected_version)


@OBSERVATION.action("mark_red")
def mark_red(
    observation: Observation, *, by: User, reason: str = "", expected_version: int | None = None
) -> Observation:
    """Put the cooperation on hold in every country (R-07)."""
    return _move(observation, "mark_red", by, reason, expected_version)


@OBSERVATION.action("defer")
def defer(observation: Observation, *, by: User, reason: str = "", expected_version: int | None = None) -> Observation:
    """Leave it a yellow flag."""
    return _move(observation, "defer", by, reason, expected_version)


@OBSERVATION.action("lift")
def lift(observation: Observation, *, by: User, reason: str = "", expected_version: int | None = None) -> Observation:
    """End the flag: the matter is settled."""
    return _move(observation, "lift", by, reason, expected_version)


@OBSERVATION.action("invalidate")
def invalidate(
    observation: Observation, *, by: User, reason: str = "", expected_version: int | None = None
) -> Observation:
    """Take back what was wrong."""
    return _move(observation, "invalidate", by, reason, expected_version)


@OBSERVATION.action("release")
@transaction.atomic
def release(
    observation: Observation, *, by: User, reason: str = "", expected_version: int | None = None
) -> Observation:
    """Let the organization read a flag about safeguarding, in the words written for it."""
    with performing(
        observation, "release", by=by, reason=reason, expected_version=expected_version, audience=OFFICE
    ) as released:
        released.released_at = timezone.now()
    emails.organization_told_of_flag(released)
    return released


@OBSERVATION.action("reply")
@transaction.atomic
def reply(observation: Observation, *, by: User, reply: str = "", expected_version: int | None = None) -> Observation:
    """The organization's right of reply (S0-21): kept in the history for both sides; staff are told."""
    with performing(
        observation, "reply", by=by, reason=reply, expected_version=expected_version, audience=BOTH, reply=reply.strip()
    ) as answered:
        answered.replied_at = timezone.now()
    emails.observation_moved(answered, "reply", by=by, reason=reply)
    return answered


@transaction.atomic
def _move(observation: Observation, name: str, by: User, reason: str, expected_version: int | None) -> Observation:
    """Make a move whose reason is for UNICEF alone; the organization is told of the new state where it reads it."""
    moved = move(observation, name, by=by, reason=reason, expected_version=expected_version, audience=OFFICE)
    emails.observation_moved(moved, name, by=by, reason=reason)
    if name != "escalate":
        emails.organization_told_of_flag(moved)
    return moved
