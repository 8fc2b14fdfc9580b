"""What happens to agreements, from the first draft to the last day."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actions import BOTH, changing, comment, create, move, performing
from accounts.models import AuditEvent, User
from organizations.models import Organization
from partnerships import emails
from partnerships.lifecycle import AGREEMENT, AgreementState, partner_is_verified
from partnerships.models import Agreement, ReferenceCounter, Signature
from portal.kit.access import NotNow, require

logger = logging.getLogger(__name__)

FIELDS = ("kind", "title", "summary", "start", "end", "amount", "currency")
"""The facts of an agreement that a person writes; themes and places come beside them."""


@transaction.atomic
def create_agreement(
    *, by: User, organization: Organization, office: Any, themes: Iterable[Any], locations: Iterable[Any], **facts: Any
) -> Agreement:
    """Draft an agreement of ``office`` with ``organization``. R-07: not with one that is blocked."""
    agreement = Agreement(organization=organization, office=office, created_by=by, **facts)
    require(by, "partnerships.add_agreement", agreement)
    if refusals := [*organization.blocks(), *filter(None, [partner_is_verified(agreement)])]:
        raise NotNow(refusals)
    locations = list(locations)
    _check_places(agreement, locations)
    agreement.reference = next_reference(office, agreement.kind)
    create(agreement, by=by)
    agreement.themes.set(themes)
    agreement.locations.set(locations)
    return agreement


def change_agreement(
    agreement: Agreement,
    *,
    by: User,
    themes: Iterable[Any] | None = None,
    locations: Iterable[Any] | None = None,
    expected_version: int | None = None,
    **facts: Any,
) -> Agreement:
    """Change the facts of an agreement while its state leaves them open.

    What is not given stays. Another kind takes another reference, because the reference names the kind.
    """
    with changing(
        agreement,
        "partnerships.change_agreement",
        by=by,
        expected_version=expected_version,
        lists=("themes", "locations"),
    ) as changed:
        if not changed.lifecycle.is_editable(changed, "title"):
            state = changed.lifecycle.state(changed.state)
            raise NotNow([_("The text is closed while the agreement is “%(state)s”.") % {"state": state.label}])
        if facts.get("kind", changed.kind) != changed.kind:
            changed.reference = next_reference(changed.office, facts["kind"])
        for name, value in facts.items():
            setattr(changed, name, value)
        if themes is not None:
            changed.themes.set(themes)
        if locations is not None:
            locations = list(locations)
            _check_places(changed, locations)
            changed.locations.set(locations)
    return changed


def next_reference(office: Any, kind: str, year: int | None = None) -> str:
    """Take the next number of ``office`` for this kind and year: ``UZB/PCA2026001``. Call it inside a transaction."""
    return next_references(office, kind, 1, year)[0]


def next_references(office: Any, kind: str, count: int, year: int | None = None) -> list[str]:
    """Take the next ``count`` numbers at once, for an import."""
    prefix = f"{office.sign}/{kind.upper()}{year or timezone.localdate().year}"
    ReferenceCounter.objects.get_or_create(prefix=prefix)
    counter = ReferenceCounter.objects.select_for_update().get(prefix=prefix)
    references = []
    for _number in range(count):
        counter.last += 1
        references.append(str(counter))
    counter.save()
    return references


@AGREEMENT.action("submit")
@transaction.atomic
def submit(agreement: Agreement, *, by: User, expected_version: int | None = None) -> Agreement:
    """Send it to review; the head of office and the reviewers are told."""
    # R-21 adds up the partner's agreements, so two of them must not be weighed at the same time.
    Organization.objects.select_for_update(of=("self",)).get(pk=agreement.organization_id)
    with performing(agreement, "submit", by=by, expected_version=expected_version) as sent:
        sent.submitted_at = timezone.now()
    emails.agreement_moved(sent, "submit", by=by)
    return sent


@AGREEMENT.action("approve")
@transaction.atomic
def approve(agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None) -> Agreement:
    """The head of office's decision after review."""
    return _move(agreement, "approve", by, reason, expected_version)


