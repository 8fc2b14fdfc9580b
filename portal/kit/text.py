"""Folding of text, so that people find a name however it is written."""

import re
import unicodedata

# Letters that decomposition leaves alone although readers take them for one another.
_LETTERS = str.maketrans(
    {
        "ё": "е", "Ё": "е", "й": "и", "ґ": "г",
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "ی": "ي", "ک": "ك", "ـ": None,
        "'": None, "’": None, "‘": None, "ʻ": None, "ʼ": None, "`": None, "´": None,
        "&": " and ",
    }
)  # fmt: skip
_ELISION = re.compile(r"\b(l|d|c|j|m|n|s|t|qu)['’](?=\w)")  # l'enfant is two words, women's is one
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return ``text`` as it is compared and searched: no case, no accents, one form of each letter, words by one space.

    >>> fold("Médecins-Sans  Frontières (MSF)")
    'medecins sans frontieres msf'
    """
    lowered = _ELISION.sub(r"\1 ", text.casefold()).translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", lowered)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)
    return _NOT_WORD.sub(" ", bare).strip()
