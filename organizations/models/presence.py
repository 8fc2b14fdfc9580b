"""Where an organization works on what, and records that may be one and the same."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle import TWIN
from organizations.models.organization import Organization


class PresenceQuerySet(models.QuerySet):
    def in_theme(self, theme):
        """At work on ``theme`` or one of its specializations."""
        return self.filter(theme__path__startswith=theme.path)

    def in_location(self, location):
        """At work in ``location`` or a place inside it."""
        return self.filter(location__path__startswith=location.path)


class Presence(models.Model):
    """One organization at work on one theme in one place, as one source tells it at a date."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="presences")
    theme = models.ForeignKey(
        "programmes.ThematicArea", models.PROTECT, related_name="presences", verbose_name=_("theme")
    )
    location = models.ForeignKey(
        "programmes.Location", models.PROTECT, related_name="presences", verbose_name=_("place")
    )
    source = models.CharField(_("source"), max_length=100, blank=True, help_text=_("Empty: the organization says so."))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    since = models.PositiveSmallIntegerField(_("since (year)"), null=True, blank=True)
    status = models.CharField(_("status in the source"), max_length=40, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ["organization", "location", "theme"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "theme", "location", "source"],
                name="presence_once",
                violation_error_message=_("This theme and place are already there."),
            )
        ]
        indexes = [
            models.Index(fields=["theme", "location", "organization"], name="presence_by_theme"),
            models.Index(fields=["location", "theme", "organization"], name="presence_by_place"),
        ]

    def __str__(self):
        return f"{self.organization}: {self.theme}, {self.location}"


class PossibleTwinQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Only UNICEF staff look at possible twins."""
        is_staff = user.is_authenticated and (user.is_superuser or user.works_for_unicef)
        return self if is_staff else self.none()


class PossibleTwin(Stateful):
    """Two records that may be one organization. A person decides; the portal never merges by itself."""

    class Reason(models.TextChoices):
        SAME_ACRONYM = "same_acronym", _("The same acronym, other names")
        SIMILAR_NAME = "similar_name", _("Names nearly alike")
        OTHER_ACRONYM = "same_name_other_acronym", _("The same name, other acronyms")
        ELSEWHERE = "same_name_elsewhere", _("The same name in another country")

    lifecycle = TWIN
    state = StateField(TWIN)
    first = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name=_("one"))
    second = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name=_("other"))
    score = models.PositiveSmallIntegerField(_("likeness, of 100"))
    reason = models.CharField(_("why they look alike"), max_length=30, choices=Reason)

    objects = PossibleTwinQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible twin")
        verbose_name_plural = _("possible twins")
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="twin_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="twin_in_order"),
        ]

    def __str__(self):
        return f"{self.first} / {self.second}"

    def get_absolute_url(self):
        return reverse("organizations:twin-detail", args=[self.pk])
