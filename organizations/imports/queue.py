"""Files that a person confirmed, taken in by the worker one after the other.

What the worker writes of a file and the report that the file is done go into one transaction. So a worker that is
killed leaves nothing half-written, and one that was given up for lost cannot write after all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem, Reject, Warnings
from organizations.imports.presence import commit_presence, plan_presence, presence_layouts
from organizations.imports.register import commit_register, plan_register, register_layouts
from organizations.imports.sanctions import commit_sanctions, plan_sanctions, sanctions_layouts
from organizations.lifecycle import IMPORT, ImportState
from organizations.models import ImportBatch
from portal.kit.access import NotNow
from portal.kit.claims import at_work, is_under_way, lock_free

logger = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=15)
REMARKS_KEPT = 100

# How far a file is. The write itself is one transaction, so nobody outside can see how far that has come.
READING, WRITING = 10, 60


class Plan(Protocol):
    """What every importer works out before anything is written."""

    warnings: Warnings
    rejects: list[Reject]
    twins: list[Any]

    def figures(self) -> dict[str, Any]: ...

    def rejects_csv(self) -> str: ...


@dataclass(frozen=True)
class Importer:
    """How files of one kind are read and written."""

    layouts: Callable[[], Mapping[str, Path]]
    plan: Callable[..., Plan]
    commit: Callable[..., Plan]


IMPORTERS: dict[str, Importer] = {
    ImportBatch.Kind.PRESENCE: Importer(presence_layouts, plan_presence, commit_presence),
    ImportBatch.Kind.SANCTIONS: Importer(sanctions_layouts, plan_sanctions, commit_sanctions),
    ImportBatch.Kind.REGISTER: Importer(register_layouts, plan_register, commit_register),
}
"""By kind. An app further up adds its own when it starts."""


def report(plan: Plan, **told: Any) -> dict[str, Any]:
    """The figures of ``plan`` with the first remarks and possible twins; ``told`` is what the reading was told."""
    twins = [f"{twin.first.name} / {twin.second.name}" for twin in plan.twins[:REMARKS_KEPT]]
    return plan.figures() | {"remarks": plan.warnings.lines()[:REMARKS_KEPT], "twins": twins, "told": told}


def read_file(
    kind: str, layout: str, file: Any, *, file_name: str, as_of: str = "", encoding: str = "", shorter: bool = False
) -> Plan:
    """Work out what a file would do. Raises ImportProblem with a sentence for the person."""
    told: dict[str, Any] = {"encoding": encoding or None}
    if as_of:
        told["as_of"] = date.fromisoformat(as_of)
    if shorter:
        told["shorter"] = True
    return IMPORTERS[kind].plan(file, layout, file_name=file_name, **told)


def run_imports(now: datetime | None = None) -> int:
    """Take in every confirmed file, one after the other; return how many were finished."""
    give_up_lost_imports(now or timezone.now())
    done = 0
    while batch := _claim():
        done += _take_in(batch)
    return done


def _claim() -> ImportBatch | None:
    """Take the file that has waited longest and that no other worker holds."""
    waiting = ImportBatch.objects.filter(state=ImportState.QUEUED).order_by("state_since", "pk")
    with transaction.atomic():
        return next((IMPORT.perform(batch, "start", by=None) for batch in lock_free(waiting)), None)


def give_up_lost_imports(now: datetime) -> None:
    """Say of files whose worker has not been heard of for long that they failed. A person may confirm them again."""
    for batch in ImportBatch.objects.filter(state=ImportState.RUNNING, state_since__lt=now - LOST_AFTER):
        if not is_under_way(_named(batch)):
            _fail(
                batch, _("The worker stopped before it was done. Nothing was written. You can import the file again.")
            )


def _named(batch: ImportBatch) -> str:
    return f"import {batch.pk}"


def _take_in(batch: ImportBatch) -> bool:
    with translation.override(batch.created_by.language):
        try:
            with at_work(_named(batch)):
                _write(batch)
        except ImportProblem as problem:
            _fail(batch, str(problem))
        except NotNow:
            logger.warning("Import %s was given up while it ran; nothing was written", batch.pk)
        except Exception:
            logger.exception("Import %s failed", batch.pk)
            _fail(batch, _("Something went wrong that nobody foresaw. Nothing was written; the log says more."))
        else:
            return True
    return False


def _write(batch: ImportBatch) -> None:
    told = batch.figures.get("told", {})
    _is_at(batch, READING)
    with batch.file.open() as file:
        plan = read_file(batch.kind, batch.layout, file, file_name=batch.file_name, **told)
    _is_at(batch, WRITING)
    with transaction.atomic():
        done = IMPORTERS[batch.kind].commit(plan, by=batch.created_by)
        IMPORT.perform(batch, "finish", by=None, figures=report(done, **told), rejects=done.rejects_csv())


def _is_at(batch: ImportBatch, percent: int) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=ImportState.RUNNING).update(progress=percent)


def _fail(batch: ImportBatch, reason: str) -> None:
    try:
        IMPORT.perform(batch, "fail", by=None, reason=reason)
    except NotNow:  # it came to an end in the meantime
        logger.warning("Import %s could not be marked as failed: %s", batch.pk, reason)
