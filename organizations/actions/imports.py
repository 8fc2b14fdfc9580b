"""The moves of a file on its way in. What a file means stands in ``organizations.imports``."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile, File

from accounts.actions import create, move, performing
from accounts.models import User
from organizations.lifecycle import IMPORT
from organizations.models import ImportBatch


def upload_import(
    *, by: User, kind: str, layout: str, file: File[bytes], file_name: str, figures: dict[str, Any], rejects: str
) -> ImportBatch:
    """Keep a file that was previewed: its ``figures`` and the CSV text of the rows it would reject."""
    batch = ImportBatch(kind=kind, layout=layout, file_name=file_name, figures=figures, created_by=by)
    batch.file.save("upload.csv", file, save=False)
    batch.rejects.save("rejects.csv", ContentFile(rejects.encode("utf-8-sig")), save=False)
    return create(batch, "organizations.import_data", by=by)


@IMPORT.action("confirm")
def confirm_import(batch: ImportBatch, *, by: User, expected_version: int | None = None) -> ImportBatch:
    """Hand the file to the worker."""
    with performing(batch, "confirm", by=by, expected_version=expected_version) as confirmed:
        confirmed.progress = 0
    return confirmed


@IMPORT.action("discard")
def discard_import(batch: ImportBatch, *, by: User, expected_version: int | None = None) -> ImportBatch:
    """Decide against the file. It stays on record."""
    return move(batch, "discard", by=by, expected_version=expected_version)


@IMPORT.action("start")
def start_import(batch: ImportBatch, *, by: None = None) -> ImportBatch:
    """Take the file; of two workers, one gets NotNow."""
    return move(batch, "start", by=by)


@IMPORT.action("finish")
def finish_import(batch: ImportBatch, *, by: None = None, figures: dict[str, Any], rejects: str) -> ImportBatch:
    """Keep the report of a file that was taken."""
    with performing(batch, "finish", by=by) as done:
        done.figures, done.progress, done.problem = figures, 100, ""
        done.rejects.save("rejects.csv", ContentFile(rejects.encode("utf-8-sig")), save=False)
    return done


@IMPORT.action("fail")
def fail_import(batch: ImportBatch, *, by: None = None, reason: str) -> ImportBatch:
    """Keep why a file could not be taken. Nothing of it was written."""
    with performing(batch, "fail", by=by, reason=reason) as failed:
        failed.problem = reason
    return failed
