"""When: an organization's invitation to a person, and a person's request to join."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition


class InvitationState(TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class JoinRequestState(TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_I = InvitationState
_J = JoinRequestState


def has_not_lapsed(invitation: Any) -> str | None:
    if invitation.has_lapsed:
        return gettext("The invitation has lapsed. Ask the organization to send it again.")
    return None


INVITATION = Lifecycle(
    model="organizations.invitation",
    title=_("Invitation"),
    path=(_I.SENT, _I.ACCEPTED),
    states=(
        State(
            _I.SENT,
            _I.SENT.label,
            _("The person has been written to and has not answered yet."),
            Tone.WAITING,
            waits_for=_("the invited person to accept or decline"),
        ),
        State(_I.ACCEPTED, _I.ACCEPTED.label, _("The person has accepted and acts for the organization."), Tone.GOOD),
        State(_I.DECLINED, _I.DECLINED.label, _("The person does not want this role."), Tone.STOPPED),
        State(_I.WITHDRAWN, _I.WITHDRAWN.label, _("The organization took the invitation back."), Tone.PAST),
        State(_I.EXPIRED, _I.EXPIRED.label, _("Nobody answered in time. It can be sent again."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "accept",
            _("Accept"),
            (_I.SENT,),
            _I.ACCEPTED,
            "organizations.answer_invitation",
            done=_("Accepted"),
            blockers=(has_not_lapsed,),
            style="primary",
            help=_("You will act for the organization in this role. You can leave it again at any time."),
        ),
        Transition(
            "decline",
            _("Decline"),
            (_I.SENT,),
            _I.DECLINED,
            "organizations.answer_invitation",
            done=_("Declined"),
            reason=Reason.OPTIONAL,
            help=_("The organization is told. Say why, if you like."),
        ),
        Transition(
            "resend",
            _("Send again"),
            (_I.SENT, _I.EXPIRED),
            _I.SENT,
            "organizations.manage_invitation",
            done=_("Sent again"),
            help=_("The same person gets the same message, and another 14 days to answer."),
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            (_I.SENT,),
            _I.WITHDRAWN,
            "organizations.manage_invitation",
            done=_("Withdrawn"),
            style="danger",
            help=_("The link in the message then leads nowhere."),
        ),
        Transition("expire", _("Expire"), (_I.SENT,), _I.EXPIRED, "", done=_("Expired")),
    ),
)


JOIN_REQUEST = Lifecycle(
    model="organizations.joinrequest",
    title=_("Request to join"),
    path=(_J.SENT, _J.ACCEPTED),
    states=(
        State(
            _J.SENT,
            _J.SENT.label,
            _("The person has asked. The organization’s administrators have been told."),
            Tone.WAITING,
            waits_for=_("an administrator of the organization to answer"),
        ),
        State(_J.ACCEPTED, _J.ACCEPTED.label, _("The person acts for the organization now."), Tone.GOOD),
        State(_J.DECLINED, _J.DECLINED.label, _("The organization has said no."), Tone.STOPPED),
        State(_J.WITHDRAWN, _J.WITHDRAWN.label, _("The person does not ask any more."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "accept",
            _("Accept"),
            (_J.SENT,),
            _J.ACCEPTED,
            "organizations.answer_join_request",
            done=_("Accepted"),
            style="primary",
            help=_("Accept only somebody you know: the person will act for your organization at once."),
        ),
        Transition(
            "decline",
            _("Decline"),
            (_J.SENT,),
            _J.DECLINED,
            "organizations.answer_join_request",
            done=_("Declined"),
            reason=Reason.OPTIONAL,
            help=_("The person reads your reason, if you give one."),
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            (_J.SENT,),
            _J.WITHDRAWN,
            "organizations.withdraw_join_request",
            done=_("Withdrawn"),
            style="danger",
        ),
    ),
)
