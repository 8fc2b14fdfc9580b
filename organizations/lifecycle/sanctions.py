"""When: a name of an organization or of its people that resembles an entry of the sanctions list."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition


class MatchState(TextChoices):
    OPEN = "open", _("To be looked at")
    RECOMMENDED = "recommended", _("To be confirmed")
    CLEARED = "cleared", _("Not a true match")
    CONFIRMED = "confirmed", _("Confirmed match")
    CLOSED = "closed", _("No longer on the list")


_M = MatchState
UNDECIDED = (_M.OPEN, _M.RECOMMENDED)

_DECIDE, _CONFIRM = "organizations.decide_sanctions", "organizations.confirm_sanctions"

SANCTIONS = Lifecycle(
    model="organizations.sanctionsmatch",
    title=_("Sanctions match"),
    path=(),
    states=(
        State(
            _M.OPEN,
            _M.OPEN.label,
            _("A name resembles one on the list. Until a person has decided, the organization cannot be verified."),
            Tone.WAITING,
            waits_for=_("headquarters to compare the two"),
        ),
        State(
            _M.RECOMMENDED,
            _M.RECOMMENDED.label,
            _("Headquarters takes the two for one. An administrator confirms or clears it."),
            Tone.STOPPED,
            waits_for=_("an administrator to confirm or clear it"),
        ),
        State(
            _M.CLEARED,
            _M.CLEARED.label,
            _("A person has compared the two: they are not the same. The pair does not come back."),
            Tone.PAST,
        ),
        State(
            _M.CONFIRMED,
            _M.CONFIRMED.label,
            _("The two are the same. The organization’s registrations are suspended and nothing is signed with it."),
            Tone.STOPPED,
        ),
        State(
            _M.CLOSED,
            _M.CLOSED.label,
            _("The entry was taken off the list before anybody decided."),
            Tone.PAST,
        ),
    ),
    transitions=(
        Transition(
            "clear",
            _("Not a true match"),
            UNDECIDED,
            _M.CLEARED,
            _DECIDE,
            done=_("Found not to be a true match"),
            reason=Reason.REQUIRED,
            style="primary",
            help=_("Say how you know: another date of birth, another country… The pair does not return."),
        ),
        Transition(
            "recommend",
            _("Recommend confirmation"),
            (_M.OPEN,),
            _M.RECOMMENDED,
            _DECIDE,
            done=_("Confirmation recommended"),
            reason=Reason.REQUIRED,
            help=_("Say what makes them the same. An administrator then decides."),
        ),
        Transition(
            "confirm",
            _("Confirm the match"),
            UNDECIDED,
            _M.CONFIRMED,
            _CONFIRM,
            done=_("Match confirmed"),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("All registrations of the organization are suspended at once, at every office."),
        ),
        Transition(
            "withdraw",
            _("Withdraw the confirmation"),
            (_M.CONFIRMED,),
            _M.CLEARED,
            _CONFIRM,
            done=_("Confirmation withdrawn"),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("The registrations stay suspended until a person reinstates them."),
        ),
        Transition(
            "close", _("Close"), UNDECIDED, _M.CLOSED, "", done=_("No longer on the list"), reason=Reason.REQUIRED
        ),
        Transition(
            "reopen",
            _("Open again"),
            (_M.CLEARED, _M.CLOSED),
            _M.OPEN,
            "",
            done=_("Found again"),
            reason=Reason.REQUIRED,
        ),
    ),
)
