"""The Security Council's list as it was brought, and the names here that resemble one on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle import SANCTIONS, MatchState
from organizations.models.organization import Organization
from portal.kit.addresses import record_address


class SanctionsListQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Headquarters editors and administrators."""
        return self if user.is_authenticated and user.has_perm("organizations.view_sanctions") else self.none()

    def current(self):
        """The list that is screened against: the one taken in last, or None."""
        return self.order_by("-taken_at", "-pk").first()


class SanctionsList(models.Model):
    """One taking in of the consolidated list. ``digest`` is of all names on it: the same digest, the same list."""

    generated_at = models.DateTimeField(_("published"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken in"), default=timezone.now)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    file_name = models.CharField(_("file name"), max_length=200)
    figures = models.JSONField(_("figures"), default=dict)
    digest = models.CharField(max_length=64, editable=False)
    screened_at = models.DateTimeField(_("everybody screened"), null=True, blank=True)

    objects = SanctionsListQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanctions list")
        verbose_name_plural = _("sanctions lists")
        ordering = ["-taken_at", "-pk"]

    def __str__(self):
        return self.file_name


class SanctionsEntry(models.Model):
    """One person or body on the list, by its permanent reference number. One that was taken off is kept as past."""

    class Type(models.TextChoices):
        PERSON = "person", _("Person")
        ENTITY = "entity", _("Entity")

    reference = models.CharField(_("reference number"), max_length=40, unique=True)
    data_id = models.CharField(_("number in the file"), max_length=40, blank=True)
    kind = models.CharField(_("what it is"), max_length=10, choices=Type)
    name = models.CharField(_("name"), max_length=500)
    original_name = models.CharField(_("name in its own script"), max_length=500, blank=True)
    aliases = models.JSONField(_("also known as"), default=list, blank=True, help_text=_("Each with its quality."))
    list_type = models.CharField(_("part of the list"), max_length=60, blank=True)
    listed_on = models.DateField(_("listed on"), null=True, blank=True)
    nationalities = models.JSONField(_("nationalities"), default=list, blank=True)
    births = models.JSONField(_("dates of birth"), default=list, blank=True)
    comments = models.TextField(_("comments"), blank=True)
    removed_at = models.DateTimeField(_("no longer on the list since"), null=True, blank=True)

    class Meta:
        verbose_name = _("sanctions entry")
        verbose_name_plural = _("sanctions entries")
        ordering = ["reference"]
        indexes = [models.Index(fields=["removed_at", "kind"], name="sanctions_current")]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @property
    def all_names(self):
        """Each name with whether the list itself calls it weak."""
        own = [(name, False) for name in (self.name, self.original_name) if name]
        return own + [(alias["name"], alias["quality"].casefold() == "low") for alias in self.aliases]


class SanctionsMatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Headquarters editors and administrators. An office learns from the registration that names are screened.

        Whoever acts for an organization reads nothing about it here: it never learns what stands on the list.
        """
        if user.is_authenticated and user.has_perm("organizations.view_sanctions"):
            return self if user.is_superuser else self.exclude(organization__in=user.roles_by_organization)
        return self.none()

    def confirmed(self):
        return self.filter(state=MatchState.CONFIRMED)


class SanctionsMatch(Stateful):
    """One name of an organization or its people that resembles one entry. ``folded`` is the name as it is compared.

    A decided pair does not return: there is one row for each organization, entry and name. ``known_names`` are the
    folded names that the entry had when a person cleared it; a nearer one that came later opens the match again.
    """

    class Subject(models.TextChoices):
        NAME = "name", _("Name of the organization")
        OTHER_NAME = "other_name", _("Other name of the organization")
        ACRONYM = "acronym", _("Acronym of the organization")
        HEAD = "head", _("Head of the organization")
        BOARD = "board", _("Director or member of the board")
        OFFICER = "officer", _("Authorised officer")

    lifecycle = SANCTIONS
    state = StateField(SANCTIONS)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="sanctions_matches", verbose_name=_("organization")
    )
    entry = models.ForeignKey(SanctionsEntry, models.PROTECT, related_name="matches", verbose_name=_("entry"))
    subject = models.CharField(_("whose name it is"), max_length=12, choices=Subject)
    name = models.CharField(_("name screened"), max_length=300)
    folded = models.CharField(max_length=300, editable=False)
    listed_name = models.CharField(_("name on the list"), max_length=500)
    score = models.PositiveSmallIntegerField(_("likeness, of 100"))
    known_names = models.JSONField(default=list, blank=True, editable=False)

    objects = SanctionsMatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanctions match")
        verbose_name_plural = _("sanctions matches")
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "entry", "folded"],
                name="sanctions_match_once",
                violation_error_message=_("This name and this entry are already there."),
            ),
            models.CheckConstraint(
                condition=Q(score__lte=100),
                name="sanctions_score",
                violation_error_message=_("A likeness is at most 100."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state"], name="sanctions_of_organization"),
            models.Index(fields=["state", "-score", "id"], name="sanctions_in_order"),
        ]

    def __str__(self):
        return f"{self.name} / {self.entry.reference}"

    def get_absolute_url(self):
        return record_address("organizations:sanctions-detail", self.pk)


class Screening(models.Model):
    """What was last screened of one organization. The same ``digest`` of names and list need not be screened again."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="screening")
    digest = models.CharField(max_length=64)
    screened_at = models.DateTimeField(_("last screened"), default=timezone.now)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")

    def __str__(self):
        return f"{self.organization}, {self.screened_at:%Y-%m-%d}"
