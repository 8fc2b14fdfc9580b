"""The one door for files from outside: what a file is, its content decides, and what could do harm stays outside.

:func:`check_upload` is asked before a file is kept or read. It never unpacks a whole file and never trusts a name or a
type that the sender claims.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.kit.uploads.kinds import CSV, DOCX, JPEG, ODT, PDF, PNG, TEXT, XLSX, FileKind, recognise
from portal.kit.uploads.names import clean_name

__all__ = ["DOCUMENTS", "TABLES", "Checked", "FileKind", "check_upload"]

DOCUMENTS = (PDF, JPEG, PNG, DOCX, XLSX, ODT)
"""What people bring as papers: scans, letters, accounts."""

TABLES = (CSV, TEXT)
"""What programs read row by row."""

CHUNK = 256 * 1024


class Checked(NamedTuple):
    """What is known of a file that may come in."""

    kind: FileKind
    name: str
    size: int
    sha256: str


def check_upload(file: Any, allowed: Collection[FileKind], max_bytes: int | None = None) -> Checked:
    """Return what ``file`` is, or raise ValidationError with one plain sentence why it cannot come in.

    ``allowed`` are the kinds that this door takes; ``max_bytes`` is ``UPLOAD_MAX_BYTES`` unless told otherwise. The
    file is read from its start and left there.
    """
    limit = settings.UPLOAD_MAX_BYTES if max_bytes is None else max_bytes
    name = clean_name(file.name or "")
    if file.size > limit:
        raise ValidationError(
            _("The file is larger than %(limit)s. Scan it with fewer dots per inch, or split it.")
            % {"limit": filesizeformat(limit)}
        )
    if not file.size:
        raise ValidationError(_("The file is empty. Open it on your device to see what is in it."))
    stream: IO[bytes] = file.file if hasattr(file, "file") else file
    try:
        stream.seek(0)
        kind = recognise(stream, name)
        if kind not in allowed:
            raise ValidationError(_not_taken(allowed))
        if not name.lower().endswith(kind.endings):
            raise ValidationError(
                _("By its content this is %(kind)s, but its name says otherwise. Let it end in “%(ending)s”.")
                % {"kind": kind.label, "ending": kind.endings[0]}
            )
        if kind.check is not None:
            kind.check(stream)
        return Checked(kind, name, file.size, _sha256(stream))
    finally:
        stream.seek(0)


def _not_taken(allowed: Collection[FileKind]) -> str:
    kinds = ", ".join(dict.fromkeys(str(kind.label) for kind in allowed))
    return _("This kind of file is not taken here. Choose one of these: %(kinds)s.") % {"kinds": kinds}


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
