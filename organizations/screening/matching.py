"""Finding the entries of a list that a name resembles, and saying how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from organizations.screening.letters import skeletons, smoothed
from organizations.screening.names import DISTINCTIVE, Kind, Word, parsed
from portal.kit.text import fold

# How alike two names must be, of 100, and how much of what is alike must tell something. Measured on the pairs of
# tests/organizations/screening: transliterations that must be found, and near-misses that must not.
ALIKE = 78
TELLING = {Kind.PERSON: 1.2, Kind.ENTITY: 1.0}
SAME_SOUNDS, SLIP = 72, 88  # of two words: letters alike where the consonants sound the same, and where they do not
LONG_ENOUGH_TO_SLIP = 4  # sounds of a word in which one may be wrong
SHORTEST_ALONE = 5  # letters of a name of one word
SHORTEST_ACRONYM = 4
ACRONYM_SCORE = 90


@dataclass(frozen=True, slots=True)
class Listed:
    """One name of one entry of a list. ``weak``: the list itself says that the name is of low quality."""

    reference: str
    kind: Kind
    name: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a name resembles, by which of the entry's names, and how much (of 100)."""

    reference: str
    name: str
    score: int


class Screener:
    """The names of a list, ready to be asked about. Building it costs a moment; asking is quick."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self._listed = [(one, fold(one.name), parsed(one.name, one.kind)) for one in listed]
        self._by_sound: dict[tuple[Kind, str], list[int]] = defaultdict(list)
        self._acronyms: dict[str, list[int]] = defaultdict(list)
        self._exact: dict[tuple[Kind, str], list[int]] = defaultdict(list)
        self._all_frequent: dict[int, float] = {}
        for number, (one, folded, words) in enumerate(self._listed):
            if all(word.weight < 1 for word in words):
                self._all_frequent[number] = 0.6 * sum(word.weight for word in words)
            for sound in _sounds(words):
                self._by_sound[one.kind, sound].append(number)
            self._exact[one.kind, folded].append(number)
            if one.kind is Kind.ENTITY and is_acronym(one.name):
                self._acronyms[folded.replace(" ", "")].append(number)

    def hits(self, name: str, kind: Kind) -> list[Hit]:
        """Return the entries of ``kind`` that ``name`` resembles, the nearest first, each once."""
        words, asked = parsed(name, kind), fold(name)
        best: dict[str, Hit] = {}
        for number in self._candidates(asked, words, kind):
            one, folded, theirs = self._listed[number]
            if one.weak and len(theirs) < 2:
                continue
            score = 100 if asked == folded else _score(words, theirs, kind)
            if score >= ALIKE and (one.reference not in best or score > best[one.reference].score):
                best[one.reference] = Hit(one.reference, one.name, score)
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.reference))

    def acronym_hits(self, acronym: str) -> list[Hit]:
        """Return the entities that bear exactly this acronym; a short one says nothing."""
        asked = fold(acronym).replace(" ", "")
        if len(asked) < SHORTEST_ACRONYM:
            return []
        found = {self._listed[number][0].reference: self._listed[number][0] for number in self._acronyms.get(asked, ())}
        return [Hit(one.reference, one.name, ACRONYM_SCORE) for one in found.values()]

    def _candidates(self, folded: str, words: tuple[Word, ...], kind: Kind) -> Iterable[int]:
        """Names that share with ``words`` a word that tells something, or consist of words that tell little."""
        seen: dict[int, float] = defaultdict(float)
        for sound, weight in _sounds(words).items():
            for number in self._by_sound.get((kind, sound), ()):
                seen[number] += weight
        found = set(self._exact.get((kind, folded), ()))
        found.update(
            number for number, weight in seen.items() if weight >= 1 or weight >= self._all_frequent.get(number, 1)
        )
        return found


def is_acronym(name: str) -> bool:
    """Whether a name is one word in capitals."""
    bare = name.replace(".", "").replace("-", "")
    return bare.isalpha() and bare.isupper() and SHORTEST_ACRONYM <= len(bare) <= 10


def likeness(one: str, other: str, kind: Kind) -> int:
    """Return how alike two names of ``kind`` are, of 100; 0 where too little of what is alike tells anything."""
    return 100 if fold(one) == fold(other) else _score(parsed(one, kind), parsed(other, kind), kind)


def _sounds(words: tuple[Word, ...]) -> dict[str, float]:
    """The sounds under which a name is found: of each word, also with one sound lost, and of two written as one."""
    found: dict[str, float] = {}
    for word in words:
        for sound in word.sounds | ({word.family} if word.family else set()):
            found[sound] = max(found.get(sound, 0), word.weight)
            if word.weight == DISTINCTIVE and len(sound) >= LONG_ENOUGH_TO_SLIP:
                for position in range(len(sound)):
                    found.setdefault(sound[:position] + sound[position + 1 :], word.weight)
    for one, other in pairwise(words):
        for sound in skeletons(one.text + other.text):
            found.setdefault(sound, DISTINCTIVE)
    return found


def _score(ours: tuple[Word, ...], theirs: tuple[Word, ...], kind: Kind) -> int:
    if not ours or not theirs:
        return 0
    ours, theirs = _joined(ours, theirs), _joined(theirs, ours)
    pairs = _pairs(ours, theirs)
    told = sum(min(one.weight, other.weight) for one, other, _alike in pairs)
    every_word = len(pairs) == len(ours) == len(theirs)
    if told < TELLING[kind] and not (every_word and len(pairs) > 1):
        return 0
    if kind is Kind.PERSON and not _may_be_one(ours, theirs, pairs):
        return 0
    return round(100 * _covered(ours, theirs, pairs))


def _may_be_one(ours: tuple[Word, ...], theirs: tuple[Word, ...], pairs: list[tuple[Word, Word, float]]) -> bool:
    """Two words of a person's name agree. One is enough where both are of one long word, no frequent name, the same."""
    if len(ours) > 1 and len(theirs) > 1:
        return len(pairs) > 1
    if not (len(ours) == len(theirs) == len(pairs) == 1):
        return False
    word, _other, alike = pairs[0]
    return not word.family and len(word.text) >= SHORTEST_ALONE and alike >= 0.9


