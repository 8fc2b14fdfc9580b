"""Words that were nearly meant: a letter too few, too many, another, or two exchanged.

Two words that are one slip apart share a form with one letter left out (or one is such a form of the other). So these
forms are kept, and a slip is found by equality, in the same way on every database.
"""

from __future__ import annotations

from collections.abc import Iterator

SHORTEST = 4  # shorter words are too near to one another
LONGEST = 30


def slips_of(word: str) -> set[str]:
    """``word`` and every form of it with one letter left out; nothing where it is too short to be mistyped safely."""
    if not SHORTEST <= len(word) <= LONGEST or any(map(str.isdigit, word)):
        return set()
    return {word, *_shorter(word)}


def _shorter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
