"""Documents at every stage of their lives: about to expire, expired, replaced, withdrawn, for the office alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actions import OFFICE
from accounts.roles import StaffRole
from organizations.actions.document import add_document, replace_document, withdraw_document
from organizations.models import Document, Organization
from portal.demo.clock import days_ago
from portal.demo.papers import paper


def play(stage: Any) -> None:
    """Certificates grow old in the order of the records; each change is made by those who would make it."""
    formal = Organization.objects.filter(legal_status="formal", registrations__on_behalf=False)
    organizations = list(formal.order_by("pk").distinct().prefetch_related("documents")[:6])
    for organization, days in zip(organizations[1:4], (45, 5, -12), strict=False):
        _renew(organization, valid_for=days)
    if organizations:
        _papers_of_one(stage, organizations[0])
        _renew(organizations[0], valid_for=900)


def _renew(organization: Organization, valid_for: int) -> None:
    """A renewed certificate in place of the first one, with ``valid_for`` days left from today."""
    certificate = organization.documents.get(kind=Document.Kind.CERTIFICATE)
    today = timezone.localdate()
    with days_ago(30):
        replace_document(
            certificate,
            by=certificate.created_by,
            file=paper("certificate-renewed.pdf", "Certificate of registration, renewed", certificate.number),
            issued_on=today - timedelta(days=400),
            expires_on=today + timedelta(days=valid_for),
        )


def _papers_of_one(stage: Any, organization: Organization) -> None:
    """What an organization and its office bring over the years."""
    person = organization.documents.first().created_by
    office = organization.registrations.first().office
    today = timezone.localdate()
    with days_ago(80):
        add_document(
            organization,
            by=person,
            kind=Document.Kind.STATUTE,
            title="Устав",
            issuer="General assembly",
            file=paper("Ustav.pdf", "Statute, adopted by the general assembly"),
        )
        mistaken = add_document(
            organization,
            by=person,
            kind=Document.Kind.AUDIT,
            title="Audit report 2023",
            issuer="Registan Audit LLC",
            issued_on=today - timedelta(days=500),
            file=paper("audit.pdf", "Audit report 2023, draft"),
        )
    with days_ago(78):
        withdraw_document(mistaken, by=person, reason="This was the draft. The signed report follows.")
        add_document(
            organization,
            by=person,
            kind=Document.Kind.AUDIT,
            title="Audit report 2023, signed",
            issuer="Registan Audit LLC",
            issued_on=today - timedelta(days=480),
            file=paper("audit-signed.pdf", "Audit report 2023, signed"),
        )
        add_document(
            organization,
            by=stage.cast.staff(office, StaffRole.REGISTRATION_OFFICER),
            kind=Document.Kind.EVIDENCE,
            title="Note of a visit",
            issuer=f"UNICEF {office.name}",
            issued_on=today - timedelta(days=79),
            audience=OFFICE,
            file=paper("visit.pdf", "Visit to two centres: both open, staff present."),
        )
