"""How alike two names are, of 100, and why. Pure: the finder, the import and the screening of names all ask here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from rapidfuzz import fuzz

from organizations.models.twin import TwinReason
from organizations.twins.known import bodies_called
from organizations.twins.names import Name, parts
from organizations.twins.script import skeleton, transliterated
from organizations.twins.words import COMMON, OWN, PLACE, WEIGHTS, Word

THRESHOLD = 80
"""From here on a pair is put before a person. Measured; see docs/duplicates.md."""

SAME = 100
OTHER_SCRIPT, OTHER_ORDER, OTHER_LANGUAGE, KNOWN_BODY = 98, 97, 94, 92
MOST_WITH_SLIPS, MOST_WITH_MORE, MOST_IN_PART = 96, 95, 93
BY_ACRONYM, BY_INITIALS, BY_TWO_LETTERS = 90, 84, 82
SAME_INITIALS = 74  # of an organization that has another acronym
SAME_ACRONYM = 60  # other names that share an acronym
TWO_ORGANIZATIONS = 70  # each has a word of its own
IN_PART_TRANSLATED = 78  # common words in two languages, and one more word
BRANCH = 78  # a country in one of the names only
SLIP_FROM = 78  # two words so alike are one word with a slip of typing
SKELETON_FROM = 85
NEAR_FROM = 55  # names without a common word
OWN_WORD = 0.5  # a word of this weight tells organizations apart
ACRONYM_AGREES, ACRONYM_CONTRADICTS = 10, -4

# Where two names share only words that nearly all have, one more of those tells them apart.
TELLING = WEIGHTS | {COMMON: 1.4}


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` of 100 and ``reason``; ``first`` and ``second`` are the two spellings that met."""

    score: int
    reason: TwinReason
    first: str = ""
    second: str = ""


NOTHING = Likeness(0, TwinReason.SIMILAR_NAME)


@lru_cache(maxsize=65_536)
def likeness(first: str, second: str) -> Likeness:
    """Compare two names as they were written.

    >>> likeness("MSF", "Médecins sans frontières").reason
    TwinReason.ACRONYM_OF
    """
    return likeness_of((first,), (second,))


def likeness_of(names: Iterable[str], others: Iterable[str]) -> Likeness:
    """Compare all names and acronyms of one organization with those of another: the best that speaks for one."""
    one, other = _Names.of(names), _Names.of(others)
    letters = frozenset(one.acronyms) | frozenset(other.acronyms)
    pairs = product(one.full, other.full)
    best = max((_compare(mine, theirs, letters) for mine, theirs in pairs), key=_score, default=NOTHING)
    if one.has_name and other.has_name:
        return _with_acronyms(best, one, other)
    by_acronym = max((_by_acronym(one, other), _by_acronym(other, one, turned=True)), key=_score)
    best = max(best, by_acronym, key=_score)
    if best.score < KNOWN_BODY and (body := one.bodies & other.bodies):
        return Likeness(KNOWN_BODY, TwinReason.TRANSLATION, one.first(body), other.first(body))
    return best


def _score(found: Likeness) -> int:
    return found.score


# --- All names of one organization ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of one organization sorted: full ones (or, without any, what may be acronyms), and its acronyms."""

    full: tuple[Name, ...]
    acronyms: dict[str, str]
    has_name: bool

    @classmethod
    def of(cls, names: Iterable[str]) -> _Names:
        every = [name for text in names for name in parts(text) if name.words]
        full = tuple(name for name in every if not name.may_be_acronym)
        acronyms = {name.letters: name.written for name in every if name.may_be_acronym}
        acronyms |= {letters: name.written for name in every for letters in name.acronyms}
        return cls(full or tuple(every), acronyms, bool(full))

    @property
    def bodies(self) -> set[str]:
        """The known bodies that it may be; by its acronym only where there is no name."""
        called = [name.compact for name in self.full]
        return {body for name in called for body in bodies_called(name, bare=not self.has_name)}

    def first(self, bodies: set[str]) -> str:
        """The name by which it is one of ``bodies``."""
        return next(
            name.written for name in self.full if bodies & set(bodies_called(name.compact, bare=not self.has_name))
        )


