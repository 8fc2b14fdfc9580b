"""When: an organization's registration with one office."""

from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle.family import (
    headquarters_has_registered,
    headquarters_is_verified,
    office_suits_the_organization,
)
from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition


class RegistrationState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SENT_BACK = "sent_back", _("Sent back")
    RESUBMITTED = "resubmitted", _("Resubmitted")
    VERIFIED = "verified", _("Verified")
    RENEWING = "renewing", _("Being renewed")
    SUSPENDED = "suspended", _("Suspended")
    DELISTED = "delisted", _("Delisted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_R = RegistrationState
ENDED = (_R.DECLINED, _R.WITHDRAWN)
"""One may start anew with the same office."""
STOPPED = (_R.SUSPENDED, _R.DELISTED, *ENDED)
"""Nothing holds in these, whatever the date until which it was verified."""
DECIDED = (_R.VERIFIED, *STOPPED)
WITH_PARTNER = (_R.DRAFT, _R.SENT_BACK, _R.RENEWING)
WITH_OFFICE = (_R.SUBMITTED, _R.RESUBMITTED)
_ONCE_VERIFIED = (_R.VERIFIED, _R.RENEWING, _R.SENT_BACK, _R.RESUBMITTED)

# What is open to the organization: the core of the form, the sections that a call asks for, the declaration.
CORE, EXTRAS = "core", "extras"
_FILLING = frozenset({CORE, EXTRAS, "declaration"})
_STANDING = _FILLING - {CORE}


def sections_are_complete(registration: Any) -> str | None:
    """R-02: an incomplete profile is neither submitted nor verified."""
    missing = registration.incomplete_sections()
    if missing:
        return _now("Complete first: %(sections)s.") % {"sections": ", ".join(str(section) for section in missing)}
    return None


def declaration_is_accepted(registration: Any) -> str | None:
    """R-01: whoever answers "No" to any item of the declaration cannot apply."""
    if registration.declaration_is_refused:
        return _now(
            "You answered “No” in the integrity declaration. UNICEF can only work with organizations that accept it."
        )
    return None


def is_civil_society(registration: Any) -> str | None:
    """S0-3: only civil society registers; field data also name governments and agencies."""
    if registration.organization.partner_type != "cso":
        return _now("Only civil society organizations can register.")
    return None


def questions_are_answered(registration: Any) -> str | None:
    """R-04, first half: each verification question has an answer."""
    if count := registration.unanswered_questions():
        return _now("Answer all verification questions first: %(count)s to go.") % {"count": count}
    return None


def answers_allow_verification(registration: Any) -> str | None:
    """R-04, second half: certificate, mandate and results yes, reputational risk no."""
    against = registration.answers_against()
    if against:
        return _now("These answers stand against it: %(questions)s") % {
            "questions": "; ".join(question.label for question in against)
        }
    return None


def names_are_screened(registration: Any) -> str | None:
    """R-06: while headquarters compares a name with the sanctions list, nothing is verified."""
    if registration.screening_is_open():
        return _now(
            "The names are being screened: headquarters compares one with the Security Council’s list. You can go on"
            " when it has decided."
        )
    return None


def is_no_duplicate(registration: Any) -> str | None:
    """R-03: the same name in the same country blocks, until the office has said that it is another organization."""
    if registration.same_named():
        return _now(
            "An organization of this name is already here in this country. If it is yours, ask its people to add you; "
            "if not, ask the country office, which can say that yours is another one."
        )
    return None


def was_verified(registration: Any) -> bool:
    """A first registration cannot be suspended or delisted; a renewal on its way can."""
    return registration.state == RegistrationState.VERIFIED or registration.valid_until is not None


def renewal_is_open(registration: Any) -> str | None:
    """R-05: a verification is renewed near its end, or once it has lapsed."""
    if opens := registration.renewal_opens_later():
        return _now("The renewal opens on %(date)s.") % {"date": date_format(opens)}
    return None


def is_no_renewal(registration: Any) -> str | None:
    """Taking back a renewal would take back what still holds."""
    if registration.valid_until is not None:
        return _now("This is a renewal. If you leave it, the present verification still ends on its own date.")
    return None


def cooperation_is_not_on_hold(registration: Any) -> str | None:
    """R-07: a blocked organization is neither taken in nor verified."""
    return " ".join(registration.organization.blocks()) or None


def flag_is_answered_for(registration: Any) -> str | None:
    """R-04: with a yellow flag it is verified only by a comment on it, given since the flag was raised."""
    raised = registration.flag_not_answered_for()
    if raised is None:
        return None
    return _now(
        "It has had a yellow flag since %(day)s. Say in the comment to the question about flags why it may be "
        "verified all the same."
    ) % {"day": date_format(timezone.localtime(raised), "DATE_FORMAT")}


def certificate_holds(registration: Any) -> str | None:
    """S0-2, R-04: whoever is registered with the authorities shows a certificate that has not expired."""
    return registration.certificate_problem() or None


REGISTRATION = Lifecycle(
    model="organizations.registration",
    title=_("Registration"),
    path=(_R.DRAFT, _R.SUBMITTED, _R.VERIFIED),
    states=(
        State(
            _R.DRAFT,
            _R.DRAFT.label,
            _("The organization is filling in the form. Nobody at UNICEF has been asked to do anything yet."),
            Tone.WAITING,
            waits_for=_("the organization to complete and submit it"),
            editable=_FILLING,
        ),
        State(
            _R.SUBMITTED,
            _R.SUBMITTED.label,
            _("The form is complete and sent. The country office checks it."),
            Tone.UNDERWAY,
            waits_for=_("the country office to check it"),
            editable=_STANDING,
        ),
        State(
            _R.SENT_BACK,
            _R.SENT_BACK.label,
            _("The office asks for something to be added or corrected, and says what."),
            Tone.WAITING,
            waits_for=_("the organization to answer and resubmit"),
            editable=_FILLING,
        ),
        State(
            _R.RESUBMITTED,
            _R.RESUBMITTED.label,
            _("The organization has answered. The office checks again."),
            Tone.UNDERWAY,
            waits_for=_("the country office to check it again"),
            editable=_STANDING,
        ),
        State(
            _R.VERIFIED,
            _R.VERIFIED.label,
            _("The office has checked the organization. It may enter into agreements with this office."),
            Tone.GOOD,
            editable=_STANDING,
        ),
        State(
            _R.RENEWING,
            _R.RENEWING.label,
            _("The organization goes through its form again. The present verification holds until its date."),
            Tone.WAITING,
            waits_for=_("the organization to correct what has changed and resubmit"),
            editable=_FILLING,
        ),
        State(
            _R.SUSPENDED,
            _R.SUSPENDED.label,
            _("The verification does not hold for now, for the reason given. Nothing new can be agreed."),
            Tone.STOPPED,
            waits_for=_("the country office to reinstate or delist it"),
            editable=_STANDING,
        ),
        State(
            _R.DELISTED,
            _R.DELISTED.label,
            _(
                "The verification was ended, for the reason given. A new registration with this office is possible "
                "only after the head of office has lifted the delisting."
            ),
            Tone.STOPPED,
        ),
        State(
            _R.DECLINED,
            _R.DECLINED.label,
            _("The office will not verify the organization, and has said why. A new registration may be started."),
            Tone.STOPPED,
        ),
        State(
            _R.WITHDRAWN,
            _R.WITHDRAWN.label,
            _("The organization took its registration back. A new one may be started."),
            Tone.PAST,
        ),
    ),
    transitions=(
        Transition(
            "submit",
            _("Submit"),
            (_R.DRAFT,),
            _R.SUBMITTED,
            "organizations.submit_registration",
            done=_("Submitted"),
            blockers=(
                is_civil_society,
                cooperation_is_not_on_hold,
                office_suits_the_organization,
                headquarters_has_registered,
                sections_are_complete,
                declaration_is_accepted,
                is_no_duplicate,
            ),
            style="primary",
            help=_("The office is told and starts to check. You cannot change the form until it answers."),
        ),
        Transition(
            "resubmit",
            _("Resubmit"),
            (_R.SENT_BACK, _R.RENEWING),
            _R.RESUBMITTED,
            "organizations.submit_registration",
            done=_("Resubmitted"),
            blockers=(
                cooperation_is_not_on_hold,
                sections_are_complete,
                declaration_is_accepted,
                is_no_duplicate,
            ),
            reason=Reason.OPTIONAL,
            style="primary",
            help=_("Say what you added or corrected, if it helps the office."),
        ),
        Transition(
            "verify",
            _("Verify"),
            WITH_OFFICE,
            _R.VERIFIED,
            "organizations.verify_registration",
            done=_("Verified"),
            blockers=(
                cooperation_is_not_on_hold,
                questions_are_answered,
                answers_allow_verification,
                flag_is_answered_for,
                headquarters_is_verified,
                sections_are_complete,
                certificate_holds,
                names_are_screened,
            ),
            style="primary",
            reason=Reason.OPTIONAL,
            help=_("The organization may then enter into agreements with this office."),
        ),
        Transition(
            "send_back",
            _("Send back"),
            WITH_OFFICE,
            _R.SENT_BACK,
            "organizations.check_registration",
            done=_("Sent back"),
            reason=Reason.REQUIRED,
            help=_("Say exactly what to add or correct."),
        ),
        Transition(
            "decline",
            _("Decline"),
            WITH_OFFICE,
            _R.DECLINED,
            "organizations.check_registration",
            done=_("Declined"),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("The organization reads your reason and may answer it."),
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            (_R.DRAFT, _R.SENT_BACK, *WITH_OFFICE),
            _R.WITHDRAWN,
            "organizations.withdraw_registration",
            done=_("Withdrawn"),
            blockers=(is_no_renewal,),
            reason=Reason.OPTIONAL,
            style="danger",
            help=_("Nothing is deleted. You may start again later."),
        ),
        Transition(
            "renew",
            _("Renew"),
            (_R.VERIFIED,),
            _R.RENEWING,
            "organizations.submit_registration",
            done=_("Renewal started"),
            blockers=(renewal_is_open,),
            style="primary",
            help=_("The form opens again with your answers in it. The present verification holds until its date."),
        ),
        Transition(
            "leave_renewal",
            _("Leave the renewal"),
            (_R.RENEWING,),
            _R.VERIFIED,
            "organizations.submit_registration",
            done=_("Renewal left"),
            help=_("The present verification holds until its date. You can renew later."),
        ),
        Transition(
            "suspend",
            _("Suspend"),
            _ONCE_VERIFIED,
            _R.SUSPENDED,
            "organizations.suspend_registration",
            done=_("Suspended"),
            concerns=was_verified,
            reason=Reason.REQUIRED,
            style="danger",
            help=_("The verification stops holding at once. The organization reads your reason and may reply."),
        ),
        Transition(
            "reinstate",
            _("Reinstate"),
            (_R.SUSPENDED,),
            _R.VERIFIED,
            "organizations.reinstate_registration",
            done=_("Reinstated"),
            blockers=(cooperation_is_not_on_hold,),
            reason=Reason.REQUIRED,
            help=_("The verification holds again, until the date it had."),
        ),
        Transition(
            "delist",
            _("Delist"),
            (*_ONCE_VERIFIED, _R.SUSPENDED),
            _R.DELISTED,
            "organizations.decide_registration",
            done=_("Delisted"),
            concerns=was_verified,
            reason=Reason.REQUIRED,
            style="danger",
            help=_("The verification ends. The organization reads your reason and may reply."),
        ),
        Transition(
            "relist",
            _("Lift the delisting"),
            (_R.DELISTED,),
            _R.VERIFIED,
            "organizations.decide_registration",
            done=_("Delisting lifted"),
            blockers=(cooperation_is_not_on_hold,),
            reason=Reason.REQUIRED,
            help=_("The verification holds again, until the date it had; once that is past, it can be renewed."),
        ),
    ),
)
