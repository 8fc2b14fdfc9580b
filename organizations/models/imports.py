"""Files that bring in the partner lists of others."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle import IMPORT
from portal.kit.addresses import record_address


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Administrators and headquarters editors import; nobody else sees the files."""
        return self if user.is_authenticated and user.has_perm("organizations.import_data") else self.none()


class ImportBatch(Stateful):
    """One file on its way in: previewed, confirmed, taken by the worker. ``figures`` is the report of the last run."""

    class Kind(models.TextChoices):
        PRESENCE = "presence", _("Who does what where")
        AGREEMENTS = "agreements", _("Agreements")
        SANCTIONS = "sanctions", _("Sanctions list")
        REGISTER = "register", _("A register of organizations")

    lifecycle = IMPORT
    state = StateField(IMPORT)
    kind = models.CharField(_("what it holds"), max_length=20, choices=Kind, default=Kind.PRESENCE)
    layout = models.CharField(_("layout"), max_length=60)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=200)
    rejects = models.FileField(_("rejected rows"), upload_to="imports/%Y/%m/", blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress, per cent"), default=0)
    problem = models.TextField(_("what went wrong"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.file_name} ({self.layout})"

    def get_absolute_url(self):
        return record_address("organizations:import-detail", self.pk)
