"""Files of lists that are too long for one answer, written by the worker for one person."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import EXPORT, ExportState
from accounts.models.base import StateField, Stateful
from portal.kit.addresses import record_address


def private_name(export, file_name):
    return f"exports/{secrets.token_hex(16)}"


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own; administrators help with everybody's."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(user=user)

    def due(self, now):
        """What waits for a worker, or was left behind by one that is gone."""
        left = Q(state=ExportState.RUNNING) & (Q(claimed_until=None) | Q(claimed_until__lt=now))
        return self.filter(Q(state=ExportState.QUEUED) | left).order_by("state_since", "pk")


class Export(Stateful):
    """One file for one person: the list at an address as that person may see it when the file is written.

    ``attempts`` counts the workers that began it; only the last one may go on. ``columns`` are headings in the file's
    own language. ``rows_expected`` is None until they are counted. ``roles``: what the person held then.
    """

    class Format(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("Excel")

    lifecycle = EXPORT
    state = StateField(EXPORT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports", verbose_name=_("for whom")
    )
    title = models.CharField(_("what it holds"), max_length=300)
    path = models.CharField(_("list"), max_length=300)
    query = models.TextField(_("filters"), max_length=4000, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    roles = models.JSONField(default=list, editable=False)
    format = models.CharField(_("kind of file"), max_length=10, choices=Format, default=Format.CSV)
    language = models.CharField(_("language"), max_length=10, default="en")
    name = models.CharField(_("file name"), max_length=60)
    file = models.FileField(_("file"), upload_to=private_name, max_length=60, blank=True, editable=False)
    rows_done = models.PositiveIntegerField(_("rows written"), default=0, editable=False)
    rows_expected = models.PositiveIntegerField(_("rows expected"), null=True, blank=True, editable=False)
    problem = models.TextField(_("what went wrong"), blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a list")
        verbose_name_plural = _("files of lists")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state_since"], condition=Q(state__in=["queued", "running"]), name="export_under_way"),
            models.Index(fields=["user", "-created_at"], name="export_of_person"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return record_address("accounts:export-detail", self.pk)

    @property
    def address(self):
        """The list itself."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def file_name(self):
        return f"{self.name}.{self.format}"

    @property
    def is_under_way(self):
        return self.state in (ExportState.QUEUED, ExportState.RUNNING)

    @property
    def is_still_theirs(self):
        """Whether the person holds every role that they held while it was written: they might see less of it now."""
        return self.user.is_active and self.user.roles_held.issuperset(self.roles)

    @property
    def is_ready(self):
        return self.state == ExportState.DONE and bool(self.file) and self.expires_at > timezone.now()
