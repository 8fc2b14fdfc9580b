"""What UNICEF people have observed about an organization, and the flags that grow out of it (domain §3)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle.observation import FLAGS, OBSERVATION
from organizations.models.document import Document
from organizations.models.organization import Organization
from portal.kit.addresses import record_address


class Category(models.TextChoices):
    REPUTATION = "reputation", _("Reputation")
    FINANCIAL = "financial", _("Money and accounts")
    PROGRAMME = "programme", _("Programme")
    SAFEGUARDING = "safeguarding", _("Safeguarding")
    OTHER = "other", _("Other")


class Nature(models.TextChoices):
    GOOD = "good", _("Something good")
    CONCERN = "concern", _("A concern")


TOLD = Q(flagged_at__isnull=False) & (~Q(category=Category.SAFEGUARDING) | Q(released_at__isnull=False))
"""What the organization may read: what is or was a flag; about safeguarding only what headquarters has released."""


class ObservationQuerySet(models.QuerySet):
    def flags(self):
        """What stands against an organization now."""
        return self.filter(state__in=FLAGS)

    def told(self):
        """Those that the organization reads."""
        return self.filter(TOLD)

    def bearing_on_outer(self):
        """Those that bear on the organization of the outer query, for an ``Exists``."""
        return self.filter(Q(organization=OuterRef("pk")) | Q(organization=OuterRef("headquarters"))).order_by()

    def bearing_on(self, organization):
        """Those about ``organization`` and, as it inherits them, those about its headquarters (R-08)."""
        return self.filter(organization__in=filter(None, (organization.pk, organization.headquarters_id)))

    def visible_to(self, user):
        """UNICEF staff read all, safeguarding at the own office and headquarters alone; members what they are told.

        A branch's people read what it inherits. Whoever acts for an organization never reads it as staff.
        """
        return self.filter(self.readable(user))

    @staticmethod
    def readable(user) -> Q:
        """The condition behind :meth:`visible_to`."""
        if not user.is_authenticated or not user.is_active:
            return Q(pk__in=[])
        if user.is_superuser:
            return ~Q(pk__in=[])
        own = list(user.roles_by_organization)
        headquarters = Organization.objects.filter(branches__in=own).values("pk")
        seen = TOLD & (Q(organization__in=own) | Q(organization__in=headquarters)) if own else Q(pk__in=[])
        if user.works_for_unicef:
            by_staff = ~Q(category=Category.SAFEGUARDING) | user.offices_condition()
            seen |= by_staff & ~Q(organization__in=own)
        return seen


class Observation(Stateful):
    """One dated observation, good or bad, by a UNICEF person for an office (none: headquarters).

    ``text`` is for UNICEF alone; ``for_partner`` is what the organization reads once it is a flag. Replies of the
    organization stand in the history.
    """

    lifecycle = OBSERVATION
    state = StateField(OBSERVATION)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="observations", verbose_name=_("organization")
    )
    office = models.ForeignKey(
        "programmes.CountryOffice",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("country office"),
        help_text=_("None: headquarters."),
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    nature = models.CharField(_("what it is"), max_length=10, choices=Nature, default=Nature.CONCERN)
    category = models.CharField(_("category"), max_length=20, choices=Category)
    observed_on = models.DateField(_("date of what was observed"), default=timezone.localdate)
    text = models.TextField(_("what was observed"), help_text=_("For UNICEF alone."))
    for_partner = models.TextField(_("what the organization reads"), blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    flagged_at = models.DateTimeField(_("flag raised"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(_("shown to the organization"), null=True, blank=True, editable=False)
    replied_at = models.DateTimeField(_("last reply"), null=True, blank=True, editable=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-observed_on", "-pk"]
        indexes = [
            models.Index(fields=["organization", "state"], name="observation_standing"),
            models.Index(fields=["-state_since", "-id"], name="observation_newest"),
            models.Index(fields=["-observed_on", "-id"], name="observation_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="observation_flag_is_a_concern",
                condition=Q(flagged_at=None) | Q(nature=Nature.CONCERN),
                violation_error_message=_("Something good is no reason for a flag."),
            ),
            models.CheckConstraint(
                name="observation_flag_is_explained",
                condition=~TOLD | ~Q(for_partner=""),
                violation_error_message=_("The organization has to read what the flag is for."),
            ),
        ]

    def __str__(self):
        return f"{self.organization}: {self.get_category_display()}"

    def get_absolute_url(self):
        return record_address("organizations:observation-detail", self.pk)

    def clean(self):
        errors = {}
        if self.observed_on and self.observed_on > timezone.localdate():
            errors["observed_on"] = _("Give a day that has already come.")
        if self.document and self.document.organization_id != self.organization_id:
            errors["document"] = _("Choose one of this organization’s documents.")
        elif self.document and self.is_safeguarding:
            errors["document"] = _("Every office reads documents, so papers about safeguarding are not kept there.")
        if errors:
            raise ValidationError(errors)

    @property
    def is_concern(self) -> bool:
        return self.nature == Nature.CONCERN

    @property
    def is_safeguarding(self) -> bool:
        return self.category == Category.SAFEGUARDING

    @property
    def is_flag(self) -> bool:
        return self.state in FLAGS

    @property
    def concerns_the_organization(self) -> bool:
        """Whether the organization reads it: the other half of ``TOLD``."""
        return self.flagged_at is not None and (not self.is_safeguarding or self.released_at is not None)

    @property
    def has_reply(self) -> bool:
        """Whether the organization has replied to the present state."""
        return self.replied_at is not None and self.replied_at >= self.state_since

    @property
    def place(self) -> str:
        """For whom it was written, in words."""
        return _("UNICEF %(office)s") % {"office": self.office.label} if self.office else _("UNICEF headquarters")
