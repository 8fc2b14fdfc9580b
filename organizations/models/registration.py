"""An organization's registration with one country office: applied for, checked, verified."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, FilteredRelation, Q, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle import DECIDED, ENDED, FLAGS, LAPSED, REGISTRATION, STOPPED, WITH_OFFICE, RegistrationState
from organizations.lifecycle.sanctions import UNDECIDED
from organizations.models.clock import targets
from organizations.models.declaration import declaration_version
from organizations.models.document import certificate_problem
from organizations.models.organization import Organization
from organizations.models.questions import VerificationQuestion
from organizations.models.twin import same_named
from portal.kit.addresses import record_address
from portal.kit.prepared import Prepared

FLAG_QUESTION = "flag"  # the code of the verification question about flags

ONCE_VERIFIED = (
    RegistrationState.VERIFIED,
    RegistrationState.RENEWING,
    RegistrationState.SUSPENDED,
    RegistrationState.DELISTED,
)
"""The states that only a registration that was verified can be in."""


class Turn(models.IntegerChoices):
    """Who has to move next, in the order of an office's queue."""

    OFFICE = 0, _("The office")
    PARTNER = 1, _("The organization")
    NOBODY = 2, _("Nobody: it is decided")


class Section(models.TextChoices):
    """The sections of the form, in order: first the core, then what is asked later."""

    IDENTITY = "identity", _("Names and identity")
    LEGAL = "legal", _("Legal status")
    PEOPLE = "people", _("People")
    MANDATE = "mandate", _("What we do and for whom")
    PLACES = "places", _("Where we work")
    DECLARATION = "declaration", _("Integrity declaration")
    REACH = "reach", _("Experience and reach")
    CAPACITY = "capacity", _("Capacity and funding")


CORE_SECTIONS = (
    Section.IDENTITY,
    Section.LEGAL,
    Section.PEOPLE,
    Section.MANDATE,
    Section.PLACES,
    Section.DECLARATION,
)
"""These suffice to submit a registration and to verify it (R-02)."""

EXTRA_SECTIONS = (Section.REACH, Section.CAPACITY)
"""Asked when a call needs them, open at any time. They belong to the organization: one answer for all its offices."""


