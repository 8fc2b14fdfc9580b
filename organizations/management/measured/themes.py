"""Themes searched among charities that people classified by hand, of which only name and activities are known.

Nobody says of these charities on what they work, as partners of the portal do; so this measures what words alone find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from organizations.filters.vocabulary import vocabulary
from organizations.management.measured.names import ask
from organizations.management.measured.scratch import index, read, save
from organizations.models import Organization
from organizations.models.organization import organization_search_text
from organizations.search.text import tokens

LEARNED = 12  # words at most
PRECISE, OFTEN = 0.6, 4


class Mapped(NamedTuple):
    """A theme of the portal, what somebody types to find it, and the beginnings of the UKCAT codes that mean it."""

    theme: str
    typed: str
    codes: tuple[str, ...]


MAPPED = (
    Mapped("education", "education", ("ED",)),
    Mapped("health", "health", ("HE",)),
    Mapped("early-childhood-development", "early childhood", ("CC",)),
    Mapped("disability-inclusion", "disability", ("BE2", "BE110")),
    Mapped("psychosocial-support", "mental health", ("HE210",)),
    Mapped("children-on-the-move", "refugees", ("BE101",)),
    Mapped("food-security", "food", ("SW3",)),
    Mapped("shelter", "housing", ("HO",)),
    Mapped("environment-and-climate", "environment", ("EN",)),
    Mapped("child-protection", "child abuse", ("SW2", "SC103", "SC104")),
)


@dataclass(frozen=True)
class Charity:
    pk: int
    codes: frozenset[str]
    words: frozenset[str]
    held_out: bool


def score(found: set[int], meant: set[int]) -> dict[str, Any]:
    right = len(found & meant)
    return {
        "meant": len(meant),
        "found": len(found),
        "precision": round(right / len(found), 3) if found else None,
        "recall": round(right / len(meant), 3) if meant else None,
    }


def load_charities(path: str) -> list[Charity]:
    """Put the charities that are classified on record, each once."""
    rows = {row["org_id"]: row for row in read(path, "org_id", "name", "activities", "UKCAT")}
    rows = {key: row for key, row in rows.items() if row["UKCAT"].strip()}
    made = save(
        Organization(
            name=row["name"][:300],
            mission=row["activities"],
            search_text=organization_search_text(row["name"][:300], "", (), row["activities"]),
        )
        for row in rows.values()
    )
    index()
    return [
        Charity(
            one.pk,
            frozenset(row["UKCAT"].split(";")),
            frozenset(tokens(one.search_text)),
            held_out=bool(crc32(key.encode()) % 2),
        )
        for one, (key, row) in zip(made, rows.items(), strict=True)
    ]


def measure_themes(path: str) -> Iterator[dict[str, Any]]:
    """For each theme: what is typed, the theme's phrases in the catalogue, and words that one half of the charities
    teaches; each scored on all and on the other half alone."""
    charities = load_charities(path)
    held_out = {one.pk for one in charities if one.held_out}
    for mapped in MAPPED:
        meant = {one.pk for one in charities if any(code.startswith(mapped.codes) for code in one.codes)}
        typed = _found(mapped.typed)
        phrases = phrases_of(mapped.theme)
        said = typed.union(*map(_found, phrases))
        learned = learn([one for one in charities if not one.held_out], meant, said)
        more = said | {one.pk for one in charities if one.words & set(learned)}
        yield {
            "theme": mapped.theme,
            "typed": mapped.typed,
            "phrases": len(phrases),
            "learned": learned,
            **{
                name: {"all": score(found, meant), "held_out": score(found & held_out, meant & held_out)}
                for name, found in (("as_typed", typed), ("any_phrase", said), ("with_learned_words", more))
            },
        }


def _found(text: str) -> set[int]:
    found = ask(text, exact="1").found.rows
    return set(found.values_list("pk", flat=True))


def phrases_of(theme: str) -> list[str]:
    """All phrases of the catalogue for a theme and what lies below it, in Latin letters."""
    known = vocabulary()
    path = known.themes[theme].path
    below = {code for code, node in known.themes.items() if node.path.startswith(path)}
    return sorted(
        phrase
        for phrase, concepts in known.phrases.items()
        if phrase.isascii() and any(one.family == "theme" and one.code in below for one in concepts)
    )


def learn(charities: Iterable[Charity], meant: set[int], said: set[int]) -> list[str]:
    """The words that tell most of those who are meant and not found yet, and seldom mean somebody else."""
    every: Counter[str] = Counter()
    right: Counter[str] = Counter()
    new: Counter[str] = Counter()
    for one in charities:
        every.update(one.words)
        if one.pk in meant:
            right.update(one.words)
            if one.pk not in said:
                new.update(one.words)
    likely = [word for word in new if new[word] >= OFTEN and right[word] >= PRECISE * every[word] and len(word) > 2]
    return sorted(likely, key=lambda word: (-new[word], word))[:LEARNED]
