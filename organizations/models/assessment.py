"""How far an organization can be relied on: assessments with their criteria, and the plan that grows out of gaps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle.assessment import (
    ASSESSMENT,
    PLAN_ACTION,
    TOLD_TO_ORGANIZATION,
    AssessmentState,
    PlanActionState,
)
from organizations.models.organization import Organization
from portal.kit.addresses import record_address


class AssessmentKind(models.TextChoices):
    """The four assessments of an organization (domain §3)."""

    CORE_VALUES = "core_values", _("Core values")
    PSEA = "psea", _("Protection from sexual exploitation and abuse (PSEA)")
    FINANCIAL = "financial", _("Financial capacity (HACT micro-assessment)")
    CAPACITY = "capacity", _("Capacity")


class Level(models.IntegerChoices):
    """How a criterion is met, in the points of the HACT micro-assessment: the more points, the more risk."""

    IN_PLACE = 1, _("In place")
    MOSTLY = 2, _("Mostly in place")
    PARTLY = 3, _("Partly in place")
    MISSING = 4, _("Not in place")


GAP_FROM = Level.PARTLY


class RiskRating(models.TextChoices):
    """Domain §3. The assumed ones stand for no assessment; they count as high and as low (R-34)."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    SIGNIFICANT = "significant", _("Significant")
    HIGH = "high", _("High")

    @property
    def tone(self) -> str:
        return {"low": "good", "medium": "underway", "significant": "waiting", "high": "stopped"}[self.value]

    @property
    def weight(self) -> int:
        return list(RiskRating).index(self)


class AssessmentScheme(models.Model):
    """How one kind of assessment is counted: bands of points, and for how long it is good. Edited by administrators."""

    class Rule(models.TextChoices):
        MEAN = "mean", _("The mean of all criteria")
        WORST = "worst", _("The worst criterion")

    kind = models.CharField(_("kind"), max_length=20, choices=AssessmentKind, unique=True)
    rule = models.CharField(_("what counts"), max_length=10, choices=Rule, default=Rule.MEAN)
    medium_from = models.DecimalField(_("medium from, points"), max_digits=3, decimal_places=2, default=Decimal("1.5"))
    significant_from = models.DecimalField(
        _("significant from, points"), max_digits=3, decimal_places=2, default=Decimal("2.5")
    )
    high_from = models.DecimalField(_("high from, points"), max_digits=3, decimal_places=2, default=Decimal("3.25"))
    years_valid = models.PositiveSmallIntegerField(
        _("valid for, years"), default=5, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    class Meta:
        verbose_name = _("way of assessing")
        verbose_name_plural = _("ways of assessing")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                name="scheme_bands_in_order",
                condition=Q(medium_from__lt=models.F("significant_from"), significant_from__lt=models.F("high_from")),
                violation_error_message=_("The bands must follow one another."),
            )
        ]

    def __str__(self):
        return self.get_kind_display()

    def score(self, points: Iterable[int]) -> Decimal:
        """The points of an assessment with ``points`` for its criteria, to two places. Raises ValueError for none."""
        points = list(points)
        if not points:
            raise ValueError("An assessment without criteria has no score.")
        counted = Decimal(max(points)) if self.rule == self.Rule.WORST else Decimal(sum(points)) / len(points)
        return counted.quantize(Decimal("0.01"))

    def rating(self, score: Decimal) -> RiskRating:
        bands = (
            (self.high_from, RiskRating.HIGH),
            (self.significant_from, RiskRating.SIGNIFICANT),
            (self.medium_from, RiskRating.MEDIUM),
        )
        return next((rating for start, rating in bands if score >= start), RiskRating.LOW)

    def last_day(self, assessed_on: date) -> date:
        """The last day on which an assessment of that day is good."""
        try:
            return assessed_on.replace(year=assessed_on.year + self.years_valid)
        except ValueError:  # 29 February
            return assessed_on.replace(year=assessed_on.year + self.years_valid, day=28)