@AGREEMENT.action("send_back")
@transaction.atomic
def send_back(agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None) -> Agreement:
    """Open the text again; the reason says what has to change."""
    return _return(agreement, "send_back", by, reason, expected_version)


@AGREEMENT.action("return_unsigned")
@transaction.atomic
def return_unsigned(
    agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None
) -> Agreement:
    """The partner does not sign this text and says why; the office opens it again."""
    return _return(agreement, "return_unsigned", by, reason, expected_version)


@AGREEMENT.action("open_for_signature")
@transaction.atomic
def open_for_signature(agreement: Agreement, *, by: User, expected_version: int | None = None) -> Agreement:
    """Fix the text and ask both sides to sign."""
    return _move(agreement, "open_for_signature", by, "", expected_version)


@AGREEMENT.action("sign_unicef")
@transaction.atomic
def sign_unicef(agreement: Agreement, *, by: User, expected_version: int | None = None) -> Agreement:
    """The head of office signs on screen, today."""
    return _sign(agreement, "sign_unicef", Signature.Side.UNICEF, by, expected_version)


@AGREEMENT.action("sign_partner")
@transaction.atomic
def sign_partner(agreement: Agreement, *, by: User, expected_version: int | None = None) -> Agreement:
    """The partner's authorised officer signs on screen, today."""
    return _sign(agreement, "sign_partner", Signature.Side.PARTNER, by, expected_version)


@AGREEMENT.action("record_signatures")
@transaction.atomic
def record_signatures(
    agreement: Agreement,
    *,
    by: User,
    unicef_signatory: str = "",
    unicef_signed_on: date | None = None,
    partner_signatory: str = "",
    partner_signed_on: date | None = None,
    expected_version: int | None = None,
) -> Agreement:
    """Record that both sides signed a paper (R-22: not in the future, not after the start).

    Raises ValidationError naming the date that cannot be.
    """
    told: dict[str, Any] = {
        "unicef_signatory": unicef_signatory,
        "unicef_signed_on": unicef_signed_on,
        "partner_signatory": partner_signatory,
        "partner_signed_on": partner_signed_on,
    }
    with performing(agreement, "record_signatures", by=by, expected_version=expected_version, **told) as signed:
        _check_dates(signed, {name: day for name, day in told.items() if isinstance(day, date)})
        for side in Signature.Side:
            _add_signature(signed, side, told[f"{side}_signatory"], told[f"{side}_signed_on"], by, on_paper=True)
    emails.agreement_moved(signed, "record_signatures", by=by)
    return signed


@AGREEMENT.action("activate")
@transaction.atomic
def activate(agreement: Agreement, *, by: User | None, expected_version: int | None = None) -> Agreement:
    """Begin, once both have signed and the start date has come."""
    return _move(agreement, "activate", by, "", expected_version)


@AGREEMENT.action("suspend")
@transaction.atomic
def suspend(agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None) -> Agreement:
    """Let the work rest, with the reason (R-31)."""
    return _move(agreement, "suspend", by, reason, expected_version)


@AGREEMENT.action("resume")
@transaction.atomic
def resume(agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None) -> Agreement:
    """Take the work up again (R-31)."""
    return _move(agreement, "resume", by, reason, expected_version)


@AGREEMENT.action("end")
@transaction.atomic
def end(agreement: Agreement, *, by: User | None, expected_version: int | None = None) -> Agreement:
    """Close the running of it after its last day."""
    return _move(agreement, "end", by, "", expected_version)


@AGREEMENT.action("terminate")
@transaction.atomic
def terminate(agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None) -> Agreement:
    """Stop it for good before its last day, with the reason (R-31)."""
    return _move(agreement, "terminate", by, reason, expected_version)


@AGREEMENT.action("cancel")
@transaction.atomic
def cancel(agreement: Agreement, *, by: User, reason: str = "", expected_version: int | None = None) -> Agreement:
    """Give it up before both have signed (R-30)."""
    return _move(agreement, "cancel", by, reason, expected_version)


