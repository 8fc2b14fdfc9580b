"""Where an organization works on what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
