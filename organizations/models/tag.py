"""Words that an office puts on organizations for its own use, and what was done with many organizations at once."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Recorded
from organizations.models.organization import Organization
from portal.kit.text import fold
from programmes.models import CountryOffice


class TagQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the offices at which one works; organizations never read them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(user.offices_condition()) if user.works_for_unicef else self.none()


class Tag(Recorded):
    """A word of one office. Two that differ only in case, accents or spaces are one: ``folded``."""

    MOST = 500  # of an office

    office = models.ForeignKey(CountryOffice, models.PROTECT, related_name="tags", verbose_name=_("country office"))
    label = models.CharField(
        _("tag"), max_length=40, validators=[RegexValidator(r"\w", _("Write at least one letter or digit."))]
    )
    folded = models.CharField(max_length=80, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["office", "folded", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "folded"],
                name="tag_once",
                violation_error_message=_("The office has this tag already."),
            ),
        ]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        """The organizations that have it."""
        return f"{reverse('organizations:organization-list')}?tag={self.pk}"

    @staticmethod
    def folded_of(label):
        return fold(label)[:80]


class Tagging(models.Model):
    """A tag on an organization."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="taggings")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="taggings")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tagging")
        verbose_name_plural = _("taggings")
        constraints = [
            models.UniqueConstraint(fields=["tag", "organization"], name="tagging_once"),
        ]

    def __str__(self):
        return f"{self.tag}: {self.organization}"


class BulkRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(by=user)


class BulkRun(models.Model):
    """What a person did with many organizations at once; ``token`` is on the page that asks, so it is done once.

    ``skipped`` holds (name, why not); ``tag`` is the one put on or taken off; ``reached`` is how many people were
    written to.
    """

    token = models.UUIDField(unique=True, default=uuid4, editable=False)
    action = models.CharField(_("what"), max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    done = models.PositiveIntegerField(_("organizations"), default=0)
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tag"))
    reached = models.PositiveIntegerField(_("people written to"), default=0)
    skipped = models.JSONField(_("left out"), default=list, blank=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "action", "at"], name="bulk_run_of_person")]

    def __str__(self):
        return self.action
