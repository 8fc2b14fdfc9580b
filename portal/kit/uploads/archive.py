"""Documents that are packed folders: Word, Excel, OpenDocument.

The table of contents is read, and of the parts only what decides. Nothing is unpacked further than a limit.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_PARTS = 3000
MOST_BYTES = 150 * 1024 * 1024
MOST_RATIO = 200
SMALL = 1024 * 1024  # a few hundred kilobytes of blank cells pack well and harm nobody
READ = 2 * 1024 * 1024
DEEPEST = 1  # a chart in a text brings its own table, and that one brings no further

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = {
    "word": b"wordprocessingml.document.main+xml",
    "xl": b"spreadsheetml.sheet.main+xml",
}
_MACROS = re.compile(
    r"vbaproject|vbadata|(^|/)macrosheets/|(^|/)activex/|(^|/)customui/|^basic/|^scripts/|\.(xlsm|docm|pptm|dotm|xlsb|xlam)$"
)
_PROGRAMS = re.compile(
    r"oleobject\d*\.bin$|\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|html?|xhtml|jar|msi|lnk|php|py|sh|swf)$"
)
_ARCHIVES = re.compile(r"\.(zip|rar|7z|gz|tgz|bz2|xz|tar|cab|iso|docx|xlsx|pptx|odt|ods|odp)$")
_OFFICE = re.compile(r"\.(docx|xlsx|pptx)$")
_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
# What may stand before the first element, and so before a document type that hides behind a long remark.
_REMARKS = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ELEMENT = re.compile(rb"<[^!?\s]")
HEAD = 4096
# What opens by itself when the document is opened, fetched from somewhere else.
_FETCHED = re.compile(
    rb"<Relationship\b(?=[^>]*/(?:attachedTemplate|oleObject|frame|subDocument)\")"
    rb"(?=[^>]*Target=\"(?:https?:|ftps?:|smb:|mhtml:|file:////|\\\\))",
    re.IGNORECASE,
)


def office_part(stream: IO[bytes]) -> str:
    """Return "word" or "xl" where ``stream`` is a packed Office document of that kind, else ""."""
    with _opened(stream) as packed:
        names = set(packed.namelist())
        if _CONTENT_TYPES not in names:
            return ""
        types = _read(packed, packed.getinfo(_CONTENT_TYPES))
    if re.search(rb"macroEnabled|vbaProject", types, re.IGNORECASE):
        raise ValidationError(_macros())
    for part, main in _MAIN.items():
        if main in types and any(name.startswith(f"{part}/") for name in names):
            return part
    return ""


def check_office(stream: IO[bytes], depth: int = 0) -> None:
    """Refuse macros, programs, bombs, folders in folders, and what is fetched on opening."""
    with _opened(stream) as packed:
        for part in packed.infolist():
            name = part.filename.lower()
            if _MACROS.search(name):
                raise ValidationError(_macros())
            if _PROGRAMS.search(name):
                raise ValidationError(_("Another file is hidden in the document. Save it as PDF and bring that."))
            if _ARCHIVES.search(name):
                _check_inner(packed, part, depth)
            elif name.endswith((".xml", ".rels")):
                _check_xml(packed, part)


def check_open_document(stream: IO[bytes]) -> None:
    """The same for OpenDocument, whose parts may be protected one by one."""
    check_office(stream)
    with _opened(stream) as packed:
        if "META-INF/manifest.xml" in packed.NameToInfo and b"encryption-data" in _read(
            packed, packed.getinfo("META-INF/manifest.xml")
        ):
            raise ValidationError(_locked())


def _check_inner(packed: zipfile.ZipFile, part: zipfile.ZipInfo, depth: int) -> None:
    if depth >= DEEPEST or not _OFFICE.search(part.filename.lower()):
        raise ValidationError(_("A packed folder is hidden in the document. Save it as PDF and bring that."))
    check_office(BytesIO(_read(packed, part, MOST_BYTES)), depth + 1)


def _check_xml(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    is_list = part.filename.endswith(".rels")
    beginning = _read(packed, part, READ if is_list else HEAD)
    letters = beginning.replace(b"\x00", b"")
    hides_its_start = len(beginning) >= HEAD and not _ELEMENT.search(_REMARKS.sub(b"", letters))
    if hides_its_start or _ENTITIES.search(letters):
        raise ValidationError(_damaged())
    if is_list and _FETCHED.search(beginning):
        raise ValidationError(
            _("The document fetches something from elsewhere when it is opened. Save it as PDF and bring that.")
        )


def _opened(stream: IO[bytes]) -> zipfile.ZipFile:
    """Open the folder once its table of contents is seen to be harmless."""
    stream.seek(0, 2)
    size = stream.tell()
    try:
        packed = zipfile.ZipFile(stream)
        parts = packed.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ValidationError(_damaged()) from error
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_BYTES
        or any(part.file_size > max(SMALL, MOST_RATIO * part.compress_size) for part in parts)
    ):
        raise ValidationError(_("The file would unpack to far more than a document holds. Save it as PDF."))
    if any(part.flag_bits & 1 for part in parts):
        raise ValidationError(_locked())
    # Parts that lie on top of each other or share a name are one thing to one reader and another to the next.
    if sum(part.compress_size for part in parts) > size or len({part.filename for part in parts}) < len(parts):
        raise ValidationError(_damaged())
    if any(part.filename.startswith("/") or ".." in part.filename.split("/") for part in parts):
        raise ValidationError(_damaged())
    return packed


def _read(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int = READ) -> bytes:
    try:
        with packed.open(part) as content:
            return content.read(most)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError, RuntimeError) as error:
        raise ValidationError(_damaged()) from error


def _macros() -> str:
    return _("The document holds macros, which are programs. Save it without macros, or as PDF.")


def _locked() -> str:
    return _("The file is protected by a password. Save it without one.")


def _damaged() -> str:
    return _("The document is damaged. Save it anew, or as PDF, and bring that.")
