"""Words that were nearly meant, and organizations that are nearly called so.

Two words that are one slip apart (a letter too few, too many, another, or two exchanged) share a form with one letter
left out, or one is such a form of the other. These forms are kept, so a slip is found by equality, in the same way on
every database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from math import log

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from organizations.models import Organization, Word, WordSlip, WordUse
from organizations.search.query import Reader

SHORTEST = 4  # shorter words are too near to one another
LONGEST = 30
FORMS_EACH = 12  # near words of one word, the more usual ones first
USES_READ = 4_000
JUDGED = 60


def slips_of(word: str) -> set[str]:
    """``word`` and every form of it with one letter left out; nothing where it is too short to be mistyped safely."""
    if not SHORTEST <= len(word) <= LONGEST or any(map(str.isdigit, word)):
        return set()
    return {word, *_shorter(word)}


def _shorter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def near_words(words: Iterable[str]) -> dict[str, list[Word]]:
    """For each of ``words`` the words of the index that are one slip from it, itself first, then the more usual."""
    asked = list(dict.fromkeys(words))
    forms = {form for word in asked for form in (slips_of(word) or {word})}
    rows = WordSlip.objects.filter(slip__in=forms).values_list("word", flat=True)
    found = list(Word.objects.filter(pk__in=set(rows))) + list(Word.objects.filter(text__in=asked))
    by_text = {word.text: word for word in found}
    near: dict[str, list[Word]] = {}
    for word in asked:
        alike = [one for text, one in by_text.items() if OSA.distance(word, text, score_cutoff=1) <= 1]
        alike.sort(key=lambda one: (one.text != word, one.text[0] != word[0], -one.total_count, one.text))
        near[word] = alike[:FORMS_EACH]
    return near


def corrected(words: Sequence[str], known: Collection[str]) -> str:
    """``words`` with each that nobody uses, nor the vocabulary ``known``, replaced by the one that was likely meant.

    Empty where there is nothing to replace.
    """
    strange = [word for word in words if word not in known and len(word) >= SHORTEST]
    if strange:
        begun = set(Word.objects.filter(text__in=strange).values_list("text", flat=True))
        strange = [word for word in strange if word not in begun]
    if not strange:
        return ""
    meant = {word: each for word, each in _meant(strange, known).items() if each}
    return " ".join(meant.get(word, word) for word in words) if meant else ""


def _meant(strange: list[str], known: Collection[str]) -> dict[str, str]:
    near = near_words(strange)
    told = {word: [one for one in known if OSA.distance(word, one, score_cutoff=1) <= 1] for word in strange}
    return {
        word: min(told[word], key=lambda one: (one[0] != word[0], one), default="")
        or next((one.text for one in near[word]), "")
        for word in strange
    }


def closest(words: Sequence[str], reader: Reader, *, most: int = 20) -> list[int]:
    """The keys of the organizations whose names come nearest to ``words``, the nearest first.

    Each word counts as itself or one slip away, a rare word for more; one that is not found is passed over.
    """
    near = near_words(words)
    everybody = max((one.total_count for some in near.values() for one in some), default=1) + 1
    told: dict[int, dict[str, float]] = defaultdict(dict)
    # The rarest words first: they say most, and what they find is enough to judge.
    order = sorted((some for some in near.items() if some[1]), key=lambda some: sum(one.total_count for one in some[1]))
    left = USES_READ
    for word, some in order:
        counted = {one.pk: one for one in some}
        uses = WordUse.objects.filter(reader.may_find(), word__in=counted, rank__lt=WordUse.Rank.MISSION).order_by()
        for use, pk in uses.values_list("word", "organization")[:left]:
            left -= 1
            one = counted[use]
            weight = log(2 + everybody / (1 + one.total_count)) * (1 if one.text == word else 0.8)
            told[pk][word] = max(weight, told[pk].get(word, 0))
        if left <= 0:
            break
    likely = sorted(told, key=lambda pk: -sum(told[pk].values()))[:JUDGED]
    return _judged(" ".join(words), likely)[:most]


def _judged(text: str, pks: list[int]) -> list[int]:
    """Order organizations by how near their nearest name is; those that are far from it are left out."""
    rows = Organization.objects.filter(pk__in=pks).values_list("pk", "search_text")
    scores = {pk: max(_alike(text, line) for line in lines.split("\n")) for pk, lines in rows}
    return sorted((pk for pk in pks if scores.get(pk, 0) >= 60), key=lambda pk: -scores[pk])


def _alike(text: str, name: str) -> float:
    """From 0 to 100; a name that has ``text`` in it counts nearly as much as one that is no longer."""
    return max(fuzz.token_sort_ratio(text, name), 0.9 * fuzz.partial_token_sort_ratio(text, name))
