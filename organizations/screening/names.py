"""A name as words: which belong together, which say nothing, and how much each of the others tells."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale

from organizations.screening.letters import is_without_vowels, romanized, skeletons, smoothed
from portal.kit.text import fold

WORDS = Path(__file__).parent / "words.toml"
LANGUAGES = ("en", "fr", "ar", "ru", "es")

DISTINCTIVE, FREQUENT, PLACE, GENERIC = 1.0, 0.4, 0.3, 0.08


class Kind(StrEnum):
    """Whom a name belongs to: people's names and names of bodies are put together differently."""

    PERSON = "person"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name. ``family``: the frequent given name that it spells; ``weight``: how much it tells."""

    text: str
    sounds: frozenset[str]
    smooth: str
    bare: bool
    family: str
    weight: float


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """The words that screening knows, as ``words.toml`` lists them."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@cache
def _families() -> dict[str, str]:
    listed = words()["given_names"].items()
    return {romanized(fold(spelling)): family for family, spellings in listed for spelling in [family, *spellings]}


@cache
def _generic() -> frozenset[str]:
    listed = (entry for entries in words()["organizations"].values() for entry in entries)
    return frozenset(word for entry in listed for written in entry.split() for word, _bare in tokens(written))


@cache
def _places() -> frozenset[str]:
    """The words of the names of countries, and what people of them are called."""
    names = [name for language in LANGUAGES for code, name in Locale(language).territories.items() if len(code) == 2]
    listed = names + words()["places"]["words"]
    return frozenset(word for name in listed for word, _bare in tokens(name) if len(word) > 2)


def _listed(*parts: str) -> frozenset[str]:
    return frozenset(word for part in parts for word in part.split())


_ARTICLES = _listed("al el ul ad az as ash an ar at ed es ez en er et", "the la le les los l d de du of von van")
_SONS = _listed("bin ben ibn bint binti ould wuld oglu ogly uulu qizi kyzy", "mr mrs ms dr haji hajji hadji")
_SERVANTS = _listed("abd abdul abdel abdal abdoul abdur abdu abdol")
_FATHERS = _listed("abu abou abo aboo abi abw")
_OF_GOD = _listed("allah ullah ollah alah ulah llah lh allh")
_OF_FAITH = re.compile(r"^(?:[aeiou]{0,2}l?d{0,2})?d(?:i|ee|ii|e|iy|y)ne?$")
_ATTACHED = re.compile(r"^(?:al|el)(?=[^aeiou].{4,}$)")


def tokens(name: str) -> list[tuple[str, bool]]:
    """Return the words of a name in Latin letters, each with whether its script leaves vowels out.

    Articles and words for "son of" go; what transliterations join or split at will is joined: "Abd al-Rahman",
    "Abdurrahman"; "Abu Bakr", "Abubakr"; "Saif al-Din", "Saifuddin"; "Nasr Allah", "Nasrallah".
    """
    found: list[tuple[str, bool]] = []
    opened = ""
    for written in fold(name).split():
        bare = is_without_vowels(written)
        if bare and written.startswith("ال") and len(written) > 3 and written != "الله":
            written = written[2:]
        word = romanized(written)
        if bare and written in ("بن", "ابن", "بنت"):
            continue
        if not opened and word in _SONS and found:
            continue
        if word in _ARTICLES:
            continue
        if len(word) == 1:  # an initial says too little
            continue
        if opened:
            word, opened = opened + word, ""
        elif word in _FATHERS or word in _SERVANTS:
            opened = "abu" if word in _FATHERS else "abd"
            continue
        elif found and (word in _OF_GOD or _OF_FAITH.fullmatch(word)):
            before, was_bare = found.pop()
            found.append((before + ("lah" if word in _OF_GOD else "din"), bare or was_bare))
            continue
        found.append((_joined(word), bare))
    if opened:
        found.append((opened, False))
    return found


def _joined(word: str) -> str:
    """One form for the compounds that are often written as one word."""
    if len(word) > 5 and word.startswith("abd"):
        rest = re.sub(r"^abd(?:[aeou]{1,2}l?|l)?", "", word)
        return "abd" + rest.removeprefix("al") if len(rest) > 1 else word
    word = re.sub(r"(?<=[a-z]{3})(?:[aeiou]{1,2}l?|l)?d+(?:i|ee|e|iy|y)ne?$", "din", word)
    word = re.sub(r"(?<=[a-z]{2})(?:a|u|o)l+ah?$", "lah", word)
    word = re.sub(r"^abou|^aboo|^abw", "abu", word)
    return _ATTACHED.sub("", word)


@lru_cache(maxsize=100_000)
def parsed(name: str, kind: Kind) -> tuple[Word, ...]:
    """Return the words of ``name`` that count, each once for each time it is there."""
    return tuple(_word(text, bare, kind) for text, bare in tokens(name))


def read_as(name: str, kind: Kind) -> str:
    """Return the words of ``name`` as they are compared, for a person who wants to see why."""
    return " ".join(word.text for word in parsed(name, kind))


@lru_cache(maxsize=200_000)
def _word(text: str, bare: bool, kind: Kind) -> Word:
    family = _families().get(text, "")
    weight = DISTINCTIVE
    if kind is Kind.ENTITY and text in _generic():
        weight = GENERIC
    elif kind is Kind.ENTITY and text in _places():
        weight = PLACE
    elif family:
        weight = FREQUENT
    return Word(text, skeletons(text), smoothed(text), bare, family, weight)
