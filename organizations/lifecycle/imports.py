"""When: a file on its way in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition


class ImportState(TextChoices):
    PREVIEWED = "previewed", _("Previewed")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


_I = ImportState

IMPORT = Lifecycle(
    model="organizations.importbatch",
    title=_("Import"),
    path=(_I.PREVIEWED, _I.QUEUED, _I.RUNNING, _I.DONE),
    states=(
        State(
            _I.PREVIEWED,
            _I.PREVIEWED.label,
            _("The file was read and its effect is shown. Nothing has been written."),
            Tone.WAITING,
            waits_for=_("a person to confirm or discard it"),
        ),
        State(
            _I.QUEUED,
            _I.QUEUED.label,
            _("Confirmed; the worker takes it next."),
            Tone.UNDERWAY,
            waits_for=_("the worker"),
        ),
        State(
            _I.RUNNING,
            _I.RUNNING.label,
            _("The rows are being written, all or none."),
            Tone.UNDERWAY,
            waits_for=_("the worker to finish"),
            editable=frozenset({"progress"}),
        ),
        State(_I.DONE, _I.DONE.label, _("Every row was taken or rejected with a reason."), Tone.GOOD),
        State(
            _I.FAILED,
            _I.FAILED.label,
            _("Something went wrong and nothing was written."),
            Tone.STOPPED,
            waits_for=_("a person to try again"),
        ),
        State(_I.DISCARDED, _I.DISCARDED.label, _("A person decided against it. Nothing was written."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "confirm",
            _("Import these rows"),
            (_I.PREVIEWED, _I.FAILED),
            _I.QUEUED,
            "organizations.import_data",
            done=_("Confirmed"),
            style="primary",
            help=_("The worker writes them; you can leave the page meanwhile."),
        ),
        Transition(
            "discard",
            _("Discard"),
            (_I.PREVIEWED, _I.FAILED),
            _I.DISCARDED,
            "organizations.import_data",
            done=_("Discarded"),
            style="danger",
        ),
        Transition("start", _("Start"), (_I.QUEUED,), _I.RUNNING, "", done=_("Started")),
        Transition("finish", _("Finish"), (_I.RUNNING,), _I.DONE, "", done=_("Finished")),
        Transition(
            "fail",
            _("Give up"),
            (_I.QUEUED, _I.RUNNING),
            _I.FAILED,
            "",
            done=_("Failed"),
            reason=Reason.REQUIRED,
        ),
    ),
)
