"""A name taken apart: its words and what they mean, the acronym written beside it, the initials it yields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from organizations.twins.script import transliterated
from organizations.twins.words import FORM, NETWORK, OWN, PLACE, Word, is_legal_form, is_small, word
from portal.kit.text import fold

LONGEST_ACRONYM = 12
SHORT = 6
LONGEST_NAME = 300
LONGEST_PIECE = 8  # a shorter piece in brackets is no name of its own

_IN_BRACKETS = re.compile(r"^(?P<one>[^()\[\]]*[^()\[\]\s])\s*[(\[](?P<other>[^()\[\]]+)[)\]]\W*$")
_BESIDE = re.compile(r"\s+[-–—|/:]+\s*|\s*[|,;:]\s*")  # "DRC - Danish Refugee Council", "ACTED |Agency for…"
_TWO_NAMES = re.compile(r"[()\[\]/|]+")
_WRITTEN_APART = re.compile(r"\b(?:e v|media luna)\b")  # two words that are one: eingetragener Verein, crescent
_HAN = re.compile(r"([\u3400-\u9fff])")


@dataclass(frozen=True)
class Name:
    """One name as it is compared. ``acronyms``: what was written beside it as its acronym, run together and folded."""

    written: str
    words: tuple[Word, ...]
    acronyms: frozenset[str] = frozenset()

    @cached_property
    def compact(self) -> str:
        """The written words run together, so that spaces and hyphens cannot tell two spellings apart."""
        return "".join(one.written for one in self.words)

    @cached_property
    def core(self) -> tuple[Word, ...]:
        """The words that say who it is: no links between words, no legal form."""
        return tuple(one for one in self.words if not is_small(one.written)) or self.words

    @cached_property
    def meaning(self) -> tuple[str, ...]:
        """What the words mean, in alphabetical order: the same for other languages and other orders of words."""
        return tuple(sorted(one.means for one in self.core))

    @cached_property
    def letters(self) -> str:
        """All of it in Latin letters, run together."""
        return transliterated(" ".join(one.written for one in self.words)).replace(" ", "")

    @cached_property
    def in_order(self) -> str:
        """The words in alphabetical order."""
        return " ".join(sorted(one.written for one in self.core))

    @property
    def is_latin(self) -> bool:
        return self.compact.isascii()

    @cached_property
    def may_be_acronym(self) -> bool:
        """Short, and of words that say nothing by themselves, or letters set apart."""
        if not 2 <= len(self.compact) <= LONGEST_ACRONYM:
            return False
        if any(one.kind not in (OWN, PLACE) for one in self.core):
            return all(len(one.written) == 1 for one in self.words)
        return len(self.core) == 1 or (self.compact.isascii() and len(self.compact) <= SHORT)

    @cached_property
    def initials(self) -> frozenset[str]:
        """The acronyms that the words yield: with and without small words, legal forms and words such as “national”."""
        every = [one.written for one in self.words]
        chosen = {
            _initials(every),
            _initials([one.written for one in self.core]),
            _initials([one.written for one in self.core if one.kind != FORM]),
            _initials([one.written for one in self.core if one.kind != NETWORK]),
        }
        return frozenset(letters for letters in chosen if len(letters) > 1)


def _initials(words: list[str]) -> str:
    return "".join(transliterated(one)[:1] for one in words) if len(words) > 1 else ""


@lru_cache(maxsize=65_536)
def parse(text: str) -> Name:
    """Take a name apart."""
    text = text[:LONGEST_NAME].strip()
    name, acronym = _without_acronym(text)
    words = _words(name)
    return Name(text, words, frozenset({_run_together(acronym)} - {""}))


def _words(text: str) -> tuple[Word, ...]:
    written = _HAN.sub(r" \1 ", _WRITTEN_APART.sub(lambda found: found[0].replace(" ", ""), fold(text))).split()
    words = list(written)
    while len(words) > 1 and is_legal_form(words[-1]):
        words.pop()
    while len(words) > 1 and is_legal_form(words[0]):
        words.pop(0)
    return tuple(map(word, words))


def _run_together(text: str) -> str:
    return transliterated(fold(text)).replace(" ", "")


def compact(text: str) -> str:
    """Return the words of a name run together, without legal form and without the acronym beside it."""
    return parse(text).compact


def _without_acronym(text: str) -> tuple[str, str]:
    """Return the name, and the acronym written before, behind or in brackets beside it."""
    pieces = []
    if found := _IN_BRACKETS.match(text):
        pieces = [found["one"], found["other"]]
    else:
        parts = _BESIDE.split(text)
        if len(parts) > 1:
            pieces = [parts[0], text[len(parts[0]) :].lstrip(" -–—|/:,;")]
            last = parts[-1]
            if not _looks_like_acronym(pieces[0], pieces[1]) and _looks_like_acronym(last, text[: -len(last)]):
                pieces = [text[: -len(last)].rstrip(" -–—|/:,;"), last]
    if len(pieces) == 2 and all(pieces):
        for name, acronym in ((pieces[0], pieces[1]), (pieces[1], pieces[0])):
            if _looks_like_acronym(acronym, name):
                return name, acronym
    return text, ""


def _looks_like_acronym(piece: str, name: str) -> bool:
    """One short word beside longer ones: the letters with which those begin, or one in capitals."""
    folded = fold(piece)
    if not folded or len(folded.split()) > 2 or len(folded) > LONGEST_ACRONYM or len(fold(name)) <= len(folded):
        return False
    if folded.replace(" ", "") in Name(name, _words(name)).initials:
        return True
    capitals = sum(letter.isupper() for letter in piece)
    return word(folded).kind == OWN and capitals >= 2 and capitals * 2 >= len(folded)


@lru_cache(maxsize=65_536)
def parts(text: str) -> tuple[Name, ...]:
    """The whole name, and each of two names where somebody wrote one in brackets or behind a stroke of the other."""
    whole = parse(text)
    if whole.acronyms:
        return (whole,)
    pieces = [piece for piece in _TWO_NAMES.split(text[:LONGEST_NAME]) if len(fold(piece)) > LONGEST_PIECE]
    return (whole, *map(parse, pieces)) if len(pieces) > 1 else (whole,)
