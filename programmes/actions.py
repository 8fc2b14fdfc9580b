"""What is done to reference data and staff assignments: checked, saved and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.fields.reverse_related import ManyToOneRel
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, record
from accounts.models import User
from portal.kit.access import require
from programmes.models import StaffAssignment


@transaction.atomic
def save_reference(row: models.Model, *, by: User, changes: Mapping[str, list[Any]] | None = None) -> None:
    """Check and save a new or changed row of reference data. ``changes`` maps fields to their values before and after.

    Raises NotAllowed, ValidationError.
    """
    require(by, "programmes.manage_reference", row)
    action = "created" if row.pk is None else "changed"
    row.full_clean()
    row.save()
    record(row, action, by=by, changes=dict(changes or {}), audience=OFFICE)


@transaction.atomic
def delete_reference(row: models.Model, *, by: User) -> None:
    """Remove a row that nothing refers to. Raises NotAllowed, ValidationError."""
    require(by, "programmes.manage_reference", row)
    if is_used(row):
        raise ValidationError(_("Other records refer to “%s”, so it has to stay.") % row)
    record(row, "deleted", by=by, audience=OFFICE)
    row.delete()


def is_used(row: models.Model) -> bool:
    """Whether any record refers to ``row``, links between two lists included."""
    links = (each for each in row._meta.get_fields(include_hidden=True) if isinstance(each, ManyToOneRel))
    return any(link.related_model._base_manager.filter(**{link.field.name: row}).exists() for link in links)


@transaction.atomic
def assign_staff(assignment: StaffAssignment, *, by: User) -> None:
    """Give a person a role at an office, in a region or at headquarters. Raises NotAllowed, ValidationError."""
    require(by, "programmes.assign_staff", assignment)
    assignment.full_clean()
    assignment.save()
    record(assignment.user, "staff_assigned", by=by, reason=_in_words(assignment), audience=OFFICE)


@transaction.atomic
def end_assignment(assignment: StaffAssignment, *, by: User) -> None:
    """Take a role away again. Raises NotAllowed."""
    require(by, "programmes.assign_staff", assignment)
    record(assignment.user, "staff_removed", by=by, reason=_in_words(assignment), audience=OFFICE)
    assignment.delete()


def _in_words(assignment: StaffAssignment) -> str:
    return f"{assignment.get_role_display()}, {assignment.place}"
