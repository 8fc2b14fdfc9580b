"""When: an organization's registration with one office."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle.desk import (
    has_not_been_reminded_lately,
    is_filled_in_by_the_office,
    is_filled_in_by_the_organization,
    nobody_is_asked_to_take_over,
)
from organizations.lifecycle.family import (
    headquarters_has_registered,
    headquarters_is_verified,
    office_suits_the_organization,
)
from organizations.lifecycle.registration_blockers import (
    answers_allow_verification,
    certificate_holds,
    cooperation_is_not_on_hold,
    declaration_is_accepted,
    flag_is_answered_for,
    has_not_replied,
    is_civil_society,
    is_no_duplicate,
    is_no_renewal,
    names_are_screened,
    questions_are_answered,
    renewal_is_open,
    reply_is_in_time,
    reply_waits,
    requests_are_answered,
    requests_are_settled,
    sections_are_complete,
    was_verified,
)
from portal.kit.lifecycle import Input, Lifecycle, Reason, State, Tone, Transition


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
ANSWERABLE = (_R.SUSPENDED, _R.DELISTED, _R.DECLINED)
"""Decisions to which the organization may reply in writing."""
_ONCE_VERIFIED = (_R.VERIFIED, _R.RENEWING, _R.SENT_BACK, _R.RESUBMITTED)

# What is open to the organization: the core of the form, the sections that a call asks for, the declaration.
CORE, EXTRAS = "core", "extras"
_OURS = frozenset({"assigned_to", "on_behalf"})  # what the office settles, whoever has the form
_FILLING = frozenset({CORE, EXTRAS, "declaration"}) | _OURS
_STANDING = _FILLING - {CORE}

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
            _("The organization goes through its form again. A verification that has not lapsed holds until its date."),
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
            editable=_OURS,
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
                requests_are_answered,
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
                requests_are_settled,
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
            reason=Reason.OPTIONAL,
            help=_("Say for each section exactly what to add or correct."),
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
            help=_("The organization reads your reason and may reply."),
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
            help=_(
                "The form opens again with your answers in it. A verification that has not lapsed holds until its date."
            ),
        ),
        Transition(
            "leave_renewal",
            _("Leave the renewal"),
            (_R.RENEWING,),
            _R.VERIFIED,
            "organizations.submit_registration",
            done=_("Renewal left"),
            help=_("A verification that has not lapsed holds until its date. You can renew later."),
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
        Transition(
            "reopen",
            _("Check it again"),
            (_R.DECLINED,),
            _R.RESUBMITTED,
            "organizations.decide_registration",
            done=_("Opened again"),
            reason=Reason.REQUIRED,
            help=_("The refusal is taken back; the office checks the registration again."),
        ),
        Transition(
            "reply",
            _("Reply to the decision"),
            ANSWERABLE,
            None,
            "organizations.reply_registration",
            done=_("Replied"),
            blockers=(has_not_replied, reply_is_in_time),
            reason=Reason.REQUIRED,
            reason_label=_("Your reply"),
            help=_("Say in writing why you see it otherwise. The head of office must answer you."),
        ),
        Transition(
            "uphold",
            _("Answer the reply: the decision stays"),
            ANSWERABLE,
            None,
            "organizations.decide_registration",
            done=_("Decision upheld"),
            blockers=(reply_waits,),
            reason=Reason.REQUIRED,
            help=_("Answer what the organization says. To reverse the decision instead, take the other step."),
        ),
        Transition(
            "hand_over",
            _("Hand over to the organization"),
            (_R.DRAFT, _R.SENT_BACK, _R.RENEWING, *WITH_OFFICE, _R.VERIFIED, _R.SUSPENDED),
            None,
            "organizations.hand_over_registration",
            done=_("Asked to take it over"),
            concerns=is_filled_in_by_the_office,
            blockers=(nobody_is_asked_to_take_over,),
            inputs=(
                Input("person", _("Name of the person")),
                Input(
                    "email",
                    _("E-mail address"),
                    kind="email",
                    hint=_("An invitation goes there. Who accepts it administers the organization from then on."),
                ),
            ),
            help=_("Somebody of the organization takes over from you. Until then you go on filling it in."),
        ),
        Transition(
            "remind",
            _("Send a reminder"),
            WITH_PARTNER,
            None,
            "organizations.check_registration",
            done=_("Reminded"),
            concerns=is_filled_in_by_the_organization,
            blockers=(has_not_been_reminded_lately,),
            reason=Reason.OPTIONAL,
            help=_("The organization’s administrators and editors get a message, with your words if you write any."),
        ),
    ),
)

LAPSED = State(
    "lapsed",
    _("Lapsed"),
    _("The verification has reached its date. Nothing new can be agreed until it is renewed."),
    Tone.STOPPED,
    waits_for=_("the organization to renew it"),
)
"""What time has made of “verified” (R-05). No state of the table: nobody moves it there."""