def _with_acronyms(best: Likeness, one: _Names, other: _Names) -> Likeness:
    """What two full names say, and what the acronyms beside them add to it."""
    if best.score < KNOWN_BODY and (body := one.bodies & other.bodies):
        return Likeness(KNOWN_BODY, TwinReason.TRANSLATION, one.first(body), other.first(body))
    shared = sorted(set(one.acronyms) & set(other.acronyms))
    if shared and best.score < SAME_ACRONYM:
        letters = shared[0]
        return Likeness(SAME_ACRONYM, TwinReason.SAME_ACRONYM, one.acronyms[letters], other.acronyms[letters])
    if not one.acronyms or not other.acronyms:
        return best
    if shared:
        more = min(best.score + ACRONYM_AGREES, MOST_WITH_MORE)
        return Likeness(max(best.score, more), best.reason, best.first, best.second)
    if best.score == SAME:
        return Likeness(MOST_WITH_MORE, TwinReason.OTHER_ACRONYM, best.first, best.second)
    return Likeness(max(best.score + ACRONYM_CONTRADICTS, 0), best.reason, best.first, best.second)


def _by_acronym(short: _Names, long: _Names, *, turned: bool = False) -> Likeness:
    """An organization of which only letters are known, and another one's acronyms and initials."""
    if short.has_name:
        return NOTHING
    found = NOTHING
    for letters, written in short.acronyms.items():
        if letters in long.acronyms:
            score = BY_ACRONYM if len(letters) > 2 else BY_TWO_LETTERS
            found = Likeness(score, TwinReason.ACRONYM_OF, written, long.full[0].written)
        elif not found.score and len(letters) > 2:
            spelled = next((name for name in long.full if letters in name.initials), None)
            if spelled:
                score = BY_INITIALS if not long.acronyms else SAME_INITIALS
                found = Likeness(score, TwinReason.ACRONYM_OF, written, spelled.written)
    return Likeness(found.score, found.reason, found.second, found.first) if turned else found


# --- Two names --------------------------------------------------------------------------------------------------------


def _compare(one: Name, other: Name, letters: frozenset[str]) -> Likeness:
    """Compare two names; ``letters`` are acronyms of either organization, which may stand in a name as well."""
    score, reason = _alike(one, other, letters)
    return Likeness(score, reason, one.written, other.written)


@lru_cache(maxsize=65_536)
def _alike(one: Name, other: Name, letters: frozenset[str]) -> tuple[int, TwinReason]:
    if one.compact == other.compact:
        return SAME, TwinReason.SAME_NAME
    if one.letters == other.letters:
        return OTHER_SCRIPT, TwinReason.OTHER_SCRIPT if one.is_latin != other.is_latin else TwinReason.SIMILAR_NAME
    if one.meaning == other.meaning:
        if sorted(one.compact) == sorted(other.compact):
            return OTHER_ORDER, TwinReason.WORD_ORDER
        if _is_one_language(one, other):
            return OTHER_ORDER, TwinReason.SIMILAR_NAME
        return OTHER_LANGUAGE, TwinReason.TRANSLATION
    if one.may_be_acronym and other.may_be_acronym and max(len(one.letters), len(other.letters)) < 7:
        return 0, TwinReason.SIMILAR_NAME  # a letter more or less makes another acronym
    return _by_words(one, other, letters)


def _is_one_language(one: Name, other: Name) -> bool:
    """Whether what both names say differs by spelling and shortened words only: organisation, child, Intl."""
    words = {word.means: word.written for word in other.core}
    return all(_is_short_for(word.written, words[word.means]) for word in one.core if word.means in words)


def _is_short_for(mine: str, yours: str) -> bool:
    short, long = sorted((mine, yours), key=len)
    letters = iter(long)
    return _word_likeness(mine, yours)[0] > 0 or (short[:1] == long[:1] and all(letter in letters for letter in short))


