"""Folding of text, so that people find a name however it is written."""

import re
import unicodedata
from collections import Counter

from django.utils.translation import gettext_lazy as _

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


SCRIPTS = {
    "Latn": _("Latin"),
    "Arab": _("Arabic"),
    "Cyrl": _("Cyrillic"),
    "Hani": _("Chinese"),
    "Deva": _("Devanagari"),
    "Ethi": _("Ethiopic"),
    "Armn": _("Armenian"),
    "Beng": _("Bengali"),
    "Geor": _("Georgian"),
    "Grek": _("Greek"),
    "Hebr": _("Hebrew"),
    "Jpan": _("Japanese"),
    "Khmr": _("Khmer"),
    "Kore": _("Korean"),
    "Laoo": _("Lao"),
    "Mong": _("Mongolian"),
    "Mymr": _("Myanmar"),
    "Sinh": _("Sinhala"),
    "Taml": _("Tamil"),
    "Tfng": _("Tifinagh"),
    "Thaa": _("Thaana"),
    "Thai": _("Thai"),
    "Tibt": _("Tibetan"),
    "Zyyy": _("Another script"),
}
"""The scripts that names are written in, by ISO 15924 code."""

# How Unicode begins the names of a script's letters.
_SCRIPT_OF_LETTER = {
    "LATIN": "Latn", "ARABIC": "Arab", "CYRILLIC": "Cyrl", "CJK": "Hani", "DEVANAGARI": "Deva", "ETHIOPIC": "Ethi",
    "ARMENIAN": "Armn", "BENGALI": "Beng", "GEORGIAN": "Geor", "GREEK": "Grek", "HEBREW": "Hebr", "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan", "KHMER": "Khmr", "HANGUL": "Kore", "LAO": "Laoo", "MONGOLIAN": "Mong", "MYANMAR": "Mymr",
    "SINHALA": "Sinh", "TAMIL": "Taml", "TIFINAGH": "Tfng", "THAANA": "Thaa", "THAI": "Thai", "TIBETAN": "Tibt",
}  # fmt: skip


def script_of(text: str) -> str:
    """Return the ISO 15924 code of the script of most letters of ``text``; empty where it has none.

    >>> script_of("Союз детей (UNICEF)"), script_of("2024")
    ('Cyrl', '')
    """
    letters = Counter(unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha())
    if not letters:
        return ""
    if letters["HIRAGANA"] or letters["KATAKANA"]:
        return "Jpan"  # which is written with Chinese characters beside its own
    return _SCRIPT_OF_LETTER.get(letters.most_common(1)[0][0], "Zyyy")
