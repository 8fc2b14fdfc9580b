"""When: a file of a list that the worker writes for a person."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition

MOST_UNDER_WAY = 3


class ExportState(TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Taken away")


_E = ExportState

UNDER_WAY = (_E.QUEUED, _E.RUNNING)


def others_are_under_way(export: Any) -> Any:
    """One person's files are not to keep everybody else's waiting."""
    waiting = type(export).objects.filter(user=export.user_id, state__in=UNDER_WAY).exclude(pk=export.pk)
    if waiting.count() >= MOST_UNDER_WAY:
        return _("Three of your files are waiting or being written. Let one get ready, or cancel it.")
    return None


def another_worker_writes_it(export: Any) -> Any:
    if export.claimed_until and export.claimed_until > timezone.now():
        return _("Another worker writes it.")
    return None


EXPORT = Lifecycle(
    model="accounts.export",
    title=_("File of a list"),
    path=(_E.QUEUED, _E.RUNNING, _E.DONE),
    states=(
        State(
            _E.QUEUED,
            _E.QUEUED.label,
            _("Asked for; the worker takes it next."),
            Tone.UNDERWAY,
            waits_for=_("the worker"),
        ),
        State(
            _E.RUNNING,
            _E.RUNNING.label,
            _("The rows that the person may see are being written."),
            Tone.UNDERWAY,
            waits_for=_("the worker to finish"),
        ),
        State(_E.DONE, _E.DONE.label, _("It can be downloaded until it is taken away."), Tone.GOOD),
        State(
            _E.FAILED,
            _E.FAILED.label,
            _("It could not be written; the reason is given."),
            Tone.STOPPED,
            waits_for=_("the person to ask again"),
        ),
        State(_E.CANCELLED, _E.CANCELLED.label, _("The person no longer wants it. Nothing is kept."), Tone.PAST),
        State(_E.EXPIRED, _E.EXPIRED.label, _("Its time has passed and the file is gone."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "cancel",
            _("Cancel"),
            UNDER_WAY,
            _E.CANCELLED,
            "accounts.cancel_export",
            done=_("Cancelled"),
            style="danger",
            help=_("Nothing of the file is kept."),
        ),
        Transition(
            "repeat",
            _("Write it again"),
            (_E.FAILED, _E.CANCELLED, _E.EXPIRED),
            _E.QUEUED,
            "accounts.repeat_export",
            done=_("Asked for again"),
            blockers=(others_are_under_way,),
            style="primary",
            help=_("With the rows of then, as far as you may see them."),
        ),
        Transition(
            "start",
            _("Start"),
            UNDER_WAY,
            _E.RUNNING,
            "",
            done=_("Started"),
            blockers=(another_worker_writes_it,),
        ),
        Transition("finish", _("Finish"), (_E.RUNNING,), _E.DONE, "", done=_("Ready")),
        Transition("fail", _("Give up"), UNDER_WAY, _E.FAILED, "", done=_("Failed"), reason=Reason.REQUIRED),
        Transition("expire", _("Take away"), (_E.DONE,), _E.EXPIRED, "", done=_("Taken away")),
    ),
)
