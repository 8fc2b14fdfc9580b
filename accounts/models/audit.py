"""Who did what, when and why: the trail that nothing removes."""

from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import LIFECYCLES
from portal.kit.prepared import Prepared


class AuditEventQuerySet(models.QuerySet):
    def about(self, instance):
        """Events of one record, newest first."""
        return self.filter(subject_type=instance._meta.label_lower, subject_id=instance.pk)

    def for_partner(self):
        """What the partner's side may read as well."""
        return self.filter(audience=AuditEvent.Audience.BOTH)

    def update(self, **values):
        raise PermissionDenied("audit events are never changed")

    def delete(self):
        raise PermissionDenied("audit events are never deleted")


class AuditEvent(models.Model):
    """One thing that happened to one record.

    The subject is named, not referenced, so that history never stands in the way of the record it tells of.
    ``changes`` maps each changed field to its value before and after.
    """

    class Audience(models.TextChoices):
        BOTH = "both", _("Both sides")
        OFFICE = "office", _("Office only")

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    actor_label = models.CharField(_("name of the person"), max_length=200)
    subject_type = models.CharField(_("kind of record"), max_length=60)
    subject_id = models.BigIntegerField(_("record number"))
    subject_label = models.CharField(_("record"), max_length=300)
    action = models.CharField(_("what"), max_length=60)
    from_state = models.CharField(_("state before"), max_length=30, blank=True)
    to_state = models.CharField(_("state after"), max_length=30, blank=True)
    reason = models.TextField(_("why"), blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    audience = models.CharField(_("who may read it"), max_length=10, choices=Audience, default=Audience.BOTH)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="event_subject"),
            models.Index(fields=["subject_type", "action", "at"], name="event_move"),  # for figures over time
        ]

    def __str__(self):
        return f"{self.title}: {self.subject_label}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise PermissionDenied("audit events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise PermissionDenied("audit events are never deleted")

    @property
    def title(self):
        """What happened, in the words of the lifecycle's table where it was a move."""
        lifecycle = LIFECYCLES.get(self.subject_type)
        if lifecycle and self.action in lifecycle.actions:
            return lifecycle.transition(self.action).done
        return EVENT_TITLES.get(self.action, self.action)


def history(instance, *, for_partner: bool = False, most: int | None = None) -> list[AuditEvent]:
    """What happened to ``instance``, the newest first: all of it, or what the partner's side may read."""
    return _history(instance._meta.label_lower, for_partner, most)(instance.pk)


@cache
def _history(subject_type: str, for_partner: bool, most: int | None) -> Prepared:
    events = AuditEvent.objects.filter(subject_type=subject_type)
    events = events.for_partner() if for_partner else events
    return Prepared(lambda pk: events.filter(subject_id=pk)[:most])


EVENT_TITLES = {
    "second_step_removed": _("Second step of signing in removed"),
    "token_created": _("API token made"),
    "token_revoked": _("API token revoked"),
    "created": _("Created"),
    "changed": _("Changed"),
    "deleted": _("Removed"),
    "commented": _("Comment"),
    "imported": _("Imported"),
    "answered": _("Question answered"),
    "rated": _("Criteria rated"),
    "assigned": _("Assigned"),
    "unassigned": _("Assigned to nobody"),
    "nudged": _("Reminded by the portal"),
    "taken_over": _("Taken over by the organization"),
    "declared": _("Integrity declaration answered"),
    "settled": _("Settled"),
    "lapsed": _("Lapsed"),
    "member_added": _("Member added"),
    "branch_added": _("Branch added"),
    "invited": _("Invited"),
    "asked_to_join": _("Asked to join"),
    "member_removed": _("Member removed"),
    "names_changed": _("Names changed"),
    "presence_changed": _("Places of work changed"),
    "passport_shared": _("Link to the passport made"),
    "passport_link_revoked": _("Link to the passport revoked"),
    "document_added": _("Document put on record"),
    "document_replaced": _("Newer file brought"),
    "staff_assigned": _("Post given"),
    "staff_removed": _("Post ended"),
    "dismissed": _("Not the same organization"),
    "merged": _("Merged with another record"),
    "merged_away": _("Merged into another record"),
    "merge_undone": _("Merge undone"),
    "tagged": _("Put on organizations"),
    "untagged": _("Taken off organizations"),
    "messaged": _("Message from UNICEF"),
}
