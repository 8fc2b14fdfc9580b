"""Pages for paper: a Typst template and data in, a tagged PDF (PDF/UA-1) out, in any script that the fonts here draw.

Data goes in as JSON, so nothing that a person typed is read as markup, and templates are read from one folder alone.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"
UNKNOWN = "\ufffd"


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """Return ``template`` filled with ``data`` as a PDF.

    ``data`` is what JSON can hold, and the template reads it as ``json(bytes(sys.inputs.data))``. It must give the
    document a title and a language. A letter that no font here has is printed as ``UNKNOWN``.
    """
    told = json.dumps(_printable(data), ensure_ascii=False)
    compiled: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": told},
        pdf_standards="ua-1",
    )
    return compiled


def _printable(value: Any) -> Any:
    """``value`` with only such letters in its texts as can be printed."""
    if isinstance(value, str):
        return "".join(letter if letter == "\n" or _is_drawn(ord(letter)) else UNKNOWN for letter in value)
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value


def _is_drawn(letter: int) -> bool:
    firsts, lasts = _coverage()
    place = bisect_right(firsts, letter) - 1
    return place >= 0 and letter <= lasts[place]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """The ranges of letters that the fonts draw: their first and their last ones."""
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    ranges = [line.partition("-") for line in lines]
    return [int(first, 16) for first, _dash, _last in ranges], [int(last or first, 16) for first, _dash, last in ranges]
