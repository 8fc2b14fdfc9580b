"""What happens to the documents of an organization."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import BOTH, changing, create, move
from accounts.models import Notification, User
from organizations import emails
from organizations.lifecycle import DOCUMENT
from organizations.models import Document, DocumentVersion, Organization
from portal.kit.access import NotNow, require
from portal.kit.uploads import DOCUMENTS, Checked, check_upload

REMIND_BEFORE = (60, 30, 7, 0)  # days
CATCH_UP = 7  # days for which a day of expiry that the worker missed is still told


def add_document(
    organization: Organization,
    *,
    by: User,
    kind: str,
    title: str,
    file: Any,
    issuer: str = "",
    number: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    audience: str = BOTH,
) -> Document:
    """Put a document on record. The same file of the same kind twice (a double click) is one document.

    Raises ValidationError naming ``file`` where it cannot come in, and where it is on record with other facts.
    """
    require(by, "organizations.add_document", organization)
    facts = {"title": title, "issuer": issuer, "number": number, "issued_on": issued_on, "expires_on": expires_on}
    document = Document(
        organization=organization,
        kind=kind,
        audience=audience,
        from_office=by.has_perm("organizations.add_office_document", organization),
        created_by=by,
        **facts,
    )
    checked = _checked(file)
    with transaction.atomic():
        # Of two clicks the second waits here, and then finds what the first has kept.
        Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
        if held := _held(document, checked):
            if any(getattr(held, name) != value for name, value in facts.items()):
                raise ValidationError(
                    {"file": _("This file is on record already, as “%(title)s”. Correct it there.") % {"title": held}}
                )
            return held
        create(document, by=by, action="document_added", audience=audience)
        _keep(document, file, checked, number=1, by=by)
    return document


def replace_document(
    document: Document, *, by: User, file: Any, expected_version: int | None = None, **facts: Any
) -> Document:
    """Put a newer file in place of the last one, with the ``facts`` that changed. The older ones stay readable."""
    checked = _checked(file)
    if document.latest.sha256 == checked.sha256 and all(getattr(document, key) == facts[key] for key in facts):
        require(by, "organizations.change_document", document)
        return document
    with changing(
        document,
        "organizations.change_document",
        by=by,
        action="document_replaced",
        expected_version=expected_version,
        audience=document.audience,
    ) as changed:
        _require_current(changed)
        _set(changed, facts)
        if changed.latest.sha256 != checked.sha256:
            changed.full_clean()
            _keep(changed, file, checked, number=changed.latest.number + 1, by=by)
    return changed


def change_document(document: Document, *, by: User, expected_version: int | None = None, **facts: Any) -> Document:
    """Correct what is written about a document; the file stays."""
    with changing(
        document,
        "organizations.change_document",
        by=by,
        expected_version=expected_version,
        audience=document.audience,
    ) as changed:
        _set(changed, facts)
    return changed


@DOCUMENT.action("withdraw")
def withdraw_document(
    document: Document, *, by: User, reason: str = "", expected_version: int | None = None
) -> Document:
    """Say that a document no longer counts. It stays on record."""
    return move(
        document, "withdraw", by=by, reason=reason, expected_version=expected_version, audience=document.audience
    )


def remind_of_expiry() -> int:
    """Tell administrators 60, 30 and 7 days before a certificate expires, and on the day; once each.

    A day that the worker missed is caught up with: the nearest step counts, not each of them.
    """
    today = timezone.localdate()
    near = Document.objects.current().filter(
        kind=Document.Kind.CERTIFICATE,
        audience=BOTH,
        expires_on__range=(today - timedelta(days=CATCH_UP), today + timedelta(days=max(REMIND_BEFORE))),
    )
    due = {}
    for document in near.select_related("organization"):
        step = min(days for days in REMIND_BEFORE if (document.expires_on - today).days <= days)
        due[f"document:{document.pk}:{document.expires_on}:{step}"] = document
    told = set(Notification.objects.filter(key__in=due).values_list("key", flat=True))
    new = sorted(due.keys() - told)
    for key in new:
        emails.certificate_expires(due[key], key)
    return len(new)


# --- The file ---------------------------------------------------------------------------------------------------------


def _checked(file: Any) -> Checked:
    try:
        return check_upload(file, DOCUMENTS)
    except ValidationError as problem:
        raise ValidationError({"file": problem.messages}) from problem


def _held(document: Document, checked: Checked) -> Document | None:
    """The document that holds this very file as its newest version already, if one does."""
    same = Document.objects.current().filter(
        organization=document.organization_id,
        kind=document.kind,
        audience=document.audience,
        versions__sha256=checked.sha256,
    )
    return next((held for held in same.distinct() if held.latest.sha256 == checked.sha256), None)


def _keep(document: Document, file: Any, checked: Checked, *, number: int, by: User) -> None:
    version = DocumentVersion(
        document=document,
        number=number,
        file_name=checked.name,
        media_type=checked.kind.media_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=by,
    )
    version.full_clean(exclude=["file"])
    version.file.save(checked.name, file, save=False)
    version.save()


def _set(document: Document, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(document, name, value)


def _require_current(document: Document) -> None:
    if not DOCUMENT.is_editable(document, "title"):
        raise NotNow([_("A document that was withdrawn is not replaced. Add a new one.")])
