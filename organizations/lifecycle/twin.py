"""When: two records that may be one organization."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Input, Lifecycle, Reason, State, Tone, Transition


class TwinState(TextChoices):
    OPEN = "open", _("To be looked at")
    DISMISSED = "dismissed", _("Not the same")
    MERGED = "merged", _("Merged")


TWIN = Lifecycle(
    model="organizations.possibletwin",
    title=_("Possible twin"),
    path=(TwinState.OPEN, TwinState.DISMISSED),
    states=(
        State(
            TwinState.OPEN,
            TwinState.OPEN.label,
            _("Two records look alike. A person has to say whether they are one organization."),
            Tone.WAITING,
            waits_for=_("a person to compare the two"),
        ),
        State(
            TwinState.DISMISSED,
            TwinState.DISMISSED.label,
            _("A person has looked: these are two organizations. The pair is not shown again."),
            Tone.PAST,
        ),
        State(
            TwinState.MERGED,
            TwinState.MERGED.label,
            _("A person has looked: these were one organization, and are one record now."),
            Tone.GOOD,
        ),
    ),
    transitions=(
        Transition(
            "merge",
            _("They are one: merge them"),
            (TwinState.OPEN, TwinState.DISMISSED),
            TwinState.MERGED,
            "organizations.merge_organizations",
            done=_("Found to be one organization"),
            reason=Reason.REQUIRED,
            inputs=(Input("kept", _("Number of the record that stays")),),
            style="primary",
            help=_("You choose which record stays, and whose facts. It can be undone."),
        ),
        Transition(
            "dismiss",
            _("They are two organizations"),
            (TwinState.OPEN,),
            TwinState.DISMISSED,
            "organizations.decide_twin",
            done=_("Found to be two organizations"),
            reason=Reason.REQUIRED,
            help=_("Say how you know. The pair will not come back."),
        ),
        Transition(
            "reopen",
            _("Look at it again"),
            (TwinState.MERGED,),
            TwinState.OPEN,
            "",
            done=_("To be looked at again: the merge was undone"),
        ),
    ),
)
