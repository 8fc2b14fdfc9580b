"""When: two records that were merged into one."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition


class MergeState(TextChoices):
    DONE = "done", _("Merged")
    UNDONE = "undone", _("Undone")
    FINAL = "final", _("Final")


def is_still_in_time(merge: Any) -> str | None:
    """A merge can be undone for a month (``MERGE_UNDO_DAYS``)."""
    return merge.too_late()


def nothing_has_changed_since(merge: Any) -> str | None:
    """Undoing restores both records exactly, or not at all."""
    return " ".join(merge.changed_since()) or None


MERGE = Lifecycle(
    model="organizations.merge",
    title=_("Merge"),
    path=(MergeState.DONE, MergeState.FINAL),
    states=(
        State(
            MergeState.DONE,
            MergeState.DONE.label,
            _("Two records are one. Everything of the one that gave way belongs to the other; it can be undone."),
            Tone.GOOD,
        ),
        State(
            MergeState.UNDONE,
            MergeState.UNDONE.label,
            _("The merge was taken back: both records stand as they did before."),
            Tone.PAST,
        ),
        State(
            MergeState.FINAL,
            MergeState.FINAL.label,
            _("The time to undo it is over. The old address of the record that gave way still leads to the other."),
            Tone.PAST,
        ),
    ),
    transitions=(
        Transition(
            "undo",
            _("Undo the merge"),
            (MergeState.DONE,),
            MergeState.UNDONE,
            "organizations.merge_organizations",
            done=_("Undone"),
            blockers=(is_still_in_time, nothing_has_changed_since),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("Both records are restored as they were. What was added since stays with the record that stayed."),
        ),
        Transition("close", _("Close"), (MergeState.DONE,), MergeState.FINAL, "", done=_("Became final")),
    ),
)
