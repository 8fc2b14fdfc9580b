"""The kinds of files that the portal knows, told apart by what is in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.kit.uploads.archive import check_office, check_open_document, office_part
from portal.kit.uploads.pdf import check_pdf
from portal.kit.uploads.plain import check_picture, check_text, looks_like_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class FileKind(NamedTuple):
    """One kind: what people call it, its type for browsers, the endings of its names, and what to look for in it."""

    label: str | _StrPromise
    media_type: str
    endings: tuple[str, ...]
    check: Callable[[IO[bytes]], None] | None = None


_OFFICE = "application/vnd.openxmlformats-officedocument"

PDF = FileKind("PDF", "application/pdf", (".pdf",), check_pdf)
JPEG = FileKind("JPEG", "image/jpeg", (".jpg", ".jpeg"), check_picture)
PNG = FileKind("PNG", "image/png", (".png",), check_picture)
DOCX = FileKind("Word (DOCX)", f"{_OFFICE}.wordprocessingml.document", (".docx",), check_office)
XLSX = FileKind("Excel (XLSX)", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), check_office)
ODT = FileKind("OpenDocument (ODT)", "application/vnd.oasis.opendocument.text", (".odt",), check_open_document)
TEXT = FileKind(gettext_lazy("plain text"), "text/plain", (".txt", ".csv"), check_text)
CSV = FileKind("CSV", "text/csv", (".csv", ".txt", ".tsv"), check_text)

_BEGINNINGS: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
)
_MIMETYPE = b"mimetypeapplication/vnd.oasis.opendocument."

HEAD = 4096


def recognise(stream: IO[bytes], name: str) -> FileKind:
    """Return the kind of what ``stream`` holds; ValidationError where it is none that the portal knows."""
    head = stream.read(HEAD)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise ValidationError(
            _("The file is protected by a password or of an old Office kind. Save it as PDF or as a new document.")
        )
    if head.startswith(b"PK\x03\x04"):
        return _in_archive(stream, head)
    if b"%PDF-" in head[:1024]:
        raise ValidationError(_("Something stands in front of the PDF in this file. Print it to a new PDF."))
    if looks_like_text(head):
        return CSV if name.lower().endswith((".csv", ".tsv")) else TEXT
    raise ValidationError(_("The portal does not know this kind of file. Save it as PDF and bring that."))


def _in_archive(stream: IO[bytes], head: bytes) -> FileKind:
    if _MIMETYPE + b"text" in head[30:120]:
        return ODT
    match office_part(stream):
        case "word":
            return DOCX
        case "xl":
            return XLSX
    raise ValidationError(_("This is a packed folder, not one document. Unpack it and bring each document by itself."))
