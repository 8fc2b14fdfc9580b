"""From any script to Latin letters, and from spellings to the sounds that transliterations agree on."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "є": "ye",
    "ә": "a", "ө": "o", "ү": "u", "ұ": "u", "һ": "h", "ң": "ng", "қ": "q", "ғ": "gh", "ҳ": "h", "ҷ": "j", "ў": "u",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "s", "ض": "dh", "ط": "t", "ظ": "dh", "ع": "`", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y", "ء": "", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g",
    "ڤ": "v", "ں": "n", "ہ": "h", "ھ": "h", "ے": "y", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ې": "y", "ۍ": "y", "ړ": "r",
}  # fmt: skip
_ARABIC_LETTER = re.compile("[\u0600-\u06ff]")
_TO_LATIN = str.maketrans(_CYRILLIC | _ARABIC)


def is_without_vowels(word: str) -> bool:
    """Whether ``word`` is in a script that leaves short vowels out, so that its vowels say nothing."""
    return bool(_ARABIC_LETTER.search(word))


def romanized(word: str) -> str:
    """Return a folded word in Latin letters.

    >>> romanized("мухаммад")
    'mukhammad'
    """
    latin = word.translate(_TO_LATIN).replace("dzh", "j")
    return latin.replace("`", "a" if latin.startswith("`") else "")


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
