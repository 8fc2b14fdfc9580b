"""What surrounds the verification of a registration: its terms, what was asked and decided, replies, reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models.questions import VerificationQuestion
from organizations.models.registration import Registration, Section

# --- Terms ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """The terms that hold for one office, each an administrator's to change (:class:`VerificationPolicy`)."""

    years_valid: int = 5
    reminder_days: tuple[int, ...] = (90, 60, 30)
    renewal_opens_days: int = 180
    reply_days: int = 30
    target_days: int = 20
    nudge_days: tuple[int, ...] = (14, 30, 60)

    def valid_until(self, decided_on: date) -> date:
        """The last day of a verification decided on ``decided_on``: the same day of the year, years later (R-05)."""
        year = decided_on.year + self.years_valid
        leap_day = decided_on.month == 2 and decided_on.day == 29
        return decided_on.replace(year=year, day=28) if leap_day else decided_on.replace(year=year)

    def reminder_due(self, days_left: int) -> int | None:
        """Which reminder is due: the nearest of ``reminder_days``, 0 once the date is past, None before them all."""
        if days_left < 0:
            return 0
        return min((days for days in self.reminder_days if days_left <= days), default=None)


def check_reminder_days(value: Any) -> None:
    """A list such as [90, 60, 30]."""
    if not (isinstance(value, list) and all(type(days) is int and 0 < days < 1000 for days in value)):
        raise ValidationError(_("Give the days as a list of whole numbers, such as [90, 60, 30]."))


class VerificationPolicyQuerySet(models.QuerySet["VerificationPolicy"]):
    def terms(self, office_id: int | None) -> Terms:
        """The terms of one office: its own row, then the portal-wide one, then what the portal ships."""
        return terms_of(self.filter(Q(office=office_id) | Q(office=None)).order_by(), office_id)


def terms_of(policies: Any, office_id: int | None) -> Terms:
    """The same out of rows that were read before."""
    said: dict[str, Any] = {}
    for policy in sorted(policies, key=lambda policy: policy.office_id is not None):
        if policy.office_id in (None, office_id):
            said |= {name: value for name in TERMS if (value := getattr(policy, name)) is not None}
    lists = {name: tuple(days) for name, days in said.items() if isinstance(days, list)}
    return Terms(**said | lists)


class VerificationPolicy(models.Model):
    """The terms of verification: one row for the portal, and one for each office that differs in something."""

    office = models.OneToOneField(
        "programmes.CountryOffice",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="verification_policy",
        verbose_name=_("country office"),
        help_text=_("Empty: for every office. In an office’s own row, what is empty is as for every office."),
    )
    years_valid = models.PositiveSmallIntegerField(
        _("years a verification holds"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    reminder_days = models.JSONField(
        _("days before the end on which to remind"), null=True, blank=True, validators=[check_reminder_days]
    )
    renewal_opens_days = models.PositiveSmallIntegerField(
        _("days before the end from which to renew"), null=True, blank=True, validators=[MaxValueValidator(3650)]
    )
    reply_days = models.PositiveSmallIntegerField(
        _("days to reply to a decision"), null=True, blank=True, validators=[MaxValueValidator(3650)]
    )
    target_days = models.PositiveSmallIntegerField(
        _("days within which the office means to answer"), null=True, blank=True, validators=[MaxValueValidator(3650)]
    )
    nudge_days = models.JSONField(
        _("days without a word typed after which a draft is called to mind"),
        null=True,
        blank=True,
        validators=[check_reminder_days],
    )

    objects = VerificationPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of verification")
        verbose_name_plural = _("terms of verification")
        ordering = ["office__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("office", Value(0)),
                name="verification_policy_once",
                violation_error_message=_("There is a row for this already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.office) if self.office_id else str(_("Every office"))


TERMS = tuple(Terms.__dataclass_fields__)


# --- What was asked and decided ---------------------------------------------------------------------------------------


class Verification(models.Model):
    """One decision of an office, with its answers as they were then. Never changed: a renewal adds another."""

    class Outcome(models.TextChoices):
        VERIFIED = "verified", _("Verified")
        DECLINED = "declined", _("Declined")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="verifications")
    outcome = models.CharField(_("decision"), max_length=10, choices=Outcome)
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    valid_until = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    answers = models.JSONField(_("answers to the questions"), default=list, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.registration}: {self.get_outcome_display()}"

    def answers_in_words(self) -> list[dict[str, Any]]:
        """The answers, each with its yes or no in the reader's language."""
        words = dict(VerificationQuestion.Answer.choices)
        return [{**answer, "word": words[answer["answer"]]} for answer in self.answers]


class SectionRequest(models.Model):
    """What the office asks to have added or corrected in one section, and what came of it.

    ``before`` and ``after`` are the section as it was typed when it was sent back and when it came again.
    """

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Not sent yet")
        OPEN = "open", _("With the organization")
        ANSWERED = "answered", _("Answered")
        SETTLED = "settled", _("Settled")
        ASKED_AGAIN = "asked_again", _("Asked again")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="requests")
    section = models.CharField(_("section"), max_length=20, choices=Section)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    text = models.TextField(_("what is asked"), max_length=4000)
    fields = models.JSONField(_("questions of the section"), default=list, blank=True)
    status = models.CharField(_("how it stands"), max_length=12, choices=Status, default=Status.PREPARED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    answer = models.TextField(_("answer of the organization"), max_length=4000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "round", "section"],
                name="section_request_once",
                violation_error_message=_("This section is asked about already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration}: {self.get_section_display()}"


# --- The right of reply -----------------------------------------------------------------------------------------------


class Reply(models.Model):
    """What an organization says against a suspension, delisting or refusal, and what the office answers."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not answered yet")
        UPHELD = "upheld", _("The decision stays")
        REVERSED = "reversed", _("The decision was reversed")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="replies")
    decision = models.CharField(_("replies to"), max_length=30)
    text = models.TextField(_("reply"), max_length=4000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration"], condition=Q(outcome="waiting"), name="reply_waiting_once"),
            models.CheckConstraint(
                name="reply_answered_in_words", condition=Q(outcome="waiting") | Q(answered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration}: {self.get_outcome_display()}"

    @property
    def decision_label(self) -> Any:
        return self.registration.lifecycle.state(self.decision).label


# --- Reminders --------------------------------------------------------------------------------------------------------


class RenewalReminder(models.Model):
    """That the end of one verification was called to mind, ``days`` before it; 0: that it has lapsed. Once each."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="reminders")
    valid_until = models.DateField()
    days = models.PositiveSmallIntegerField()
    sent_on = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "valid_until", "days"], name="renewal_reminder_once")
        ]
        indexes = [models.Index(fields=["sent_on"], name="renewal_reminder_day")]

    def __str__(self) -> str:
        return f"{self.registration}: {self.days}"