def _by_words(one: Name, other: Name, letters: frozenset[str]) -> tuple[int, TwinReason]:
    ours, theirs = _left_over(one.core, other.core)
    shared = [word for word in one.core if word not in ours]
    matched = total = 0.0
    for word in shared:
        matched += word.weight
        total += 2 * word.weight
    if not shared and one.is_latin and other.is_latin and fuzz.ratio(one.in_order, other.in_order) < NEAR_FROM:
        return 0, TwinReason.SIMILAR_NAME  # most that share a key are no more alike than this
    slips, ours, theirs = _met(ours, theirs)
    for weight, sure, _reason in slips:
        matched += weight * sure
        total += 2 * weight
    ours = _without_acronym(ours, letters | other.initials)
    theirs = _without_acronym(theirs, letters | one.initials)
    has_own = any(word.kind == OWN for word in shared) or any(weight >= WEIGHTS[OWN] for weight, *_ in slips)
    is_telling = has_own or any(word.kind == PLACE for word in shared)
    weights = WEIGHTS if has_own else TELLING
    left, right = _weight(ours, weights), _weight(theirs, weights)
    score = 100 * 2 * matched / ((total + left + right) or 1)
    if (left >= OWN_WORD and right >= OWN_WORD) or (ours and theirs and not is_telling):
        return round(min(score, TWO_ORGANIZATIONS)), TwinReason.SIMILAR_NAME
    if (ours or theirs) and not is_telling and not _is_one_language(one, other):
        return round(min(score, IN_PART_TRANSLATED)), TwinReason.TRANSLATION
    if any(word.kind == PLACE for word in (*ours, *theirs)):
        return round(min(score, BRANCH)), TwinReason.SHORTER_NAME
    if ours or theirs:
        reason = TwinReason.SIMILAR_NAME if ours and theirs else TwinReason.SHORTER_NAME
        return round(min(score, MOST_WITH_MORE)), reason
    in_other_script = any(reason == TwinReason.OTHER_SCRIPT for *_pair, reason in slips)
    reason = TwinReason.OTHER_SCRIPT if in_other_script else TwinReason.SIMILAR_NAME
    return round(min(score, MOST_WITH_SLIPS)), reason


def _weight(words: Sequence[Word], weights: dict[str, float] = WEIGHTS) -> float:
    return sum(weights[word.kind] for word in words)


def _left_over(one: tuple[Word, ...], other: tuple[Word, ...]) -> tuple[list[Word], list[Word]]:
    """The words of each whose meaning the other lacks."""
    ours, theirs = Counter(word.means for word in one), Counter(word.means for word in other)
    return _take(one, ours - theirs), _take(other, theirs - ours)


def _take(words: tuple[Word, ...], wanted: Counter[str]) -> list[Word]:
    taken = []
    for word in reversed(words):
        if wanted[word.means] > 0:
            wanted[word.means] -= 1
            taken.append(word)
    return taken[::-1]


def _met(ours: list[Word], theirs: list[Word]) -> tuple[list[tuple[float, float, TwinReason]], list[Word], list[Word]]:
    """The left over words that are the same after all, as (weight, how sure, why), and what is left over then."""
    if not ours or not theirs:
        return [], ours, theirs
    spaced = fuzz.ratio(_joined(ours), _joined(theirs))
    if len(ours) != len(theirs) and spaced >= SLIP_FROM:  # one word written as two
        return [(max(_weight(ours), _weight(theirs)), spaced / 100, TwinReason.SIMILAR_NAME)], [], []
    pairs = []
    for mine, yours in product(ours, theirs):
        sure, reason = _word_likeness(mine.written, yours.written)
        if sure:
            pairs.append((sure, mine, yours, reason))
    found = []
    for sure, mine, yours, reason in sorted(pairs, key=lambda pair: -pair[0]):
        if mine in ours and yours in theirs:
            ours.remove(mine)
            theirs.remove(yours)
            found.append((max(mine.weight, yours.weight), sure, reason))
    return found, ours, theirs


@lru_cache(maxsize=131_072)
def _word_likeness(mine: str, yours: str) -> tuple[float, TwinReason]:
    """How sure it is that two words are one: in another script, misspelt, or cut short."""
    one, other = transliterated(mine), transliterated(yours)
    other_script = mine.isascii() != yours.isascii()
    reason = TwinReason.OTHER_SCRIPT if other_script else TwinReason.SIMILAR_NAME
    if one == other:
        return 1.0, reason
    short, long = sorted((one, other), key=len)
    alike = fuzz.ratio(one, other)
    if alike >= SLIP_FROM and len(short) > 3:
        return alike / 100, reason
    if other_script and len(skeleton(one)) > 1 and fuzz.ratio(skeleton(one), skeleton(other)) >= SKELETON_FROM:
        return 0.92, reason
    if len(short) > 2 and len(long) > len(short) + 2 and long.startswith(short):
        return 0.9, reason
    return 0.0, reason


def _without_acronym(left: list[Word], acronyms: frozenset[str]) -> list[Word]:
    """The words that are left, without an acronym of either name, be it in another language: OIM beside IOM."""
    turned = {"".join(sorted(each)) for each in acronyms if len(each) > 2}
    return [
        word
        for word in left
        if word.written not in acronyms and not (word.kind == OWN and "".join(sorted(word.written)) in turned)
    ]


def _joined(words: list[Word]) -> str:
    return "".join(transliterated(word.written) for word in words)
