"""When: the life of an agreement (domain §5–§7)."""

from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Input, Lifecycle, Reason, State, Tone, Transition

SSFA_CEILING = Decimal(50_000)  # US dollars in any twelve months for each partner


class AgreementState(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    SENT_BACK = "sent_back", _("Sent back")
    APPROVED = "approved", _("Approved")
    AWAITING_SIGNATURES = "awaiting_signatures", _("Awaiting signatures")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")
    TERMINATED = "terminated", _("Terminated")
    CANCELLED = "cancelled", _("Cancelled")


_A = AgreementState
BEFORE_SIGNING = (_A.DRAFT, _A.IN_REVIEW, _A.SENT_BACK, _A.APPROVED)
PUBLIC = (_A.ACTIVE, _A.ENDED)
# R-21 counts what has been promised: from review on, whatever became of it, unless nothing was paid.
SSFA_COUNTED = (*(state for state in _A if state not in (_A.DRAFT, _A.SENT_BACK, _A.CANCELLED)),)
_FACTS = frozenset({"kind", "title", "summary", "start", "end", "amount", "currency", "themes", "locations"})

# --- Blockers: sentences that a person can act on ---------------------------------------------------------------------


def partner_is_verified(agreement: Any) -> str | None:
    """An organization whose verification by this office does not hold cannot enter into an agreement (R-05)."""
    if agreement.partner_is_verified:
        return None
    registration = agreement.partner_registration()
    known = registration.state_now.value if registration else ""
    return _WHY_NOT_VERIFIED.get(known, _WHY_NOT_VERIFIED[""]) % {
        "organization": agreement.organization,
        "office": agreement.office,
    }


_WHY_NOT_VERIFIED = {
    "": _("%(organization)s is not verified by UNICEF %(office)s. Its registration comes first."),
    "lapsed": _("The verification of %(organization)s by UNICEF %(office)s has lapsed. It has to be renewed first."),
    "suspended": _("UNICEF %(office)s has suspended %(organization)s. It has to be reinstated first."),
    "delisted": _("UNICEF %(office)s has delisted %(organization)s. Nothing can be agreed with it."),
}


def cooperation_is_not_on_hold(agreement: Any) -> str | None:
    """R-07: while the partner has a red flag, or inherits one (R-08), nothing goes on; it can only be given up."""
    return " ".join(agreement.organization.blocks()) or None


def facts_are_complete(agreement: Any) -> str | None:
    missing = [str(label) for label in agreement.missing_facts()]
    return gettext("Fill in first: %(facts)s.") % {"facts": ", ".join(missing)} if missing else None


def money_fits_the_kind(agreement: Any) -> str | None:
    """R-21 for small-scale funding agreements; a memorandum moves no money (domain §5)."""
    if agreement.kind == "mou" and agreement.amount:
        return gettext("A memorandum of understanding moves no money: take the amount out or choose another kind.")
    if agreement.kind == "ssfa":
        if agreement.currency != "USD":
            return gettext("Give the amount of a small-scale funding agreement in US dollars.")
        total = agreement.small_scale_total()
        if total > SSFA_CEILING:
            return gettext(
                "With this one, small-scale funding agreements with this partner come to %(total)s US dollars "
                "within twelve months. The ceiling is %(ceiling)s."
            ) % {
                "total": number_format(total, 2, force_grouping=True),
                "ceiling": number_format(SSFA_CEILING, force_grouping=True),
            }
    return None


def has_not_begun(agreement: Any) -> str | None:
    """R-22: an agreement does not start before both have signed."""
    if agreement.start and agreement.start < timezone.localdate() and not agreement.is_signed:
        return gettext("The start date %(date)s has passed. Send the agreement back to set a new one.") % {
            "date": date_format(agreement.start)
        }
    return None


def unicef_has_not_signed(agreement: Any) -> str | None:
    return gettext("UNICEF has signed already.") if "unicef" in agreement.signed_sides else None


def partner_has_not_signed(agreement: Any) -> str | None:
    return gettext("The partner has signed already.") if "partner" in agreement.signed_sides else None


def nobody_has_signed(agreement: Any) -> str | None:
    if agreement.is_signed:
        return gettext("Both have signed already.")
    return gettext("One side has signed on screen; the other has to do the same.") if agreement.signed_sides else None


def both_have_signed(agreement: Any) -> str | None:
    return None if agreement.is_signed else gettext("Both signatures are needed.")


def not_both_have_signed(agreement: Any) -> str | None:
    """R-33: what both have signed is suspended or terminated, not undone."""
    return gettext("Both have signed: it can now only be activated or terminated.") if agreement.is_signed else None


def there_is_something_to_terminate(agreement: Any) -> str | None:
    """What both have signed can be terminated before its first day; what is not signed is cancelled instead."""
    if agreement.state == _A.AWAITING_SIGNATURES and not agreement.is_signed:
        return gettext("Until both have signed it can be cancelled instead.")
    return None


def has_started(agreement: Any) -> str | None:
    if agreement.start and agreement.start > timezone.localdate():
        return gettext("The start date is %(date)s.") % {"date": date_format(agreement.start)}
    return None


def end_date_has_passed(agreement: Any) -> str | None:
    if agreement.end is None or agreement.end >= timezone.localdate():
        date = date_format(agreement.end) if agreement.end else "–"
        return gettext("The agreement runs until %(date)s. To stop it earlier, terminate it.") % {"date": date}
    return None


def what_it_waits_for(agreement: Any) -> str:
    """Whom or what it waits for now, in words; empty when for nobody. Signatures say which is missing."""
    state = AGREEMENT.state(agreement.state)
    if state.value != _A.AWAITING_SIGNATURES or not agreement.signed_sides:
        return str(state.waits_for)
    if not agreement.is_signed:
        return (
            gettext("the partner’s signature") if "unicef" in agreement.signed_sides else gettext("UNICEF’s signature")
        )
    if has_started(agreement):
        return gettext("the start date, %(date)s") % {"date": date_format(agreement.start)}
    return gettext("the partnership manager to activate it")


_PARTNER = (cooperation_is_not_on_hold, partner_is_verified)
_READY = (*_PARTNER, facts_are_complete, money_fits_the_kind)

AGREEMENT = Lifecycle(
    model="partnerships.agreement",
    title=_("Agreement"),
    path=(_A.DRAFT, _A.IN_REVIEW, _A.APPROVED, _A.AWAITING_SIGNATURES, _A.ACTIVE, _A.ENDED),
    states=(
        State(
            _A.DRAFT,
            _A.DRAFT.label,
            _("The office is writing it. Nobody has agreed to anything."),
            Tone.WAITING,
            waits_for=_("the office to complete it and send it to review"),
            editable=_FACTS,
        ),
        State(
            _A.IN_REVIEW,
            _A.IN_REVIEW.label,
            _("The reviewers read it; the head of office decides."),
            Tone.UNDERWAY,
            waits_for=_("the head of office to decide"),
        ),
        State(
            _A.SENT_BACK,
            _A.SENT_BACK.label,
            _("Something has to be changed before it can go on; the reason says what."),
            Tone.WAITING,
            waits_for=_("the office to change it and send it to review again"),
            editable=_FACTS,
        ),
        State(
            _A.APPROVED,
            _A.APPROVED.label,
            _("The head of office has approved it. It is made ready for signature."),
            Tone.UNDERWAY,
            waits_for=_("the partnership manager to open it for signature"),
        ),
        State(
            _A.AWAITING_SIGNATURES,
            _A.AWAITING_SIGNATURES.label,
            _("The text is fixed. The head of office and the partner’s authorised officer sign."),
            Tone.WAITING,
            waits_for=_("both signatures"),
        ),
        State(_A.ACTIVE, _A.ACTIVE.label, _("Both have signed and the work is under way."), Tone.GOOD),
        State(
            _A.SUSPENDED,
            _A.SUSPENDED.label,
            _("The work rests until the reason is cleared. It can be resumed."),
            Tone.STOPPED,
            waits_for=_("the partnership manager to resume or terminate it"),
        ),
        State(_A.ENDED, _A.ENDED.label, _("It ran to its last day."), Tone.PAST),
        State(_A.TERMINATED, _A.TERMINATED.label, _("It was stopped for good before its last day."), Tone.STOPPED),
        State(_A.CANCELLED, _A.CANCELLED.label, _("It was given up before both had signed."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "submit",
            _("Send to review"),
            (_A.DRAFT, _A.SENT_BACK),
            _A.IN_REVIEW,
            "partnerships.submit_agreement",
            done=_("Sent to review"),
            blockers=_READY,
            style="primary",
            help=_("The head of office is told. The text is closed meanwhile."),
        ),
        Transition(
            "approve",
            _("Approve"),
            (_A.IN_REVIEW,),
            _A.APPROVED,
            "partnerships.approve_agreement",
            done=_("Approved"),
            blockers=_READY,
            reason=Reason.OPTIONAL,
            style="primary",
        ),
        Transition(
            "open_for_signature",
            _("Open for signature"),
            (_A.APPROVED,),
            _A.AWAITING_SIGNATURES,
            "partnerships.manage_agreement",
            done=_("Opened for signature"),
            blockers=_PARTNER,
            style="primary",
            help=_("Both signatories are told."),
        ),
        Transition(
            "sign_unicef",
            _("Sign for UNICEF"),
            (_A.AWAITING_SIGNATURES,),
            None,
            "partnerships.sign_agreement_for_unicef",
            done=_("UNICEF signed"),
            blockers=(*_PARTNER, unicef_has_not_signed, has_not_begun),
            style="primary",
        ),
        Transition(
            "sign_partner",
            _("Sign for the partner"),
            (_A.AWAITING_SIGNATURES,),
            None,
            "partnerships.sign_agreement_for_partner",
            done=_("The partner signed"),
            blockers=(*_PARTNER, partner_has_not_signed, has_not_begun),
            style="primary",
        ),
        Transition(
            "record_signatures",
            _("Record signatures on paper"),
            (_A.AWAITING_SIGNATURES,),
            None,
            "partnerships.manage_agreement",
            done=_("Signatures on paper recorded"),
            blockers=(*_PARTNER, nobody_has_signed),
            inputs=(
                Input("unicef_signatory", _("Who signed for UNICEF")),
                Input("unicef_signed_on", _("Date of UNICEF’s signature"), "date"),
                Input("partner_signatory", _("Who signed for the partner")),
                Input("partner_signed_on", _("Date of the partner’s signature"), "date"),
            ),
            help=_("When both have signed the same paper."),
        ),
        Transition(
            "activate",
            _("Activate"),
            (_A.AWAITING_SIGNATURES,),
            _A.ACTIVE,
            "partnerships.manage_agreement",
            done=_("Activated"),
            blockers=(both_have_signed, *_PARTNER, has_started),
            style="primary",
            help=_("Happens by itself on the start date."),
        ),
        Transition(
            "send_back",
            _("Send back"),
            (_A.IN_REVIEW, _A.APPROVED, _A.AWAITING_SIGNATURES),
            _A.SENT_BACK,
            "partnerships.send_back_agreement",
            done=_("Sent back"),
            blockers=(not_both_have_signed,),
            reason=Reason.REQUIRED,
            help=_("Say what has to change. A signature already given is undone."),
        ),
        Transition(
            "return_unsigned",
            _("Send back unsigned"),
            (_A.AWAITING_SIGNATURES,),
            _A.SENT_BACK,
            "partnerships.sign_agreement_for_partner",
            done=_("Sent back unsigned by the partner"),
            blockers=(not_both_have_signed,),
            reason=Reason.REQUIRED,
            help=_("Say what you cannot sign. The office changes it and sends it round again."),
        ),
        Transition(
            "suspend",
            _("Suspend"),
            (_A.ACTIVE,),
            _A.SUSPENDED,
            "partnerships.manage_agreement",
            done=_("Suspended"),
            blockers=(cooperation_is_not_on_hold,),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("Work and payments rest."),
        ),
        Transition(
            "resume",
            _("Resume"),
            (_A.SUSPENDED,),
            _A.ACTIVE,
            "partnerships.manage_agreement",
            done=_("Resumed"),
            blockers=_PARTNER,
            reason=Reason.REQUIRED,
            style="primary",
        ),
        Transition(
            "end",
            _("End"),
            (_A.ACTIVE, _A.SUSPENDED),
            _A.ENDED,
            "partnerships.manage_agreement",
            done=_("Ended"),
            blockers=(cooperation_is_not_on_hold, end_date_has_passed),
            help=_("Happens by itself after the last day."),
        ),
        Transition(
            "terminate",
            _("Terminate"),
            (_A.AWAITING_SIGNATURES, _A.ACTIVE, _A.SUSPENDED),
            _A.TERMINATED,
            "partnerships.manage_agreement",
            done=_("Terminated"),
            blockers=(there_is_something_to_terminate,),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("Stops it for good. This cannot be undone."),
        ),
        Transition(
            "cancel",
            _("Cancel the agreement"),
            (*BEFORE_SIGNING, _A.AWAITING_SIGNATURES),
            _A.CANCELLED,
            "partnerships.cancel_agreement",
            done=_("Cancelled"),
            blockers=(not_both_have_signed,),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("It stays on record."),
        ),
    ),
)
