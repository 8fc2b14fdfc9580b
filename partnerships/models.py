"""Agreements between an organization and a country office."""

from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.models import Registration
from partnerships.lifecycle import AGREEMENT, PUBLIC, AgreementState


class AgreementKind(models.TextChoices):
    """The legal instruments of domain §5."""

    PCA = "pca", _("Programme Cooperation Agreement")
    SSFA = "ssfa", _("Small Scale Funding Agreement")
    MOU = "mou", _("Memorandum of Understanding")


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff of the office (its region, headquarters), members of the partner, and everybody for what is public.

        Public: active or ended, with an organization that agreed to be listed.
        """
        public = Q(state__in=PUBLIC, organization__listed=True)
        if not user.is_authenticated or not user.is_active:
            return self.filter(public)
        if user.is_superuser:
            return self
        return self.filter(public | user.offices_condition() | Q(organization__in=user.roles_by_organization))

    def for_list(self):
        """With what a row shows, in a fixed number of queries."""
        return self.select_related("organization", "office").prefetch_related("themes")


class Agreement(Stateful):
    """What an organization and a country office agree: a PCA, an SSFA or an MOU.

    Imported ones are facts of the past that another system decided; ``source`` and ``external_id`` tell where they
    come from, and no rule of this portal was asked when they were taken in.
    """

    lifecycle = AGREEMENT
    state = StateField(AGREEMENT)
    reference = models.CharField(_("reference"), max_length=40, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=AgreementKind, default=AgreementKind.PCA)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("what it is for"), blank=True)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="agreements", verbose_name=_("partner")
    )
    office = models.ForeignKey(
        "programmes.CountryOffice", models.PROTECT, related_name="agreements", verbose_name=_("country office")
    )
    themes = models.ManyToManyField(
        "programmes.ThematicArea", blank=True, related_name="agreements", verbose_name=_("themes")
    )
    locations = models.ManyToManyField(
        "programmes.Location", blank=True, related_name="agreements", verbose_name=_("places")
    )
    start = models.DateField(_("start"), null=True, blank=True)
    end = models.DateField(_("end"), null=True, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD", help_text=_("ISO 4217 code."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(_("sent to review"), null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=100, blank=True, editable=False)
    external_id = models.CharField(_("number in the source"), max_length=100, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["office", "state", "state_since"], name="agreement_queue"),
            models.Index(fields=["organization", "state"], name="agreement_of_organization"),
        ]
        constraints = [
            models.CheckConstraint(
                name="agreement_dates_in_order",
                condition=Q(start=None) | Q(end=None) | Q(end__gte=F("start")),
                violation_error_message=_("The end date is before the start date."),
            ),
            models.CheckConstraint(
                name="agreement_source_complete",
                condition=Q(source="", external_id="") | ~Q(source="") & ~Q(external_id=""),
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(source=""), name="agreement_imported_once"
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    def get_absolute_url(self):
        return reverse("partnerships:agreement-detail", args=[self.pk])

    @property
    def is_imported(self) -> bool:
        return bool(self.source)

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it; the other half of :meth:`AgreementQuerySet.visible_to`."""
        return self.state in PUBLIC and self.organization.listed

    # --- What its lifecycle asks --------------------------------------------------------------------------------------

    @property
    def partner_is_verified(self) -> bool:
        return (
            Registration.objects.verified().filter(organization=self.organization_id, office=self.office_id).exists()
        )

    def missing_facts(self):
        """The names of the facts an agreement needs before review and does not have yet."""
        needed = ["title", "start", "end"] + ([] if self.kind == AgreementKind.MOU else ["amount"])
        missing = [self._meta.get_field(name).verbose_name for name in needed if getattr(self, name) in (None, "")]
        if not self.themes.exists():
            missing.append(self._meta.get_field("themes").verbose_name)
        return missing

    def small_scale_total(self):
        """R-21: this and the partner's other small-scale agreements that start within twelve months of it, in USD."""
        start = self.start or timezone.localdate()
        others = Agreement.objects.filter(
            organization=self.organization_id,
            kind=AgreementKind.SSFA,
            start__gt=start - timedelta(days=365),
            start__lt=start + timedelta(days=365),
        ).exclude(Q(pk=self.pk) | Q(state__in=[AgreementState.CANCELLED, AgreementState.TERMINATED]))
        return (others.aggregate(total=Sum("amount"))["total"] or 0) + (self.amount or 0)

    @cached_property
    def signed_sides(self) -> set[str]:
        return set(self.signatures.values_list("side", flat=True))

    @property
    def is_signed(self) -> bool:
        return len(self.signed_sides) == len(Signature.Side)


class Signature(models.Model):
    """One side's signature under an agreement, on screen or on paper."""

    class Side(models.TextChoices):
        UNICEF = "unicef", _("UNICEF")
        PARTNER = "partner", _("Partner")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    signatory = models.CharField(_("signed by"), max_length=200)
    signed_on = models.DateField(_("date of signature"))
    on_paper = models.BooleanField(_("on paper"), default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "side"],
                name="signature_once_a_side",
                violation_error_message=_("This side has signed already."),
            )
        ]

    def __str__(self):
        return f"{self.get_side_display()}: {self.signatory}"


class ReferenceCounter(models.Model):
    """The last number given out for one office, kind and year. Locked while a number is taken, so that none is given twice."""

    prefix = models.CharField(max_length=30, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reference counter")
        verbose_name_plural = _("reference counters")

    def __str__(self):
        return f"{self.prefix}{self.last:03}"
