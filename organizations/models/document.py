"""The documents of an organization: certificates, statutes, letters, accounts. Private, and kept in every version."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, Stateful
from accounts.models.base import StateField
from organizations.lifecycle import DOCUMENT, DocumentState
from organizations.models.organization import LegalStatus, Organization
from portal.kit.addresses import record_address

EXPIRES_SOON = 60  # days; the first reminder


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """UNICEF staff see all; members what their organization has on record for both sides."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser or user.works_for_unicef:
            return self
        return self.filter(audience=AuditEvent.Audience.BOTH, organization__in=user.roles_by_organization)

    def current(self):
        return self.filter(state=DocumentState.CURRENT)

    def with_versions(self):
        versions = DocumentVersion.objects.select_related("uploaded_by")
        return self.prefetch_related(models.Prefetch("versions", versions))


class Document(Stateful):
    """One paper with its facts. A newer file is a new version of it; the facts are always those of the newest.

    ``from_office``: put on record by UNICEF staff in their own name, so only they change it.
    """

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("Registration certificate")
        STATUTE = "statute", _("Statute or constitution")
        REFEREE_LETTER = "referee_letter", _("Letter of a referee")
        AUDIT = "audit", _("Audit report")
        FINANCIAL_STATEMENT = "financial_statement", _("Financial statement")
        POLICY = "policy", _("Policy")
        ASSESSMENT = "assessment", _("Assessment")
        EVIDENCE = "evidence", _("Evidence of results")
        OTHER = "other", _("Another document")

    lifecycle = DOCUMENT
    state = StateField(DOCUMENT)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="documents", verbose_name=_("organization")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    audience = models.CharField(
        _("who may read it"), max_length=10, choices=AuditEvent.Audience, default=AuditEvent.Audience.BOTH
    )
    from_office = models.BooleanField(_("put on record by UNICEF"), default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["kind", "-created_at", "-pk"]
        indexes = [
            models.Index(fields=["organization", "kind", "state"], name="document_of_organization"),
            models.Index(fields=["expires_on"], name="document_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                name="document_expires_after_issue",
                condition=Q(issued_on=None) | Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
                violation_error_message=_("It cannot have expired before it was issued."),
            ),
            models.CheckConstraint(
                name="document_office_only_from_office",
                condition=Q(audience=AuditEvent.Audience.BOTH) | Q(from_office=True),
                violation_error_message=_("Only UNICEF staff put documents on record for the office alone."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return record_address("organizations:document-detail", self.pk)

    def clean(self):
        """S0-2: a certificate says who issued it, when and under which number; a referee is somebody."""
        errors = {
            name: sentence for name, sentence in NEEDED.get(self.kind, {}).items() if not getattr(self, name, None)
        }
        if self.issued_on and self.issued_on > timezone.localdate():
            errors["issued_on"] = _("This day is still to come.")
        if errors:
            raise ValidationError(errors)

    @property
    def latest(self):
        """The newest version."""
        return next(iter(self.versions.all()), None)

    @property
    def is_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    @property
    def expires_soon(self) -> bool:
        return self.expires_on is not None and 0 <= (self.expires_on - timezone.localdate()).days <= EXPIRES_SOON


PAPERS = (Document.Kind.CERTIFICATE, Document.Kind.REFEREE_LETTER, Document.Kind.STATUTE)
"""What shows the legal standing of an organization, or who vouches for it."""

NEEDED = {
    Document.Kind.CERTIFICATE: {
        "issuer": _("Name the authority that issued it."),
        "number": _("Write the number that stands on it."),
        "issued_on": _("Give the date of issue. If only the year is known, take its first day."),
    },
    Document.Kind.REFEREE_LETTER: {"issuer": _("Name the person or organization that wrote it.")},
}
"""What must be said about some kinds, and the sentence that asks for it."""


def private_name(_version, _file_name):
    """A name that tells nothing and that nobody guesses; without an ending, so nothing takes it for a program."""
    token = secrets.token_hex(16)
    return f"documents/{token[:2]}/{token}"


class DocumentVersion(models.Model):
    """One file of a document, as it was brought. It is never changed."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    file = models.FileField(_("file"), upload_to=private_name, max_length=60)
    file_name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("kind of file"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("brought"), default=timezone.now)

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]

    def __str__(self):
        return f"{self.document}, {self.number}"


def papers_of(organization, *kinds):
    """What shows its legal standing, as the partner has put it on record: current documents of ``kinds``."""
    return [
        document
        for document in organization.documents.all()  # often fetched beforehand
        if document.kind in (kinds or PAPERS)
        and document.state == DocumentState.CURRENT
        and document.audience == AuditEvent.Audience.BOTH
    ]


def certificate_problem(organization) -> str:
    """What is wrong with the certificate of a formally registered organization, or "" (S0-2)."""
    if organization.legal_status != LegalStatus.FORMAL:
        return ""
    dates = [certificate.expires_on for certificate in papers_of(organization, Document.Kind.CERTIFICATE)]
    if not dates:
        return gettext("There is no registration certificate on record.")
    if any(date is None or date >= timezone.localdate() for date in dates):
        return ""
    return gettext("The registration certificate expired on %(date)s. A renewed one is needed.") % {
        "date": date_format(max(dates), "DATE_FORMAT")
    }