def comment_agreement(agreement: Agreement, *, by: User, text: str, audience: str = BOTH) -> AuditEvent:
    """Write a comment on the agreement for both sides or (UNICEF staff) for the office alone."""
    if audience not in AuditEvent.Audience:
        raise ValidationError({"audience": _("Choose who may read it.")})
    with transaction.atomic():
        event = comment(agreement, "partnerships.comment_agreement", by=by, text=text, audience=audience)
        if audience == BOTH:
            emails.agreement_commented(agreement, event, by=by)
    return event


def move_by_the_calendar() -> int:
    """Activate what is signed and due, end what has run out; return how many moved. The worker calls it."""
    today = timezone.localdate()
    waiting = Agreement.objects.filter(state=AgreementState.AWAITING_SIGNATURES, start__lte=today)
    due = [
        ("activate", waiting.alias(signed=Count("signatures")).filter(signed=len(Signature.Side))),
        ("end", Agreement.objects.filter(state=AgreementState.ACTIVE, end__lt=today)),
    ]
    moved = 0
    for name, agreements in due:
        for agreement in list(agreements):
            try:
                agreement.lifecycle.perform(agreement, name, by=None)
            except NotNow as refusal:  # no longer verified, or another worker was quicker
                logger.info("%s: %s not done: %s", agreement.reference, name, refusal)
            except ValidationError:  # one record that cannot be saved must not hold up the others
                logger.exception("%s: %s failed", agreement.reference, name)
            else:
                moved += 1
    return moved


def _move(agreement: Agreement, name: str, by: User | None, reason: str, expected_version: int | None) -> Agreement:
    moved = move(agreement, name, by=by, reason=reason, expected_version=expected_version)
    emails.agreement_moved(moved, name, by=by, reason=reason)
    return moved


def _return(agreement: Agreement, name: str, by: User, reason: str, expected_version: int | None) -> Agreement:
    with performing(agreement, name, by=by, reason=reason, expected_version=expected_version) as returned:
        was_out_for_signature = returned.state == AgreementState.AWAITING_SIGNATURES
        returned.signatures.all().delete()  # given to the old text, they do not count for the new one
        _forget_signed_sides(returned)
    also = emails.signatories(returned) if was_out_for_signature else ()
    emails.agreement_moved(returned, name, by=by, reason=reason, also=also)
    return returned


def _sign(agreement: Agreement, move: str, side: str, by: User, expected_version: int | None) -> Agreement:
    with performing(agreement, move, by=by, expected_version=expected_version) as signed:
        _add_signature(signed, side, str(by), timezone.localdate(), by)
    emails.agreement_moved(signed, move, by=by)
    return signed


def _add_signature(
    agreement: Agreement, side: str, signatory: str, signed_on: date, by: User, on_paper: bool = False
) -> None:
    signature = Signature(
        agreement=agreement, side=side, signatory=signatory, signed_on=signed_on, recorded_by=by, on_paper=on_paper
    )
    signature.full_clean()
    signature.save()
    _forget_signed_sides(agreement)


def _forget_signed_sides(agreement: Agreement) -> None:
    """Drop the answer that the agreement keeps, after its signatures have changed."""
    agreement.__dict__.pop("signed_sides", None)


def _check_places(agreement: Agreement, locations: list[Any]) -> None:
    served = set(agreement.office.countries.values_list("code", flat=True))
    if strange := [location for location in locations if location.country_code not in served]:
        raise ValidationError(
            {
                "locations": _("%(office)s does not work in: %(places)s.")
                % {"office": agreement.office, "places": ", ".join(map(str, strange))}
            }
        )


def _check_dates(agreement: Agreement, days: dict[str, date]) -> None:
    errors = {}
    for name, day in days.items():
        if day > timezone.localdate():
            errors[name] = _("A signature cannot be dated in the future.")
        elif agreement.start and day > agreement.start:
            errors[name] = _("The agreement starts on %(start)s: it has to be signed by then.") % {
                "start": date_format(agreement.start)
            }
    if errors:
        raise ValidationError(errors)