class AssessmentCriterion(models.Model):
    """One thing that an assessment of its kind looks at. Rows, so that administrators can add to them."""

    kind = models.CharField(_("kind"), max_length=20, choices=AssessmentKind)
    code = models.SlugField(_("code"), max_length=40)
    text = models.CharField(_("criterion"), max_length=300)
    texts = models.JSONField(_("criterion in other languages"), default=dict, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["kind", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="criterion_once")]

    def __str__(self):
        return self.text

    @property
    def label(self):
        return self.texts.get(get_language(), self.text)


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """UNICEF staff see all, wherever it was made; members what concerns them: their own turn, and results."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser or user.works_for_unicef:
            return self
        return self.filter(organization__in=user.roles_by_organization, state__in=TOLD_TO_ORGANIZATION)

    def counting(self, today=None):
        """Final, and not expired: at most one of each kind for an organization."""
        return self.filter(state=AssessmentState.FINAL, valid_until__gte=today or timezone.localdate())


class Assessment(Stateful):
    """One assessment of one organization by one office. Its result counts world-wide: one organization, one record."""

    class Assessor(models.TextChoices):
        STAFF = "staff", _("UNICEF staff")
        FIRM = "firm", _("A firm")
        UN = "un", _("Another United Nations body")
        OTHER = "other", _("Another person")

    lifecycle = ASSESSMENT
    state = StateField(ASSESSMENT)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="assessments", verbose_name=_("organization")
    )
    office = models.ForeignKey(
        "programmes.CountryOffice", models.PROTECT, related_name="+", verbose_name=_("country office")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AssessmentKind)
    assessor = models.CharField(_("assessed by"), max_length=10, choices=Assessor, default=Assessor.STAFF)
    assessor_name = models.CharField(_("name of the assessor"), max_length=200, blank=True)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("The organization reads it too."))
    score = models.DecimalField(_("points"), max_digits=3, decimal_places=2, null=True, blank=True, editable=False)
    rating = models.CharField(_("risk rating"), max_length=12, choices=RiskRating, blank=True, editable=False)
    valid_until = models.DateField(_("good until"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-state_since", "-pk"]
        indexes = [
            models.Index(fields=["organization", "kind", "state"], name="assessment_of_organization"),
            models.Index(fields=["office", "state", "state_since"], name="assessment_at_office"),
            models.Index(fields=["-state_since", "-id"], name="assessment_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=Q(state=AssessmentState.FINAL),
                name="assessment_one_final",
                violation_error_message=_("Another assessment of this kind became final in the same moment."),
            ),
            models.UniqueConstraint(
                fields=["organization", "kind"],
                condition=Q(
                    state__in=[AssessmentState.DRAFT, AssessmentState.SELF_ASSESSMENT, AssessmentState.SUBMITTED]
                ),
                name="assessment_one_open",
                violation_error_message=_("An assessment of this kind is on its way already."),
            ),
            models.CheckConstraint(
                name="assessment_final_has_result",
                condition=~Q(state__in=[AssessmentState.FINAL, AssessmentState.REPLACED])
                | Q(score__isnull=False, valid_until__isnull=False) & ~Q(rating=""),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.organization}"

    def get_absolute_url(self):
        return record_address("organizations:assessment-detail", self.pk)

    @property
    def is_told_to_its_organization(self) -> bool:
        return self.state in TOLD_TO_ORGANIZATION

    @property
    def rating_tone(self) -> str:
        """The tone in which its rating is shown."""
        return RiskRating(self.rating).tone if self.rating else "past"

    @property
    def counts(self) -> bool:
        """Whether its rating counts today."""
        return bool(
            self.state == AssessmentState.FINAL and self.valid_until and self.valid_until >= timezone.localdate()
        )

    def criteria(self) -> models.QuerySet[AssessmentCriterion]:
        return AssessmentCriterion.objects.filter(kind=self.kind, is_active=True)

    def unrated_criteria(self) -> int:
        return self.criteria().exclude(pk__in=self.findings.values("criterion")).count()


class AssessmentFinding(models.Model):
    """How one criterion is met, and what was found."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="findings")
    criterion = models.ForeignKey(AssessmentCriterion, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("how it is met"), choices=Level)
    text = models.TextField(_("what was found"), blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["criterion__order", "criterion"]
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="finding_once")]

    def __str__(self):
        return f"{self.criterion}: {self.get_level_display()}"

    @property
    def is_gap(self) -> bool:
        return self.level >= GAP_FROM


class PlanActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """UNICEF staff, and the organization that carries it out."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser or user.works_for_unicef:
            return self
        return self.filter(organization__in=user.roles_by_organization)

    def pending(self):
        return self.filter(state__in=[PlanActionState.PROPOSED, PlanActionState.AGREED, PlanActionState.DONE])

    def overdue(self, today=None):
        return self.filter(state=PlanActionState.AGREED, due_on__lt=today or timezone.localdate())


class PlanAction(Stateful):
    """One dated action of an organization's strengthening plan, grown out of a gap that an assessment found."""

    lifecycle = PLAN_ACTION
    state = StateField(PLAN_ACTION)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="plan_actions", verbose_name=_("organization")
    )
    office = models.ForeignKey(
        "programmes.CountryOffice", models.PROTECT, related_name="+", verbose_name=_("country office")
    )
    finding = models.ForeignKey(
        AssessmentFinding, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("because of")
    )
    text = models.CharField(_("what is to be done"), max_length=500)
    owner = models.CharField(_("who sees to it"), max_length=200, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)

    objects = PlanActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("strengthening action")
        verbose_name_plural = _("strengthening actions")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="plan_action_due"),
            models.Index(fields=["office", "state", "state_since"], name="plan_action_at_office"),
            models.Index(fields=["due_on", "id"], name="plan_action_in_order"),
            models.Index(fields=["-state_since", "-id"], name="plan_action_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="plan_action_agreed_has_a_date",
                condition=Q(state__in=[PlanActionState.PROPOSED, PlanActionState.DROPPED]) | Q(due_on__isnull=False),
            )
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return record_address("organizations:plan-action-detail", self.pk)

    @property
    def is_overdue(self) -> bool:
        return bool(self.state == PlanActionState.AGREED and self.due_on and self.due_on < timezone.localdate())


def ratings_of(organization: Organization) -> dict[str, Assessment]:
    """The assessments that count today, by kind. What is missing has lapsed or was never made."""
    return {one.kind: one for one in Assessment.objects.counting().filter(organization=organization)}


def overall_risk(organization: Organization) -> RiskRating | None:
    """The highest of the financial and the PSEA rating, which drives assurance (domain §3, R-34); None without any."""
    found: dict[str, Any] = ratings_of(organization)
    driving = [found[kind].rating for kind in (AssessmentKind.FINANCIAL, AssessmentKind.PSEA) if kind in found]
    return max(map(RiskRating, driving), key=lambda rating: rating.weight, default=None)


def missing_assessments(organization: Organization) -> list[AssessmentKind]:
    """The kinds of which nothing counts today."""
    return [kind for kind in AssessmentKind if kind not in ratings_of(organization)]
