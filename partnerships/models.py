"""Agreements between an organization and a country office."""

from datetime import datetime, timedelta
from functools import cached_property
from statistics import median

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, Stateful
from accounts.models.audit import history
from accounts.models.base import StateField
from accounts.roles import MemberRole, StaffRole
from organizations.models import Registration
from organizations.models.organization import with_names
from organizations.search.named import called_so
from partnerships.lifecycle import AGREEMENT, PUBLIC, SSFA_COUNTED, AgreementState, what_it_waits_for
from portal.kit.addresses import record_address
from portal.kit.paging import has_one
from portal.kit.text import fold
from programmes.models import Location, ThematicArea
from programmes.models.money import is_currency

DRAFTERS = (StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)
TURNS = {
    AgreementState.DRAFT: DRAFTERS,
    AgreementState.IN_REVIEW: (StaffRole.HEAD_OF_OFFICE,),
    AgreementState.SENT_BACK: DRAFTERS,
    AgreementState.APPROVED: (StaffRole.PARTNERSHIP_MANAGER,),
    AgreementState.SUSPENDED: (StaffRole.PARTNERSHIP_MANAGER,),
}
"""Who at the office has to move next in each state; signatures are told apart by side."""

SIGNINGS = ("sign_unicef", "sign_partner", "record_signatures")
TOLD_TO_ALL = (*SIGNINGS, "activate", "suspend", "resume", "end", "terminate", "imported")
"""What the public reads in the history of an agreement."""

MOST_WORDS = 8  # of a search; each is a query
USUAL_NEEDS = 3  # fewer examples say nothing about what is usual
USUAL_LOOKS_AT = 100  # the newest examples are what an office does today


