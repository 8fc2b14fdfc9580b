"""From any script to Latin letters, and from spellings to the sounds that transliterations agree on."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from organizations.twins.script import transliterated

_WITHOUT_VOWELS = re.compile("[\u0590-\u06ff]")
# Emphatic letters that some write as d and others as z; "dh" is read as either. Inside a word the ayn is not written.
_EITHER_WAY = str.maketrans({"ض": "dh", "ظ": "dh"})


def is_without_vowels(word: str) -> bool:
    """Whether ``word`` is in a script that leaves short vowels out, so that its vowels say nothing."""
    return bool(_WITHOUT_VOWELS.search(word))


@lru_cache(maxsize=200_000)
def romanized(word: str) -> str:
    """Return a folded word in Latin letters.

    >>> romanized("мухаммад")
    'mukhammad'
    """
    written = (word[:1] + word[1:].replace("ع", "")).translate(_EITHER_WAY)
    return transliterated(written).replace("dzh", "j")


# Spellings of one sound, the longer first. What comes out is a class of sounds, not a letter to be read.
_SOUNDS = (
    ("tch", "X"), ("sch", "X"), ("sh", "X"), ("ch", "X"), ("dj", "J"), ("zh", "J"), ("kh", "H"), ("gh", "K"),
    ("ph", "F"), ("ck", "K"), ("ts", "S"), ("tz", "S"), ("j", "J"), ("q", "K"), ("k", "K"), ("c", "K"), ("x", "KS"),
    ("z", "S"), ("s", "S"), ("t", "T"), ("d", "T"), ("f", "F"), ("p", "B"), ("b", "B"), ("h", "H"),
    ("l", "L"), ("m", "M"), ("n", "N"), ("r", "R"),
)  # fmt: skip
# Letters that stand for one sound in one language and another in the next: each of them is tried.
_EITHER = {"dh": "TS", "th": "TS", "g": "KJH", "v": "F-", "w": "F-"}
_VOWELS = set("aeiouy`")
_MOST_READINGS = 8
_LONGEST_FIRST = re.compile("|".join(["dh", "th", *(spelling for spelling, _sound in _SOUNDS), "[a-z`]"]))
_SOUND_OF = dict(_SOUNDS)


@lru_cache(maxsize=200_000)
def skeletons(word: str) -> frozenset[str]:
    """Return how the consonants of a Latin word may sound, without its vowels; a first vowel counts as one.

    >>> skeletons("muhammad") == skeletons("mohamed")
    True
    """
    parts: list[str] = []
    for position, match in enumerate(_LONGEST_FIRST.finditer(word)):
        letters = match[0]
        if letters in _VOWELS:
            parts.append("A" if position == 0 else ".")
        else:
            parts.append(_EITHER.get(letters) or "=" + _SOUND_OF.get(letters, letters))
    choices = [(part[1:],) if part.startswith("=") else tuple(part) for part in parts]
    readings = set()
    for number, reading in enumerate(product(*choices)):
        if number == _MOST_READINGS:
            break
        readings.add(_squeezed("".join(reading)))
    return frozenset(reading for reading in readings if reading)


def _squeezed(sounds: str) -> str:
    """Without doubled sounds, vowels and a last h, which some write and some do not."""
    sounds = re.sub(r"([^.])\1+", r"\1", sounds.replace("-", "."))
    bare = sounds.replace(".", "")
    return bare[:-1] if bare.endswith("H") and len(bare) > 2 else bare


_ALIKE = (
    ("kh", "h"), ("gh", "g"), ("dj", "j"), ("zh", "j"), ("ph", "f"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("q", "k"), ("c", "k"), ("w", "u"), ("v", "u"), ("y", "i"), ("o", "u"), ("e", "a"), ("`", ""),
)  # fmt: skip


@lru_cache(maxsize=200_000)
def smoothed(word: str) -> str:
    """Return a Latin word with the habits of transliteration taken out, to be compared letter by letter."""
    word = word.replace("sch", "sh").replace("tch", "ch").replace("ch", "sh")
    for spelling, sound in _ALIKE:
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", word.removesuffix("h"))
