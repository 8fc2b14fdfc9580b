"""PDF: refuses what acts when it is opened, also where it is written in another way or packed."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_UNPACKED = 64 * 1024 * 1024  # of all packed lists of objects together

MOST_STREAMS = 50_000
PIECE = 64 * 1024
PEEK = 512

_STREAM = re.compile(rb"stream\r?\n")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTS = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Movie|Rendition)(?![A-Za-z0-9])|/XFA\s*[\[0-9]")
_LOCKED = re.compile(rb"/Encrypt\s*(?:<<|[0-9])")
_OTHER_PACKING = re.compile(
    rb"/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|AHx|A85|LZW|RL)(?![A-Za-z0-9])"
)
_NUMBERS = re.compile(rb"\s*(?:%[^\r\n]*\s*)*\d+\s+\d+\s")
_PAGE = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?php)", re.IGNORECASE)


def check_pdf(stream: IO[bytes]) -> None:
    """Refuse scripts, programs, files inside, forms that run, protection, and a second file glued to the PDF."""
    stream.seek(0)
    content = stream.read()
    end = content.rfind(b"%%EOF")
    if not re.match(rb"%PDF-[12]\.\d", content) or end < max(0, len(content) - 2048):
        raise ValidationError(_("The PDF is cut off or damaged. Save or scan it again."))
    if _PAGE.search(content[:1024]) or _PAGE.search(content[end:]) or zipfile.is_zipfile(stream):
        raise ValidationError(_("Two files are glued together in this one. Print it to a new PDF."))
    read = _as_read(content)
    if _LOCKED.search(read):
        raise ValidationError(_("The PDF is protected, so nobody can look into it. Print it to a new PDF."))
    if _ACTS.search(read) or any(_ACTS.search(_as_read(text)) for text in _packed(content)):
        raise ValidationError(
            _("The PDF holds a script, a form that runs or a file of its own. Print it to a new PDF and bring that.")
        )


def _as_read(text: bytes) -> bytes:
    """Names as a reader takes them: ``/J#61vaScript`` is ``/JavaScript``."""
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), text)


def _packed(content: bytes) -> Iterator[bytes]:
    """Yield what the packed lists of objects hold; they are known by their word or by how they begin."""
    left = MOST_UNPACKED
    for number, found in enumerate(_STREAM.finditer(content)):
        start = found.start()
        before = _as_read(content[max(content.rfind(b"obj", max(0, start - 4096), start), start - 4096, 0) : start])
        is_list = b"/ObjStm" in before
        if number > MOST_STREAMS or (is_list and _OTHER_PACKING.search(before)):
            raise ValidationError(_("The PDF is packed in a way that nobody can look into. Print it to a new PDF."))
        if is_list or _NUMBERS.match(_unpacked(content, found.end(), PEEK)):
            text = _unpacked(content, found.end(), left)
            left -= len(text)
            if left <= 0:
                raise ValidationError(_("The PDF would unpack to far more than a document holds."))
            yield text


def _unpacked(content: bytes, start: int, most: int) -> bytes:
    """Return at most ``most`` bytes of what is packed from ``start`` on; nothing where nothing is."""
    unpacker, found = zlib.decompressobj(), bytearray()
    piece = min(PIECE, 4 * most)
    for at in range(start, len(content), piece):
        try:
            found += unpacker.decompress(content[at : at + piece], most - len(found))
        except zlib.error:
            break
        if unpacker.eof or len(found) >= most:
            break
    return bytes(found)