class AgreementKind(models.TextChoices):
    """The legal instruments of domain §5."""

    PCA = "pca", _("Programme Cooperation Agreement")
    SSFA = "ssfa", _("Small Scale Funding Agreement")
    MOU = "mou", _("Memorandum of Understanding")


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff of the office (its region, headquarters), members of the partner, and everybody for what is public.

        Public: active or ended, with an organization that agreed to be listed; of a sensitive theme, for UNICEF alone.
        """
        published = Q(state__in=PUBLIC, organization__listed=True)
        sensitive = Agreement.themes.through.objects.filter(agreement=OuterRef("pk"), thematicarea__is_sensitive=True)
        public = published & ~Q(has_one(sensitive))
        if not user.is_authenticated or not user.is_active:
            return self.filter(public)
        if user.is_superuser:
            return self
        told = published if user.works_for_unicef else public
        return self.filter(told | user.offices_condition() | Q(organization__in=user.roles_by_organization))

    def whose_turn(self, user) -> Q:
        """The condition that ``user`` is one of those who have to move next."""
        turn = Q(pk__in=[])
        if not user.is_authenticated or not user.is_active:
            return turn
        held = {post.role for post in user.posts}
        for state, roles in TURNS.items():
            if held.intersection(roles):
                turn |= Q(state=state) & user.offices_condition(*roles)
        signs_for = [pk for pk, roles in user.roles_by_organization.items() if MemberRole.AUTHORISED_OFFICER in roles]
        sides = {Signature.Side.PARTNER: Q(organization__in=signs_for)} if signs_for else {}
        if StaffRole.HEAD_OF_OFFICE in held:
            sides[Signature.Side.UNICEF] = user.offices_condition(StaffRole.HEAD_OF_OFFICE)
        for side, is_theirs in sides.items():
            signed = Signature.objects.filter(agreement=OuterRef("pk"), side=side)
            turn |= Q(state=AgreementState.AWAITING_SIGNATURES) & is_theirs & ~Exists(signed)
        return turn

    def marked_for(self, user):
        """With ``waits_for_reader``: whether ``user`` has to move next."""
        return self.annotate(waits_for_reader=Case(When(self.whose_turn(user), then=Value(True)), default=Value(False)))

    def for_list(self):
        """With what a row shows, in a fixed number of queries; the themes as ``theme_list``."""
        themes = Prefetch("themes", ThematicArea.objects.only("code", "name", "names"), to_attr="theme_list")
        return with_names(self.select_related("organization", "office")).prefetch_related(themes)

    def for_page(self):
        """With what the page of one agreement shows."""
        return self.select_related("organization", "office__region").prefetch_related(
            "themes", Prefetch("locations", Location.objects.select_related("parent")), "signatures"
        )

    def matching(self, text: str):
        """Those whose reference, title or partner's names hold every word of ``text``, however it is written."""
        found = self
        for word in fold(text).split()[:MOST_WORDS]:
            partners = called_so([word])
            # Where they are many, they are met soon.
            theirs = Q(organization__search_text__contains=word) if partners is None else Q(organization__in=partners)
            found = found.filter(Q(search_text__contains=word) | theirs)
        return found


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
    currency = models.CharField(
        _("currency"), max_length=3, default="USD", help_text=_("ISO 4217 code."), validators=[is_currency]
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    submitted_at = models.DateTimeField(_("sent to review"), null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=100, blank=True, editable=False)
    external_id = models.CharField(_("number in the source"), max_length=100, blank=True, editable=False)
    search_text = models.TextField(editable=False, default="", blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["office", "state", "state_since"], name="agreement_queue"),
            models.Index(fields=["organization", "state"], name="agreement_of_organization"),
            models.Index(fields=["-state_since", "-id"], name="agreement_newest"),
            models.Index(fields=["-state_since", "-id"], name="agreement_newest_public", condition=Q(state__in=PUBLIC)),
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

    def save(self, *args, **kwargs):
        self.search_text = fold(f"{self.reference} {self.title}")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return record_address("partnerships:agreement-detail", self.pk)

    @property
    def is_imported(self) -> bool:
        return bool(self.source)

    @property
    def is_published(self) -> bool:
        """Whether everybody may read it unless it is sensitive: the other half of ``AgreementQuerySet.visible_to``."""
        return self.state in PUBLIC and self.organization.listed

    @property
    def is_sensitive(self) -> bool:
        return any(theme.is_sensitive for theme in self.themes.all())

    # --- What its lifecycle asks --------------------------------------------------------------------------------------

    @cached_property
    def partner_is_verified(self) -> bool:
        return Registration.objects.verified().filter(organization=self.organization_id, office=self.office_id).exists()

    def partner_registration(self):
        """The partner's registration with this office that counts: the one that is not given up, else None."""
        own = Registration.objects.filter(organization=self.organization_id, office=self.office_id)
        return own.standing().first()

    def missing_facts(self):
        """The names of the facts an agreement needs before review and does not have yet."""
        needed = ["title", "start", "end"] + ([] if self.kind == AgreementKind.MOU else ["amount"])
        missing = [self._meta.get_field(name).verbose_name for name in needed if getattr(self, name) in (None, "")]
        if not self.themes.all():
            missing.append(self._meta.get_field("themes").verbose_name)
        return missing

    def small_scale_total(self):
        """R-21: the most that any twelve months holding this one's start give the partner by small-scale agreements.

        Drafts commit nobody and do not count. A terminated one counts in full: its money may have been paid.
        """
        year = timedelta(days=365)
        start = self.start or timezone.localdate()
        others = Agreement.objects.filter(
            organization=self.organization_id,
            kind=AgreementKind.SSFA,
            state__in=SSFA_COUNTED,
            start__gt=start - year,
            start__lt=start + year,
        ).exclude(pk=self.pk)
        given = [(day, amount or 0) for day, amount in others.values_list("start", "amount")]
        given.append((start, self.amount or 0))
        return max(
            sum(amount for day, amount in given if first <= day < first + year)
            for first, _amount in given
            if first <= start < first + year
        )

    @cached_property
    def signed_sides(self) -> set[str]:
        return {signature.side for signature in self.signatures.all()}

    @property
    def is_signed(self) -> bool:
        return len(self.signed_sides) == len(Signature.Side)

    # --- What its page says -------------------------------------------------------------------------------------------

    @property
    def parties(self) -> dict[str, str]:
        """The names of the two sides."""
        return {
            Signature.Side.UNICEF: gettext("UNICEF %(office)s") % {"office": self.office},
            Signature.Side.PARTNER: str(self.organization),
        }

    def history_for(self, user):
        """What happened, newest first, as far as ``user`` may read it.

        The office reads everything, the partner what is for both sides; others read that it was signed, began or
        ended and which side did it, but no names, reasons or comments.
        """
        if user.is_authenticated and (user.is_superuser or user.works_at(self.office)):
            return history(self)
        if user.is_authenticated and user.acts_for(self.organization_id):
            return history(self, for_partner=True)
        told = list(AuditEvent.objects.about(self).filter(action__in=TOLD_TO_ALL))
        for event in told:
            event.reason, event.changes = "", {}
            event.actor_label = self.parties["partner" if event.action == "sign_partner" else "unicef"]
        return told

    @property
    def waits_for(self) -> str:
        """Whom or what it waits for now, in words; empty when for nobody."""
        return what_it_waits_for(self)

    @property
    def waits_since(self) -> datetime:
        """Since when: a signature given starts the wait for the other."""
        if self.state != AgreementState.AWAITING_SIGNATURES:
            return self.state_since
        return max([self.state_since, *(signature.recorded_at for signature in self.signatures.all())])

    @property
    def waits_days(self) -> int:
        return (timezone.localdate() - timezone.localdate(self.waits_since)).days

    def usual_days(self) -> int | None:
        """The median number of days that the present step took this office's agreements.

        Signing is over with the last signature, every other step with the state. None once both have signed, and with
        too few examples to speak of what is usual.
        """
        moves = AuditEvent.objects.filter(subject_type=self._meta.label_lower)
        agreements = Agreement.objects.filter(office=self.office_id)
        if self.state == AgreementState.AWAITING_SIGNATURES:
            if self.is_signed:
                return None
            agreements = agreements.exclude(state=self.state)  # half signed is no example
            over = moves.filter(action__in=SIGNINGS)
        else:
            over = moves.filter(from_state=self.state).exclude(to_state=self.state)
        begun = moves.filter(subject_id=OuterRef("subject_id"), to_state=self.state, at__lte=OuterRef("at"))
        begun = begun.exclude(from_state=self.state).order_by("-at").values("at")
        examples = over.filter(subject_id__in=agreements.values("pk")).annotate(begun=Subquery(begun[:1]))
        spans: dict[tuple[int, datetime], int] = {}
        for subject, first, last in examples.order_by("-at").values_list("subject_id", "begun", "at")[:USUAL_LOOKS_AT]:
            if first is not None:
                spans.setdefault((subject, first), (last - first).days)
        return round(median(spans.values())) if len(spans) >= USUAL_NEEDS else None


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
    """The last number given out for one office, kind and year; locked while one is taken, so that none comes twice."""

    prefix = models.CharField(max_length=30, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reference counter")
        verbose_name_plural = _("reference counters")

    def __str__(self):
        return f"{self.prefix}{self.last:03}"
