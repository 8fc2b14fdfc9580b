"""The words of which names of organizations are made: one meaning for many spellings and languages, and its weight."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from rapidfuzz import fuzz, process

from organizations.twins.script import ARABIC_ARTICLE
from portal.kit.text import fold

TABLE = Path(__file__).parent / "words.toml"

OWN, PLACE, COMMON, FORM, NETWORK = "own", "place", "common", "form", "network"

WEIGHTS = {OWN: 1.0, PLACE: 0.9, COMMON: 0.55, FORM: 0.2, NETWORK: 0.15}
"""How much a word says about which organization it is. “Somali” says more than “development”, “association” little."""

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "de", "it", "pt")

SHORTEST_SLIP, SLIP_FROM = 6, 88
"""A longer word that is so like one of the table, of 100, is that word with a slip of typing."""

SHORTEST_STEM, LONGEST_REST = 4, 3

# Letters that vary with the country rather than with the organization.
ENDINGS = ("es", "s", "x", "en", "e")


class Word(NamedTuple):
    """One word of a name: as ``written`` (folded), what it ``means`` and of which ``kind`` it is."""

    written: str
    means: str
    kind: str

    @property
    def weight(self) -> float:
        return WEIGHTS[self.kind]


@cache
def _table() -> tuple[dict[str, tuple[str, str]], frozenset[str], frozenset[str]]:
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    meanings: dict[str, tuple[str, str]] = {}
    for kind in (COMMON, FORM, NETWORK, PLACE):
        for means, words in told[kind].items():
            for word in (means, *words.split()):
                meanings.setdefault(fold(word), (means, kind))
    for written, means in _countries():
        meanings.setdefault(written, (means, PLACE))
    small, legal = (frozenset(map(fold, told[name]["words"].split())) for name in ("small", "legal"))
    return meanings, small, legal


def _countries() -> Iterator[tuple[str, str]]:
    """The countries whose name is one word, in the portal's languages, each with its English name."""
    english = Locale("en").territories
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code.isalpha() and " " not in (written := fold(name)):
                yield written, fold(english[code])


@cache
def _long_words() -> list[str]:
    return [written for written in _table()[0] if len(written) > SHORTEST_SLIP]


def _country_of(written: str) -> str:
    """The country whose people or things an adjective means: albanaise, brasilena, the Arabic nisba; or nothing."""
    for ending in _endings():
        stem = written.removesuffix(ending)
        if stem == written or len(stem) < SHORTEST_STEM:
            continue
        found = {
            means for name, means in _country_names() if name.startswith(stem) and len(name) - len(stem) <= LONGEST_REST
        }
        if len(found) == 1:
            return found.pop()
    return ""


@cache
def _endings() -> list[str]:
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return sorted((fold(ending) for ending in told["of_a_country"]["endings"].split()), key=len)


@cache
def _country_names() -> list[tuple[str, str]]:
    return list(_countries())


def is_small(word: str) -> bool:
    """Whether a folded word only links others."""
    return word in _table()[1]


def is_legal_form(word: str) -> bool:
    """Whether a folded word says how a body is registered, and not which one it is."""
    return word in _table()[2]


@lru_cache(maxsize=65_536)
def word(written: str) -> Word:
    """Return what a folded word means; a word that the table does not know means itself."""
    meanings = _table()[0]
    bare = ARABIC_ARTICLE.sub("", written)
    for candidate in (written, bare, *(written.removesuffix(end) for end in ENDINGS if len(written) > len(end) + 3)):
        if candidate in meanings:
            return Word(written, *meanings[candidate])
    if len(written) > 5 and written[0] in "ld" and written[1:] in meanings:  # lenfance, where the apostrophe was lost
        return Word(written, *meanings[written[1:]])
    if len(written) > SHORTEST_SLIP:
        nearest = process.extractOne(written, _long_words(), scorer=fuzz.ratio, score_cutoff=SLIP_FROM)
        if nearest:
            return Word(written, *meanings[nearest[0]])
    if country := _country_of(bare):
        return Word(written, country, PLACE)
    plain = written[:-1] if len(written) > 4 and written.endswith("s") else written
    return Word(written, plain, OWN)
