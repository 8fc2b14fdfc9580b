"""The frame in which every change is made: lock, who, when, write, record.

Each app's actions fill this frame with what the change means. All of it happens in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User
from accounts.models.base import Recorded, Stateful
from portal.kit.access import NotNow, Stale, require
from portal.kit.lifecycle import Reason, Transition

R = TypeVar("R", bound=Recorded)
S = TypeVar("S", bound=Stateful)

BOTH, OFFICE = AuditEvent.Audience.BOTH, AuditEvent.Audience.OFFICE


# --- Who follows ------------------------------------------------------------------------------------------------------

Follower = Callable[[models.Model], None]
_followers: list[Follower] = []


def followed_by(follower: Follower) -> None:
    """Call ``follower`` with each record that an action has made, moved or changed, in the action's transaction.

    For what is derived from records of an app above: imports go down only.
    """
    if follower not in _followers:
        _followers.append(follower)


def _follow(instance: models.Model) -> None:
    for follower in _followers:
        follower(instance)


# --- The frame --------------------------------------------------------------------------------------------------------


@contextmanager
def performing(
    instance: S,
    name: str,
    *,
    by: User | None,
    reason: str = "",
    expected_version: int | None = None,
    audience: str = BOTH,
    **told: Any,
) -> Iterator[S]:
    """Make the lifecycle's move ``name``: yield the locked row, then set its state, check, save and record it.

    ``by`` None is the portal's own clock. ``told`` holds the move's further inputs.
    Raises NotAllowed (who), NotNow with reasons (when), Stale (somebody was quicker), ValidationError (what).
    """
    with transaction.atomic():
        locked = _lock(instance, expected_version)
        move = locked.lifecycle.transition(name)
        require(by, move.permission, locked)
        locked.lifecycle.check(name, locked)
        _check_told(move, reason, told)
        before, from_state = snapshot(locked), locked.state
        yield locked
        if move.target is not None and move.target != locked.state:
            locked.state, locked.state_since = move.target, timezone.now()
        _write(locked)
        changes = diff(before, snapshot(locked))
        record(locked, name, by=by, reason=reason, from_state=from_state, changes=changes, audience=audience)
        _follow(locked)


def move(instance: S, name: str, *, by: User | None, **told: Any) -> S:
    """Make a move that writes nothing of its own, see :func:`performing`; return the record in its new state."""
    with performing(instance, name, by=by, **told) as moved:
        return moved


@contextmanager
def changing(
    instance: R,
    permission: str,
    *,
    by: User | None,
    action: str = "changed",
    reason: str = "",
    expected_version: int | None = None,
    audience: str = BOTH,
    lists: Sequence[str] = (),
) -> Iterator[R]:
    """Change a record's fields: yield the locked row, then refuse what its state does not open, check, save, record.

    ``lists`` names the many-to-many fields whose changes are recorded beside those of the columns.
    """
    with transaction.atomic():
        locked = _lock(instance, expected_version)
        require(by, permission, locked)
        before = snapshot(locked, lists)
        yield locked
        changes = diff(before, snapshot(locked, lists))
        if isinstance(locked, Stateful):
            _check_editable(locked, changes)
        _write(locked)
        record(locked, action, by=by, reason=reason, changes=changes, audience=audience)
        _follow(locked)


def create(
    instance: R, permission: str | None = None, *, by: User | None, action: str = "created", **record_with: Any
) -> R:
    """Check and save a new record and write its first event. ``permission`` None: the caller has asked already."""
    with transaction.atomic():
        if permission:
            require(by, permission, instance)
        instance.full_clean()
        instance.save()
        record(instance, action, by=by, to_state=getattr(instance, "state", ""), **record_with)
        _follow(instance)
    return instance


def comment(instance: R, permission: str, *, by: User, text: str, audience: str = BOTH) -> AuditEvent:
    """Add a comment to a record's timeline, for both sides or for the office alone."""
    require(by, permission, instance)
    if not text.strip():
        raise ValidationError({"text": _("Write the comment first.")})
    if audience == OFFICE and not by.works_for_unicef:
        raise ValidationError({"audience": _("Only UNICEF staff can write comments for the office alone.")})
    return record(instance, "commented", by=by, reason=text, audience=audience)


def record(
    instance: models.Model,
    action: str,
    *,
    by: User | None,
    reason: str = "",
    from_state: str = "",
    to_state: str | None = None,
    changes: dict[str, list[Any]] | None = None,
    audience: str = BOTH,
) -> AuditEvent:
    """Write one event to the trail of ``instance``."""
    state = getattr(instance, "state", "") if from_state and to_state is None else to_state or ""
    return AuditEvent.objects.create(
        actor=by,
        actor_label=str(by) if by else _("The portal"),
        subject_type=instance._meta.label_lower,
        subject_id=instance.pk,
        subject_label=str(instance)[:300],
        action=action,
        from_state=from_state,
        to_state=state,
        reason=reason,
        changes=changes or {},
        audience=audience,
    )


def _lock(instance: R, expected_version: int | None) -> R:
    # of=("self",): joined rows of other tables stay free for other people's work.
    locked = type(instance)._default_manager.select_for_update(of=("self",)).get(pk=instance.pk)
    if expected_version is not None and locked.version != expected_version:
        raise Stale([_("Somebody changed this after you opened it. Look at it again, then repeat what you wanted.")])
    return locked


def _write(locked: Recorded) -> None:
    locked.version += 1
    locked.full_clean()
    locked.save()


def _check_told(move: Transition, reason: str, told: dict[str, Any]) -> None:
    errors: dict[str, str] = {}
    if move.reason is Reason.REQUIRED and not reason.strip():
        errors["reason"] = _("Say why.")
    for entry in move.inputs:
        if entry.required and told.get(entry.name) in (None, ""):
            errors[entry.name] = _("This is needed.")
    if errors:
        raise ValidationError(errors)


def _check_editable(instance: Stateful, changes: dict[str, list[Any]]) -> None:
    closed = [name for name in changes if not instance.lifecycle.is_editable(instance, name)]
    if closed:
        state = instance.lifecycle.state(instance.state).label
        raise NotNow(
            [
                _("%(field)s cannot be changed while this is “%(state)s”.")
                % {"field": _field_name(instance, name), "state": state}
                for name in closed
            ]
        )


def _field_name(instance: models.Model, name: str) -> str:
    field: Any = instance._meta.get_field(name)
    return str(field.verbose_name)


def snapshot(instance: models.Model, lists: Sequence[str] = ()) -> dict[str, Any]:
    columns = {  # what the portal itself writes beside is told by the event
        field.name: field.value_from_object(instance) for field in instance._meta.concrete_fields if field.editable
    }
    with translation.override(settings.LANGUAGE_CODE):  # history is kept in one language
        return columns | {name: sorted(map(str, getattr(instance, name).all())) for name in lists}


def diff(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    plain = (bool, int, float, str, list, dict, type(None))
    return {
        name: [value if isinstance(value, plain) else str(value) for value in (before[name], after[name])]
        for name in after
        if before[name] != after[name]
    }