def _covered(ours: tuple[Word, ...], theirs: tuple[Word, ...], pairs: list[tuple[Word, Word, float]]) -> float:
    """How much of both names agrees; the one that says less counts more, since second names are often left out."""
    shares = []
    for side, words in enumerate((ours, theirs)):
        total = sum(word.weight for word in words)
        shares.append((total, sum(pair[side].weight * pair[2] for pair in pairs) / total))
    (_less, near), (_more, far) = sorted(shares, key=lambda share: share[0])
    return 0.7 * near + 0.3 * far


def _pairs(ours: tuple[Word, ...], theirs: tuple[Word, ...]) -> list[tuple[Word, Word, float]]:
    """Each word with its likest on the other side, in any order; no word twice."""
    alike = [
        (how, -first, -second)
        for first, one in enumerate(ours)
        for second, other in enumerate(theirs)
        if (how := _alike(one, other))
    ]
    alike.sort(reverse=True)
    used_ours, used_theirs, found = set(), set(), []
    for how, first, second in alike:
        if first not in used_ours and second not in used_theirs:
            used_ours.add(first)
            used_theirs.add(second)
            found.append((ours[-first], theirs[-second], how))
    return found


def _alike(one: Word, other: Word) -> float:
    """How alike two words are, from 0 (not) to 1."""
    if one.text == other.text:
        return 1.0
    if one.family and other.family:
        return 1.0 if one.family == other.family else 0.0
    same_sounds = not one.sounds.isdisjoint(other.sounds)
    if one.bare or other.bare:  # no vowels on one side, so only the consonants can be compared
        return 0.95 if same_sounds else 0.0
    letters = fuzz.ratio(one.smooth, other.smooth)
    if letters >= (SAME_SOUNDS if same_sounds else SLIP) and min(len(one.text), len(other.text)) > 2:
        return 0.47 + letters / 200
    return 0.0


def _joined(words: tuple[Word, ...], others: tuple[Word, ...]) -> tuple[Word, ...]:
    """``words`` with two of them written as one where the other side writes them so."""
    apart = [all(word.sounds.isdisjoint(other.sounds) for other in others) for word in words]
    if not any(one and other for one, other in pairwise(apart)):
        return words
    known = {sound for word in others for sound in word.sounds}
    found = list(words)
    position = 0
    while position + 1 < len(found):
        one, other = found[position : position + 2]
        text = one.text + other.text
        sounds = skeletons(text)
        if sounds & known and not (one.sounds & known or other.sounds & known):
            found[position : position + 2] = [
                Word(text, sounds, smoothed(text), one.bare or other.bare, "", max(one.weight, other.weight))
            ]
        position += 1
    return tuple(found)