class RegistrationQuerySet(models.QuerySet):
    def verified(self, today=None):
        """Those whose verification holds: the date is not past, and nobody has stopped it (R-05).

        One that is being renewed holds until its date. :attr:`Registration.holds` says the same of one.
        """
        return self.filter(valid_until__gte=today or timezone.localdate()).exclude(state__in=STOPPED)

    def open(self):
        """Still on its way to a decision."""
        return self.exclude(state__in=DECIDED)

    def standing(self):
        """Neither declined nor withdrawn."""
        return self.exclude(state__in=ENDED)

    def waiting_for_office(self):
        return self.filter(turn=Turn.OFFICE)

    def late(self):
        """Those that wait for the office longer than it means to take."""
        return self.filter(targets().late())

    def visible_to(self, user):
        """Staff of the office (its region, headquarters) and members of the organization."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(user.offices_condition() | Q(organization__in=user.roles_by_organization))


class Registration(Stateful):
    """One organization's file with one country office.

    What people type is kept in section drafts, valid or not; what is valid is written to the organization's one
    profile at once. The declaration (R-01) belongs to the registration, because each office relies on it.
    """

    lifecycle = REGISTRATION
    state = StateField(REGISTRATION)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="registrations", verbose_name=_("organization")
    )
    office = models.ForeignKey(
        "programmes.CountryOffice", models.PROTECT, related_name="registrations", verbose_name=_("country office")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(
        _("filled in by the office"),
        default=False,
        help_text=_("UNICEF staff registered on the organization’s behalf."),
    )
    declaration = models.JSONField(_("integrity declaration"), default=dict, blank=True)
    declaration_version = models.PositiveSmallIntegerField(
        _("version of the declaration that was answered"), default=0, editable=False
    )
    declaration_asked = models.PositiveSmallIntegerField(
        _("version of the declaration that was asked for by message"), default=0, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    valid_until = models.DateField(_("verified until"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_registrations",
        verbose_name=_("assigned to"),
    )
    reminded_at = models.DateTimeField(_("last reminder"), null=True, blank=True, editable=False)
    nudged_days = models.PositiveSmallIntegerField(_("days idle at the last nudge"), default=0, editable=False)

    # By it a queue is read in its order from an index, however long it is.
    turn = models.GeneratedField(
        expression=Case(
            When(state__in=WITH_OFFICE, then=Value(Turn.OFFICE)),
            When(state__in=DECIDED, then=Value(Turn.NOBODY)),
            default=Value(Turn.PARTNER),
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        verbose_name=_("whose turn it is"),
    )

    objects = RegistrationQuerySet.as_manager()

    _drafts = None  # what :meth:`keep_drafts` has read

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-state_since", "-pk"]
        indexes = [
            models.Index(fields=["office", "state", "state_since"], name="registration_queue"),
            models.Index(fields=["organization", "valid_until", "state"], name="registration_verified"),
            models.Index(fields=["office", "turn", "state_since", "id"], name="registration_turn_at_office"),
            models.Index(fields=["turn", "state_since", "id"], name="registration_turn"),
            models.Index(fields=["office", "-state_since", "-id"], name="registration_newest_at_office"),
            models.Index(fields=["-state_since", "-id"], name="registration_newest"),
            models.Index(fields=["assigned_to", "turn", "state_since"], name="registration_assigned"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "office"],
                condition=~Q(state__in=ENDED),
                name="registration_one_open",
                violation_error_message=_("This organization is already registered, or registering, with this office."),
            ),
            models.CheckConstraint(
                name="registration_submitted_by_and_at",
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="registration_verified_until",
                condition=~Q(state__in=ONCE_VERIFIED) | Q(valid_until__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.organization} – {self.office}"

    def get_absolute_url(self):
        return record_address("organizations:registration-detail", self.pk)

    @property
    def holds(self) -> bool:
        """Whether its verification holds: not past its date, and stopped by nobody (R-05)."""
        return self.valid_until is not None and self.valid_until >= timezone.localdate() and self.state not in STOPPED

    @property
    def state_now(self):
        return LAPSED if self.has_lapsed and self.state == RegistrationState.VERIFIED else super().state_now

    @property
    def state_now_since(self):
        if self.state_now is not LAPSED:
            return super().state_now_since
        return timezone.make_aware(datetime.combine(self.valid_until + timedelta(days=1), time.min))

    @property
    def has_lapsed(self) -> bool:
        """Whether it was verified, and only time has ended that (R-05)."""
        return self.valid_until is not None and self.valid_until < timezone.localdate() and self.state not in STOPPED

    # --- What its lifecycle asks -----------------------------------------------------------------------------------

    def section_drafts(self, sections):
        """What was typed, by section: its own core sections, and its organization's extra ones."""
        drafts = self._read_drafts() if self._drafts is None else self._drafts
        return {draft.section: draft for draft in drafts if draft.section in sections}

    def keep_drafts(self):
        """Read once what was typed, for a page that asks for it several times and changes none of it."""
        self._drafts = list(self._read_drafts())

    def _read_drafts(self):
        return _DRAFTS(self.pk, self.organization_id)

    def draft_of(self, section):
        """What was typed into ``section``, or None."""
        return self.section_drafts([section]).get(section)

    def is_complete(self, section, draft) -> bool:
        """Whether ``section``, of which ``draft`` was typed, needs nothing more."""
        if section == Section.DECLARATION and self.declaration_is_outdated:
            return False
        return draft is not None and draft.is_complete

    def missing_for(self, sections):
        """Which of ``sections``, for example those that a call needs, are not complete."""
        drafts = self.section_drafts(sections)
        return [section for section in sections if not self.is_complete(section, drafts.get(section))]

    def same_named(self):
        """The names of other organizations of the country that are this one's name as well (R-03)."""
        return list(same_named(self.organization).values_list("name", flat=True)[:3])

    def incomplete_sections(self):
        """The core sections that are not complete yet (R-02)."""
        return [section.label for section in self.missing_for(CORE_SECTIONS)]

    def why_closed(self, section):
        """Why ``section`` cannot be started yet, in a sentence; None when it can."""
        if section == Section.PLACES and self.organization.country_id is None:
            return gettext("The places to choose from depend on your country. Say it in “%(section)s” first.") % {
                "section": Section.IDENTITY.label
            }
        if section == Section.REACH and not self.organization.own_presences:
            return gettext("It asks about the themes you work on. Name them in “%(section)s” first.") % {
                "section": Section.PLACES.label
            }
        return None

    @property
    def declaration_is_outdated(self) -> bool:
        """Whether it was answered, and the wording has changed since (R-01)."""
        return bool(self.declaration) and self.declaration_version < declaration_version()

    @property
    def declaration_is_refused(self) -> bool:
        """Whether a sentence of it was answered “No” (R-01)."""
        return "no" in self.declaration.values()

    @cached_property
    def questions_in_use(self):
        """The verification questions in use, each with the office's answer as ``given``, or None; read once."""
        questions = _QUESTIONS(self.pk)
        for question in questions:
            question.given = getattr(question, "given", None)  # a join that finds nothing sets nothing
            if question.given is not None:
                question.given.question = question
        return questions

    @property
    def given_answers(self):
        """The office's answers to the questions in use, with question and author."""
        return [question.given for question in self.questions_in_use if question.given is not None]

    def unanswered_questions(self) -> int:
        """How many verification questions the office has still to answer (R-04)."""
        return len(self.questions_in_use) - len(self.given_answers)

    def untouched_requests(self):
        """The requests of the office that the organization has not answered: section not saved since, no words."""
        open_ = [request for request in self.current_requests if request.status == "open" and not request.answer]
        drafts = self.section_drafts({request.section for request in open_}) if open_ else {}
        saved = {section: draft.saved_at for section, draft in drafts.items()}
        return [request for request in open_ if saved.get(request.section, request.asked_at) <= request.asked_at]

    @cached_property
    def current_requests(self):
        """What the office asks in the round that runs, or has been answered and not been looked at yet."""
        if self.state not in (RegistrationState.SENT_BACK, RegistrationState.RESUBMITTED):
            return []  # before the first round, and after the last, nothing is open
        return list(self.requests.filter(status__in=["open", "answered"]))

    def renewal_opens_later(self):
        """The day from which it may be renewed, or None when that day has come."""
        if self.valid_until is None:
            return None
        opens = self.valid_until - timedelta(days=self.terms.renewal_opens_days)
        return opens if opens > timezone.localdate() else None

    def flag_not_answered_for(self):
        """When the newest yellow flag was raised, own or inherited (R-08), unless a comment answers for it (R-04)."""
        raised = max((flag.raised for flag in self.organization.stands_against if flag.state in FLAGS), default=None)
        given = next((answer for answer in self.given_answers if answer.question.code == FLAG_QUESTION), None)
        answers_for_it = raised and given and given.answered_at >= raised and given.comment.strip()
        return None if answers_for_it else raised

    def certificate_problem(self) -> str:
        """What is wrong with the certificate of the organization, in a sentence; empty where nothing is."""
        return certificate_problem(self.organization)

    def screening_is_open(self) -> bool:
        """Whether a name of the organization, or of its headquarters (R-08), has still to be compared (R-06)."""
        return any(found.state in UNDECIDED for found in self.organization.stands_against)

    @property
    def reply_until(self):
        """The last day on which the organization may reply to the decision that stands."""
        return timezone.localdate(self.state_since) + timedelta(days=self.terms.reply_days)

    def reply_to_decision(self):
        """The organization's reply to the decision that stands, or None."""
        return next((reply for reply in self.all_replies if reply.written_at >= self.state_since), None)

    @cached_property
    def all_replies(self):
        """What the organization has said against decisions, the newest first, with the authors."""
        return list(self.replies.select_related("written_by", "answered_by"))

    @cached_property
    def waiting_handover(self):
        """The invitation to take it over from the office that nobody has answered yet, or None."""
        return self.handovers.waiting().first()

    @cached_property
    def terms(self):
        """The terms of its office (R-05)."""
        from organizations.models.verification import VerificationPolicy

        return VerificationPolicy.objects.terms(self.office_id)


class SectionDraft(models.Model):
    """What was typed into one section, kept as typed. ``version`` tells two editors apart."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="drafts")
    section = models.CharField(_("section"), max_length=20, choices=Section)
    data = models.JSONField(default=dict, blank=True)
    is_complete = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("section draft")
        verbose_name_plural = _("section drafts")
        constraints = [models.UniqueConstraint(fields=["registration", "section"], name="section_once")]

    def __str__(self):
        return f"{self.registration}: {self.section}"


def _drafts(pk, organization):
    # The registrations first: drafts are found by them, whatever the condition on sections makes of it.
    family = Registration.objects.filter(organization=organization).order_by().values("pk")
    wanted = Q(section__in=EXTRA_SECTIONS) | Q(registration=pk)
    return SectionDraft.objects.filter(wanted, registration__in=family).order_by("saved_at")


def _questions(pk):
    given = FilteredRelation("answers", condition=Q(answers__registration=pk))
    questions = VerificationQuestion.objects.filter(is_active=True).annotate(given=given)
    return questions.select_related("given__answered_by", "given__document")


_DRAFTS, _QUESTIONS = Prepared(_drafts), Prepared(_questions)
