"""The parts of an organization's profile that are rows: who leads it, its experience, its track record."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models.facts import Years
from organizations.models.organization import Organization


class OfficeHolderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """UNICEF staff and the organization's own members; the public does not read names of people."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser or user.works_for_unicef:
            return self
        return self.filter(organization__in=user.roles_by_organization)

    def current(self, today=None):
        """In office: begun, and not ended."""
        today = today or timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gte=today), since__lte=today)


class OfficeHolder(models.Model):
    """One term of one person in one role of an organization (S2-20). People who left stay, with the date."""

    class Role(models.TextChoices):
        HEAD = "head", _("Head of the organization")
        BOARD = "board", _("Director or member of the board")
        AUTHORISED = "authorised", _("Authorised officer: may sign")
        FOCAL_POINT = "focal_point", _("Focal point")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="office_holders")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    name = models.CharField(_("name"), max_length=200)
    title = models.CharField(_("title"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)

    objects = OfficeHolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("office holder")
        verbose_name_plural = _("office holders")
        ordering = ["organization_id", F("until").desc(nulls_first=True), "-role", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                name="office_holder_until_after_since",
                condition=Q(until=None) | Q(until__gte=F("since")),
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(role="head", until=None),
                name="office_holder_one_head",
                violation_error_message=_(
                    "An organization has one head at a time. Say until when the one before was in office."
                ),
            ),
        ]

    def __str__(self):
        title = f", {self.title}" if self.title else ""
        return f"{self.name}{title} ({self.get_role_display()}, {self.since} – {self.until or ''})"

    @property
    def is_current(self) -> bool:
        today = timezone.localdate()
        return self.since <= today and (self.until is None or self.until >= today)


class Experience(models.Model):
    """How long an organization has worked on a theme (S0-5)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="experiences")
    theme = models.ForeignKey("programmes.ThematicArea", models.PROTECT, related_name="+", verbose_name=_("theme"))
    years = models.CharField(_("years of experience"), max_length=10, choices=Years)

    class Meta:
        verbose_name = _("experience")
        verbose_name_plural = _("experience")
        ordering = ["organization_id", "theme__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "theme"],
                name="experience_once",
                violation_error_message=_("This theme is already there."),
            )
        ]

    def __str__(self):
        return f"{self.theme}: {self.get_years_display()}"


class TrackRecord(models.Model):
    """Something that stands behind an organization: what it achieved, who speaks for it, who it works with (S4-35)."""

    class Kind(models.TextChoices):
        RESULT = "result", _("Past results")
        ENDORSEMENT = "endorsement", _("What communities say")
        NETWORK = "network", _("Networks and coalitions")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="track_records")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=500)
    who = models.CharField(_("who"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)

    class Meta:
        verbose_name = _("track record")
        verbose_name_plural = _("track records")
        ordering = ["organization_id", "kind", "pk"]

    def __str__(self):
        return self.what
