"""Files of lists: asked for by a person, written by the worker in pieces, kept for some days.

A file is written beside and put in its place when it is whole, so a worker that is killed leaves nothing half-written.
Its claim runs out, and the next worker begins anew; the old one, should it wake up, finds that it holds nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.http import Http404
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.actions.frame import create, move, performing
from accounts.actions.outbox import notify, send_due_notifications
from accounts.lifecycle import EXPORT, ExportState, others_are_under_way
from accounts.models import Export, User
from portal.kit.access import NotNow
from portal.kit.claims import lock_free
from portal.kit.exports import FORMATS
from portal.kit.paging import bounded_count
from portal.kit.sheet import MOST_ROWS, TooLong
from portal.kit.views import ListPage, open_list

logger = logging.getLogger(__name__)

CLAIM_LASTS = timedelta(minutes=5)
TRIES = 3
COUNTED = 2_000_000
"""How far rows are counted beforehand, for the progress that is shown."""
BREATH = 10.0
"""Seconds after which other people's messages go out between two pieces of a long file."""


# --- What a person does -----------------------------------------------------------------------------------------------


def request_export(*, by: User, path: str, query: str = "", format: str = "csv") -> Export:
    """Ask for the list at ``path?query`` as a file. Raises Http404 or NotAllowed for a list that is not theirs."""
    view = open_list(path, query, by)
    export = Export(
        user=by,
        title=_title(view),
        path=path,
        query=query,
        columns=[str(heading) for heading in view.csv_columns],
        format=format,
        language=translation.get_language() or by.language,
        name=view.csv_name,
    )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # so that nobody asks for many at once
        if reason := others_are_under_way(export):
            raise NotNow([reason])
        return create(export, by=by)


def _title(view: ListPage) -> str:
    filters = ", ".join(label for label, _address in view.pills()).replace("\0", "")  # as typed, and to be stored
    return Truncator(f"{view.title}: {filters}" if filters else str(view.title)).chars(300)


@EXPORT.action("cancel")
def cancel_export(export: Export, *, by: User, expected_version: int | None = None) -> Export:
    """Give the file up. A worker that is at it stops after the piece it writes."""
    return move(export, "cancel", by=by, expected_version=expected_version)


@EXPORT.action("repeat")
def repeat_export(export: Export, *, by: User, expected_version: int | None = None) -> Export:
    """Ask for the same file again."""
    with performing(export, "repeat", by=by, expected_version=expected_version) as again:
        again.rows_done, again.rows_expected, again.problem = 0, None, ""
        again.attempts, again.claimed_until, again.expires_at = 0, None, None
    return again


# --- What the worker does ---------------------------------------------------------------------------------------------


@EXPORT.action("start")
def start_export(export: Export, *, by: None = None) -> Export:
    """Take the file for this worker."""
    with performing(export, "start", by=by) as started:
        started.attempts += 1
        started.claimed_until, started.rows_done = timezone.now() + CLAIM_LASTS, 0
    return started


@EXPORT.action("finish")
def finish_export(
    export: Export, *, by: None = None, file: File[bytes], rows: int, roles: Collection[str] = ()
) -> Export:
    """Put the whole file in its place and tell the person."""
    with performing(export, "finish", by=by) as done:
        if done.attempts != export.attempts:
            raise NotNow([_("Another worker writes it.")])
        done.file.save("", file, save=False)
        done.rows_done = done.rows_expected = rows
        done.roles = sorted(roles)
        done.claimed_until, done.expires_at = None, timezone.now() + timedelta(days=settings.EXPORT_DAYS)
        _tell(done, "export-ready")
    return done


@EXPORT.action("fail")
def fail_export(export: Export, *, by: None = None, reason: str) -> Export:
    """Keep why the file could not be written, and tell the person."""
    with performing(export, "fail", by=by, reason=reason) as failed:
        failed.problem, failed.claimed_until = reason, None
        _tell(failed, "export-failed")
    return failed


@EXPORT.action("expire")
def expire_export(export: Export, *, by: None = None) -> Export:
    """Take the file away."""
    with performing(export, "expire", by=by) as expired:
        storage, name = expired.file.storage, expired.file.name
        expired.file = ""
        if name:
            transaction.on_commit(lambda: storage.delete(name))
    return expired


