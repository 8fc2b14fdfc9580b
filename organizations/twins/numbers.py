"""Whether two registration numbers are one, however the register is called and the number spaced."""

from __future__ import annotations

from rapidfuzz import fuzz

from portal.kit.text import fold

SHORTEST = 5  # shorter numbers are many registers' own
REGISTERS_ALIKE = 80


def plain(value: str) -> str:
    """A number without spaces, points, dashes and leading zeros."""
    return fold(value).replace(" ", "").lstrip("0")


def same_number(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """True for one number of one register, and for a long number under two spellings of a register.

    >>> same_number(("UZ-MOJ", "0012-345"), ("uz moj", "12345"))
    True
    """
    if not plain(one[1]) or plain(one[1]) != plain(other[1]):
        return False
    mine, theirs = plain(one[0]), plain(other[0])
    if mine == theirs:
        return True
    return len(plain(one[1])) >= SHORTEST and (
        fuzz.ratio(mine, theirs) >= REGISTERS_ALIKE or mine.endswith(theirs) or theirs.endswith(mine)
    )
