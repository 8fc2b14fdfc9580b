"""Words that were nearly meant, and organizations that are nearly called so.

Two words that are one slip apart (a letter too few, too many, another, or two exchanged) share a form with one letter
left out, or one is such a form of the other. These forms are kept, so a slip is found by equality, in the same way on
every database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import log
from typing import NamedTuple

from django.db.models import F, QuerySet
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from organizations.models import Organization, Word, WordUse
from organizations.models.search import NAME_LENGTH
from organizations.search.reader import Reader

SHORTEST = 3
MENDED = 4  # letters of a word that is worth mending; shorter ones are too near to one another
LONGEST = 30
FORMS_EACH = 120  # near words of one word, the more usual ones first
SHORTEST_WITHIN = 5  # letters that tell something where they stand within a name
USES_READ = 4_000
JUDGED = 40  # by their words, and as many by their name
ALIKE = 60  # of 100, from where a name is worth showing


class NearWord(NamedTuple):
    """A word of the index, and how many of those whom the reader may find used it at the last count.

    Words that nobody else may find are there for the reader's own organizations; they are not to be shown.
    """

    pk: int
    text: str
    number: int


NearWords = Mapping[str, Sequence[NearWord]]


def slips_of(word: str) -> set[str]:
    """``word`` and every form of it with one letter left out; nothing for numbers and where it is too short."""
    if not SHORTEST <= len(word) <= LONGEST or word.isdecimal():
        return set()
    return {word, *_shorter(word)}


def _shorter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def near_words(words: Iterable[str], reader: Reader) -> dict[str, list[NearWord]]:
    """For each of ``words`` the words of the index that are one slip from it, itself first, then the more usual."""
    asked = list(dict.fromkeys(words))
    forms = {form for word in asked for form in (slips_of(word) or {word})}
    as_it_is, mistyped = Word.objects.filter(text__in=asked), Word.objects.filter(slips__slip__in=forms)
    columns = ("pk", "text", "total_count" if reader.for_unicef else "public_count")
    found = [NearWord(*row) for row in as_it_is.values_list(*columns).union(mistyped.values_list(*columns))]
    near: dict[str, list[NearWord]] = {}
    for word in asked:
        alike = [one for one in found if OSA.distance(word, one.text, score_cutoff=1) <= 1]
        alike.sort(key=lambda one: (one.text != word, -one.number, one.text))
        near[word] = alike[:FORMS_EACH]
    return near


def corrected(words: Sequence[str], known: Collection[str], near: NearWords) -> str:
    """``words`` with each that nobody uses, nor the vocabulary ``known``, replaced by the one that was likely meant.

    Empty where there is nothing to replace.
    """
    meant = {}
    for word in dict.fromkeys(words):
        if word in known or len(word) < MENDED or any(one.text == word and one.number for one in near[word]):
            continue
        likely = {one: 0 for one in known if OSA.distance(word, one, score_cutoff=1) <= 1}
        likely |= {one.text: one.number for one in near[word] if one.number}
        if likely:  # a first letter is seldom wrong
            meant[word] = min(likely, key=lambda one: (one[0] != word[0], -likely[one], one))
    return " ".join(meant.get(word, word) for word in words) if meant else ""


def closest(
    text: str, near: NearWords, reader: Reader, rows: QuerySet[Organization]
) -> list[tuple[float, Organization]]:
    """Those of ``rows`` whose names come nearest to ``text``, with how near of 100, the nearest first.

    ``near``: the words of ``text``, each with those of the index that it may stand for. A rare word counts for more,
    and one that is not found is passed over.
    """
    numbers = {one.pk: one.number for some in near.values() for one in some}
    everybody = max(numbers.values(), default=1) + 1
    told: dict[int, dict[str, float]] = defaultdict(dict)
    weights: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for word, some in near.items():
        for one in some:
            weight = log(2 + everybody / (1 + one.number)) * (1 if one.text == word else 0.8)
            weights[one.pk].append((word, weight))
    similar: dict[int, float] = {}
    for use, pk, name in _uses([[one.pk for one in some] for some in near.values() if some], numbers, reader):
        for word, weight in weights[use]:
            told[pk][word] = max(weight, told[pk].get(word, 0))
        if pk not in similar:
            similar[pk] = fuzz.ratio(text[:NAME_LENGTH], name)
    by_words = sorted(told, key=lambda pk: (-sum(told[pk].values()), -similar[pk], pk))[:JUDGED]
    by_name = sorted(told, key=lambda pk: (-similar[pk], pk))[:JUDGED]
    likely = {*by_words, *by_name}
    scored = (
        (max(_alike(text, line) for line in row.read_text.split("\n")), row)
        for row in rows.filter(pk__in=likely).annotate(read_text=F("search_text"))
    )
    return sorted((one for one in scored if one[0] >= ALIKE), key=lambda one: (-one[0], one[1].name, one[1].pk))


def _uses(words: list[list[int]], numbers: Mapping[int, int], reader: Reader) -> Iterable[tuple[int, int, str]]:
    """Which of ``words`` stand in the names of whom, with the name, as far as it can be read quickly.

    The rarest words say most, and what they find is enough to judge. Where even these are common, somebody has to use
    two of them.
    """
    named = WordUse.objects.filter(reader.may_find(), rank__lt=WordUse.Rank.MISSION).order_by()
    words = sorted(words, key=lambda some: sum(numbers[pk] for pk in some))
    if not words:
        return ()
    leading, left = list(words[0]), USES_READ - sum(numbers[pk] for pk in words[0])
    users = named.filter(word__in=leading)
    if left < 0 and words[1:]:
        users = users.filter(organization__in=named.filter(word__in=words[1]).values("organization"))
    for some in words[1:]:
        left -= sum(numbers[pk] for pk in some)
        if left < 0:
            break
        leading += some
        users = named.filter(word__in=leading)
    everything = {pk for some in words for pk in some}
    some_users = users.values("organization")[:USES_READ]
    return named.filter(organization__in=some_users, word__in=everything).values_list("word", "organization", "name")


def _alike(text: str, name: str) -> float:
    """From 0 to 100; a name that has ``text`` in it counts nearly as much as one that is no longer."""
    whole = max(fuzz.ratio(text, name), fuzz.token_sort_ratio(text, name))
    if len(text) < SHORTEST_WITHIN:
        return whole
    return max(whole, 0.9 * fuzz.partial_token_sort_ratio(text, name))