def _tell(export: Export, template: str) -> None:
    key = f"export:{export.pk}:{export.version}"
    notify([export.user], key, template, {"export": export}, path=export.get_absolute_url())


def expire_exports(now: datetime | None = None) -> int:
    """Take away the files whose time has passed; return how many."""
    passed = list(Export.objects.filter(state=ExportState.DONE, expires_at__lte=now or timezone.now()))
    for export in passed:
        EXPORT.perform(export, "expire", by=None)
    return len(passed)


def run_exports() -> int:
    """Write every file that waits, one after the other; return how many were finished."""
    done = 0
    while export := _claim():
        done += _write(export)
    return done


def _claim() -> Export | None:
    """Take the file that has waited longest and that no other worker holds."""
    while True:
        with transaction.atomic():
            for export in lock_free(Export.objects.due(timezone.now())):
                if export.attempts < TRIES:
                    return EXPORT.perform(export, "start", by=None)
                with translation.override(export.language):
                    reason = _("The worker stopped before it was done, more than once. You can ask for it again.")
                EXPORT.perform(export, "fail", by=None, reason=reason)
                break
            else:
                return None


def _write(export: Export) -> bool:
    with translation.override(export.language):
        try:
            _write_file(export)
        except NotNow:
            logger.info("Export %s was cancelled or given to another worker while it was written", export.pk)
        except (PermissionDenied, Http404):
            _fail(export, _("You may no longer see this list, or it is no longer there."))
        except TooLong as problem:
            _fail(export, str(problem))
        except Exception:
            logger.exception("Export %s failed", export.pk)
            _fail(export, _("Something went wrong that nobody foresaw; the log says more. You can ask for it again."))
        else:
            return True
    return False


def _write_file(export: Export) -> None:
    view, roles = _opened(export)
    rows = view.get_queryset()
    expected = bounded_count(rows, MOST_ROWS if export.format == Export.Format.XLSX else COUNTED)
    if export.format == Export.Format.XLSX and expected >= MOST_ROWS:
        raise TooLong
    _hold(export, rows_expected=expected)
    # By number, whatever the order on the page: the whole file is then one walk along the primary key.
    table = view.table("pk")
    columns = {heading: cell for heading, cell in table.columns.items() if heading in export.columns}
    written = _Progress(export)
    table = replace(table, columns=columns, pieces=written.count(table.pieces))
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        for chunk in FORMATS[export.format].chunks(table):
            file.write(chunk)
        if not _opened(export)[1] >= roles:
            raise PermissionDenied  # whoever lost a role meanwhile gets nothing
        file.seek(0)
        EXPORT.perform(export, "finish", by=None, file=File(file), rows=written.rows, roles=roles)


def _opened(export: Export) -> tuple[ListPage, set[str]]:
    """The list as its person may see it now, and the roles that they hold."""
    person = User.objects.get(pk=export.user_id)
    return open_list(export.path, export.query, person), person.roles_held


class _Progress:
    """Counts rows on their way, says so in the record, and stops when the file is no longer this worker's."""

    def __init__(self, export: Export) -> None:
        self.export, self.rows, self.breath = export, 0, monotonic() + BREATH

    def count(self, pieces: Any) -> Iterator[Sequence[Any]]:
        for piece in pieces:
            yield piece
            self.rows += len(piece)
            _hold(self.export, rows_done=self.rows)
            if monotonic() > self.breath:
                send_due_notifications()
                self.breath = monotonic() + BREATH


def _hold(export: Export, **progress: int) -> None:
    """Renew this worker's claim. Raises NotNow when it holds nothing any more."""
    mine = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts)
    if not mine.update(claimed_until=timezone.now() + CLAIM_LASTS, **progress):
        raise NotNow([])


def _fail(export: Export, reason: str) -> None:
    try:
        EXPORT.perform(export, "fail", by=None, reason=reason)
    except NotNow:  # it came to an end in the meantime
        logger.info("Export %s could not be marked as failed: %s", export.pk, reason)
