"""Words as the search counts them."""

from __future__ import annotations

import re

from portal.kit.text import fold

# A run of letters and digits, but every Chinese character for itself.
_WORD = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    """The words of ``text``, folded.

    >>> tokens("Éducation, 云南")
    ['education', '云', '南']
    """
    return _WORD.findall(fold(text))


def is_han(word: str) -> bool:
    """Whether ``word`` is written in Chinese characters, by its first."""
    return "\u3400" <= word[0] <= "\u9fff"
