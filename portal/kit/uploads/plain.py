"""Pictures and plain text: what must not be hidden in them."""

from __future__ import annotations

import codecs
import re
import zipfile
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CHUNK = 1024 * 1024
OVERLAP = 64

_PAGE = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|iframe|object|embed|svg|img|\?php|\?xml|%@)|\{\\rtf|%!ps|javascript:",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\s*(?:<|#!|@echo)", re.IGNORECASE)
_UTF_7 = re.compile(r"\+AD[wx4]")  # “<”, “=” and “>” for a reader that is told it is UTF-7
_IN_PICTURE = re.compile(rb"<\s*script|<\?php|<!doctype|<html|<svg", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def looks_like_text(head: bytes) -> bool:
    """Whether ``head`` could be read by a person: UTF-16 that says so, or bytes without the signs of programs."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)


def check_text(stream: IO[bytes]) -> None:
    """Refuse text that a browser or a word processor would take for a page or a program."""
    stream.seek(0)
    kept, is_first, decoder = "", True, None
    while chunk := stream.read(CHUNK):
        if decoder is None:
            decoder = codecs.getincrementaldecoder(_encoding(chunk))(errors="replace")
        text = kept + decoder.decode(chunk)
        if (is_first and _BEGINS.match(text)) or _PAGE.search(text) or _UTF_7.search(text) or "\x00" in text:
            raise ValidationError(_("This is a web page or a program, not a plain text. Save it as PDF."))
        kept, is_first = text[-OVERLAP:], False


def _encoding(chunk: bytes) -> str:
    """What the text says of itself; else UTF-8, in which the signs that matter stand as in all older encodings."""
    return next((name for mark, name in _MARKS if chunk.startswith(mark)), "utf-8")


def check_picture(stream: IO[bytes]) -> None:
    """Refuse a picture that is cut off, or that is a page, a program or a packed folder besides."""
    stream.seek(0)
    content = stream.read()
    if not (b"\xff\xd9" in content[-65536:] if content.startswith(b"\xff\xd8") else b"IEND" in content[-65536:]):
        raise ValidationError(_("The picture is cut off or damaged. Take or scan it again."))
    if _IN_PICTURE.search(content) or zipfile.is_zipfile(stream):
        raise ValidationError(_("Something else is hidden in this picture. Take or scan it again."))
