"""When: what UNICEF people have observed about an organization, from a note to a red flag (R-07, domain §3)."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Input, Lifecycle, Reason, State, Tone, Transition


class ObservationState(TextChoices):
    NOTE = "note", _("Note")
    YELLOW = "yellow", _("Yellow flag")
    ESCALATED = "escalated", _("Yellow flag, escalated")
    RED = "red", _("Red flag")
    LIFTED = "lifted", _("Lifted")
    INVALIDATED = "invalidated", _("Invalidated")


_O = ObservationState
FLAGS = (_O.YELLOW, _O.ESCALATED, _O.RED)
"""The states in which it stands against the organization; R-04 asks about the first two, R-07 about the last."""

# The category and the nature decide who reads it, so they are closed once it is a flag.
_WORDS = frozenset({"text", "for_partner", "observed_on", "document"})


def is_a_concern(observation: Any) -> bool:
    """Something good is no reason for a flag."""
    return bool(observation.is_concern)


def is_about_safeguarding(observation: Any) -> bool:
    """The organization reads every other flag without being let to."""
    return bool(observation.is_safeguarding)


def the_organization_is_told(observation: Any) -> str | None:
    """S0-21: nobody is flagged without being told what for; safeguarding waits until headquarters releases it."""
    if observation.for_partner or observation.is_safeguarding:
        return None
    return gettext("Write first what the organization will read: what happened, in plain words about its conduct.")


def is_not_released(observation: Any) -> str | None:
    return gettext("The organization reads it already.") if observation.concerns_the_organization else None


def there_are_words_to_release(observation: Any) -> str | None:
    if observation.for_partner:
        return None
    return gettext("There is nothing yet that the organization could read. The author writes it first.")


def has_not_replied(observation: Any) -> str | None:
    """One reply to each decision, so that a flag is answered and not quarrelled over."""
    if observation.has_reply:
        return gettext("The organization has replied. It can reply again when UNICEF has decided anew.")
    return None


OBSERVATION = Lifecycle(
    model="organizations.observation",
    title=_("Observation"),
    path=(),
    states=(
        State(
            _O.NOTE,
            _O.NOTE.label,
            _("Something good or bad, for colleagues to know. It stands in the way of nothing."),
            Tone.PAST,
            editable=_WORDS | {"category", "nature"},
        ),
        State(
            _O.YELLOW,
            _O.YELLOW.label,
            _("A risk that every office weighs. It can still be verified, with a comment that says why."),
            Tone.WAITING,
            editable=_WORDS,
        ),
        State(
            _O.ESCALATED,
            _O.ESCALATED.label,
            _("The office asks headquarters to decide. Meanwhile it counts as a yellow flag."),
            Tone.UNDERWAY,
            waits_for=_("headquarters to decide"),
        ),
        State(
            _O.RED,
            _O.RED.label,
            _("Headquarters has put the cooperation on hold, in every country: nothing is verified or signed."),
            Tone.STOPPED,
        ),
        State(
            _O.LIFTED,
            _O.LIFTED.label,
            _("The matter is settled. It stays on record and no longer counts."),
            Tone.PAST,
        ),
        State(
            _O.INVALIDATED,
            _O.INVALIDATED.label,
            _("Its author has taken it back and said why. It stays on record and never counts."),
            Tone.PAST,
        ),
    ),
    transitions=(
        Transition(
            "flag",
            _("Raise a yellow flag"),
            (_O.NOTE,),
            _O.YELLOW,
            "organizations.flag_observation",
            done=_("Yellow flag raised"),
            concerns=is_a_concern,
            blockers=(the_organization_is_told,),
            help=_("Every office sees it. The organization is told, except about safeguarding, and may reply."),
        ),
        Transition(
            "escalate",
            _("Escalate to headquarters"),
            (_O.YELLOW,),
            _O.ESCALATED,
            "organizations.flag_observation",
            done=_("Escalated to headquarters"),
            reason=Reason.REQUIRED,
            help=_("Headquarters decides between a red flag and leaving it yellow. The text is closed from here on."),
        ),
        Transition(
            "mark_red",
            _("Set a red flag"),
            (_O.ESCALATED,),
            _O.RED,
            "organizations.decide_flag",
            done=_("Red flag set"),
            blockers=(the_organization_is_told,),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("From now on no office can verify the organization or sign, activate, suspend or end an agreement."),
        ),
        Transition(
            "defer",
            _("Leave it yellow"),
            (_O.ESCALATED,),
            _O.YELLOW,
            "organizations.decide_flag",
            done=_("Left yellow by headquarters"),
            reason=Reason.REQUIRED,
        ),
        Transition(
            "release",
            _("Show it to the organization"),
            FLAGS,
            None,
            "organizations.decide_flag",
            done=_("Shown to the organization"),
            concerns=is_about_safeguarding,
            blockers=(is_not_released, there_are_words_to_release),
            reason=Reason.REQUIRED,
            help=_("Make sure that nobody who spoke up can be recognised by it. This cannot be undone."),
        ),
        Transition(
            "lift",
            _("Lift the flag"),
            (_O.YELLOW, _O.RED),
            _O.LIFTED,
            "organizations.decide_flag",
            done=_("Flag lifted"),
            reason=Reason.REQUIRED,
            help=_("The matter is settled. The flag stays on record."),
        ),
        Transition(
            "invalidate",
            _("Take it back"),
            (_O.NOTE, _O.YELLOW),
            _O.INVALIDATED,
            "organizations.change_observation",
            done=_("Taken back by its author"),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("When it was wrong. It stays on record with your reason."),
        ),
        Transition(
            "reply",
            _("Reply"),
            FLAGS,
            None,
            "organizations.reply_observation",
            done=_("The organization replied"),
            blockers=(has_not_replied,),
            inputs=(
                Input("reply", _("Your reply"), "long", hint=_("What happened, and what you have done about it.")),
            ),
            style="primary",
            help=_("Your reply stays on record beside the flag. You can reply once to each decision."),
        ),
    ),
)
