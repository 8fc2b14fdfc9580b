"""Asking the index: what is asked for becomes one queryset of organizations, in an order that an index already has.

What is asked for is a tree: :class:`Under` headings, :class:`Named` with a word, :class:`All` or :class:`Either` of
several, or some other :class:`Condition`. The part that fewest organizations meet leads, by the counts that the index
keeps, and the others are asked of each organization that it brings:

- Few (at most ``FEW``): their keys are read, and everything else is asked of them alone.
- Many by the counts: the first that meet all of it are read, to see whether so many are left; that counts them too.
- Many under one heading: its listings are read in the order of the names until a page is full.
- Many otherwise: the same with all organizations of their kind; what so many meet fills a page soon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, NamedTuple, TypeGuard

from django.db.models import F, OuterRef, Q, QuerySet

from organizations.models import Heading, Listing, Organization, Tagging, Word, WordUse
from organizations.search.reader import PARTNERS, Reader
from organizations.search.text import is_han
from portal.kit.paging import NOTHING, bounded_count, has_one

FEW = 1_000
WORDS_ASKED = 3  # of a search, to see which is rarest: the longest ones
MOST_FORMS = 500
SHORTEST_PART = 3  # letters of the beginning of a word, from which its forms are few enough to be listed
A_PAGE = 25
WORTH_READING = 30  # postings in order, in place of finding one among all
OF_POSTING, OF_LISTING = "organization", "listings__organization"
COMMON = 10**9
"""What more organizations meet than is worth counting."""

# Scripts that write words together, or begin them with what grammar asks for: there a word may stand inside another.
_INSIDE = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0fff\u3040-\u9fff\uac00-\ud7af]")


def stands_inside(word: str) -> bool:
    """Whether ``word`` is of a script in which it may stand inside another."""
    return bool(_INSIDE.match(word))


def in_words(word: str, path: str = "") -> Q:
    """``word`` begins a word of the names, the acronym or the mission; in some scripts it may stand inside one.

    ``path``: to the organization, where the condition is on something else.
    """
    text = f"{path}search_text"
    if stands_inside(word):
        return Q(**{f"{text}__contains": word})
    within = Q(**{f"{text}__contains": f" {word}"}) | Q(**{f"{text}__contains": f"\n{word}"})
    return Q(**{f"{text}__startswith": word}) | within


class Count(NamedTuple):
    """The key of a heading or word and how many organizations it has at the last count, how many of them everybody
    may find, and how many are civil society organizations, where that is counted."""

    pk: int
    number: int
    public: int = 0
    partners: int = 0


@dataclass
class Known:
    """What the index knows of the headings and words that are asked for, read once for a search."""

    reader: Reader
    headings: dict[str, Count]
    forms: dict[str, list[Count] | None] = field(default_factory=dict)
    likely_asked: int = 0  # of how many organizations each condition is asked

    def may_find(self, count: Count) -> int:
        """How many the reader may find under a heading or by a word."""
        return count.partners if self.reader.for_unicef else count.public

    def has(self, postings: QuerySet[Any], number: int, of: str) -> Q:
        """The condition that an organization has one of ``postings``, of which there are ``number``; ``of``: as for
        :meth:`Asked.probe`. All of them are read once where that is less than a look into the index for each."""
        if number <= WORTH_READING * self.likely_asked:
            return Q(**{f"{of}__in": postings.order_by().values("organization")})
        having = postings.filter(organization=OuterRef(of))
        return Q(has_one(having, "organization"))

    def ask(self, others: Iterable[Asked], wanted: int, of: int) -> None:
        """Say that ``wanted`` are looked for among the ``of`` organizations that a leading part brings, and that have
        to meet all ``others`` too."""
        everybody = max((count.number for count in self.headings.values()), default=0) or 1
        meet = float(of)
        for part in others:
            meet *= min(part.cost(self), everybody) / everybody
        self.likely_asked = min(of, int(wanted * of / max(meet, 1)))

    def under(self, codes: Iterable[str]) -> list[Count]:
        return [self.headings[code] for code in codes if code in self.headings]

    def read(self, codes: Iterable[str], words: Iterable[str]) -> None:
        if unread := {code for code in codes if code not in self.headings}:
            rows = Heading.objects.filter(code__in=sorted(unread)).values_list(
                "code", "pk", "total_count", "public_count", "partner_count"
            )
            self.headings.update((code, Count(*counted)) for code, *counted in rows)
        asked = [word for word in words if len(word) >= SHORTEST_PART or stands_inside(word)]
        asked = sorted(set(asked), key=len, reverse=True)[:WORDS_ASKED]
        if asked:
            meant = reduce(or_, map(_form_of, asked))
            counted = ("text", "pk", "total_count", "public_count")
            rows = list(Word.objects.filter(meant).values_list(*counted)[: MOST_FORMS + 1])
            if len(rows) <= MOST_FORMS:
                self.forms = {word: _forms(word, rows) for word in asked}


def _form_of(word: str) -> Q:
    """The words of the index that ``word`` stands for; of several Chinese characters the index has each."""
    if is_han(word):
        return Q(text__in=word)
    return Q(text__contains=word) if stands_inside(word) else Q(text__startswith=word)


def _forms(word: str, rows: Iterable[tuple[Any, ...]]) -> list[Count]:
    if is_han(word):  # the rarest character leads
        each = {text: Count(*counted) for text, *counted in rows if text in word}
        return [] if set(word) - each.keys() else [min(each.values(), key=lambda count: count.number)]
    fits = str.__contains__ if stands_inside(word) else str.startswith
    return [Count(*counted) for text, *counted in rows if fits(text, word)]


# --- What is asked for ------------------------------------------------------------------------------------------------


class Asked:
    """A part of what is asked for."""

    def parts(self) -> Iterator[Asked]:
        """This part and all inside it."""
        yield self

    def cost(self, known: Known) -> int:
        """About how many organizations meet it, at most."""
        return COMMON

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        """Postings of all that meet it, and of others too."""
        raise LookupError("Only what has a cost below COMMON can lead.")

    def at_least(self, known: Known) -> int:
        """How many met it for sure at the last count, of those whom the reader may find."""
        return 0

    def probe(self, known: Known, of: str) -> Q:
        """The condition on an organization or a posting; ``of``: the column with its key, from there."""
        raise NotImplementedError


@dataclass(frozen=True)
class Under(Asked):
    """Listed under one of these headings."""

    codes: tuple[str, ...]

    def cost(self, known: Known) -> int:
        return sum(count.number for count in known.under(self.codes))

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        return [Listing.objects.filter(known.reader.may_find(), heading__in=self._pks(known))]

    def probe(self, known: Known, of: str) -> Q:
        if not (pks := self._pks(known)):
            return NOTHING
        return known.has(Listing.objects.filter(known.reader.may_find(), heading__in=pks), self.cost(known), of)

    def at_least(self, known: Known) -> int:
        return max((known.may_find(count) for count in known.under(self.codes)), default=0)

    def _pks(self, known: Known) -> list[int]:
        return [count.pk for count in known.under(self.codes)]


@dataclass(frozen=True)
class Named(Asked):
    """With a word that begins so in the names or the mission."""

    word: str

    def cost(self, known: Known) -> int:
        forms = known.forms.get(self.word)
        return COMMON if forms is None else sum(count.number for count in forms)

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        forms = [count.pk for count in known.forms.get(self.word) or ()]
        return [WordUse.objects.filter(known.reader.may_find(), word__in=forms)]

    def at_least(self, known: Known) -> int:
        counts = [] if self._is_phrase else known.forms.get(self.word) or ()
        return max((known.may_find(count) for count in counts), default=0)

    def probe(self, known: Known, of: str) -> Q:
        forms = known.forms.get(self.word)
        if forms is None or self._is_phrase:
            return in_words(self.word, "organization__" if of == OF_POSTING else "")
        # An index answers this; the text of an organization is long.
        uses = WordUse.objects.filter(word__in=[count.pk for count in forms])
        return known.has(uses, self.cost(known), of) if forms else NOTHING

    @property
    def _is_phrase(self) -> bool:
        """Several Chinese characters, which have to stand side by side."""
        return len(self.word) > 1 and is_han(self.word)


@dataclass(frozen=True)
class Condition(Asked):
    """Something that the index does not know and an organization is asked for."""

    condition: Q

    def probe(self, known: Known, of: str) -> Q:
        return self.condition


@dataclass(frozen=True)
class Tagged(Asked):
    """With this tag of an office, by its key. Tags are few and for staff alone, so the index does not hold them."""

    tag: int

    def cost(self, known: Known) -> int:
        return self._number

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        return [self._taggings()]

    def probe(self, known: Known, of: str) -> Q:
        return known.has(self._taggings(), self._number, of)

    @cached_property
    def _number(self) -> int:
        return bounded_count(self._taggings(), FEW)

    def _taggings(self) -> QuerySet[Tagging]:
        return Tagging.objects.filter(tag=self.tag)


@dataclass(frozen=True)
class All(Asked):
    """Every one of these."""

    inside: tuple[Asked, ...] = ()

    def parts(self) -> Iterator[Asked]:
        yield self
        for part in self.inside:
            yield from part.parts()

    def cost(self, known: Known) -> int:
        return min((part.cost(known) for part in self.inside), default=COMMON)

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        return min(self.inside, key=lambda part: part.cost(known)).keys(known)

    def at_least(self, known: Known) -> int:
        return self.inside[0].at_least(known) if len(self.inside) == 1 else 0

    def probe(self, known: Known, of: str) -> Q:
        return reduce(and_, (part.probe(known, of) for part in self.inside), Q())

    def flat(self) -> Iterator[Asked]:
        """What has to be met, without the brackets."""
        for part in self.inside:
            yield from part.flat() if isinstance(part, All) else (part,)


@dataclass(frozen=True)
class Either(Asked):
    """At least one of these; none of none."""

    inside: tuple[Asked, ...] = ()

    def parts(self) -> Iterator[Asked]:
        yield self
        for part in self.inside:
            yield from part.parts()

    def cost(self, known: Known) -> int:
        return min(sum(part.cost(known) for part in self.inside), COMMON)

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        return [keys for part in self.inside for keys in part.keys(known)]

    def at_least(self, known: Known) -> int:
        return max((part.at_least(known) for part in self.inside), default=0)

    def probe(self, known: Known, of: str) -> Q:
        return reduce(or_, (part.probe(known, of) for part in self.inside), NOTHING)


# --- Finding ----------------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """``rows``: the organizations, each with ``listed_as``, by which they are in order. ``few``: whether their number
    is bounded, so that any order is cheap. ``at_least``: how many there were at the last count; 0 where nobody knows.
    """

    rows: QuerySet[Organization]
    few: bool
    at_least: int = 0


def find(
    rows: QuerySet[Organization], asked: All, *, body: Under, reader: Reader, kept: dict[str, Count] | None = None
) -> Found:
    """Narrow ``rows`` to those that ``reader`` may find and that meet ``asked``.

    ``body``: the one heading of the kind of bodies that are looked for; where nothing narrower leads, its order does.
    ``kept``: the counts of headings that an earlier search has read, which it may add to.
    """
    known = Known(reader, {} if kept is None else kept)
    every = list(asked.parts())
    codes = [code for part in (*every, body) if isinstance(part, Under) for code in part.codes]
    known.read(codes, (part.word for part in every if isinstance(part, Named)))
    needed = sorted([body, *asked.flat()], key=lambda part: part.cost(known))
    leader = needed[0] if _leads(needed[0], known) else None
    few = leader is not None and leader.cost(known) <= FEW
    at_least = 0 if few else _at_least([part for part in needed if part is not body], body, known)
    keys = None
    if not few and at_least <= FEW:
        keys, at_least = _few(needed, known)
    if keys is not None:
        leader, few = body, True
    leader = leader or next((part for part in needed if _leads(part, known)), body)
    if not reader.for_unicef and leader is not body:
        needed.remove(body)  # what everybody may find is a body of the one kind that registers
    rest = [part for part in needed if part is not leader]
    heading = next(iter(known.under(leader.codes)), Count(0, 0))
    # One call of filter, so that all of it is asked of the same listing.
    known.ask(rest, A_PAGE, len(keys) if keys is not None else heading.number)
    meets = [part.probe(known, OF_LISTING) for part in rest]
    if keys is not None:
        meets.append(Q(pk__in=keys))
    found = rows.filter(reader.may_find("listings__"), *meets, listings__heading=heading.pk)
    return Found(
        found.annotate(listed_as=F("listings__name")),
        few=few,
        at_least=at_least,
    )


def _at_least(needed: Sequence[Asked], body: Under, known: Known) -> int:
    """How many meet all of it for sure, at the last count."""
    if len(needed) > 1:
        return 0
    # Of other kinds of bodies no number is known for sure.
    partners = not known.reader.for_unicef or body.codes == (PARTNERS,)
    return (needed[0] if needed else body).at_least(known) if partners else 0


def _leads(part: Asked, known: Known) -> TypeGuard[Under]:
    return isinstance(part, Under) and len(known.under(part.codes)) == 1


def _few(needed: Sequence[Asked], known: Known) -> tuple[list[int] | None, int]:
    """The keys of all that can be meant, where they are few; None where they are many, and then how many at least."""
    first, *others = needed
    others = [part for part in others if not isinstance(part, Condition)]  # which a posting cannot be asked
    if first.cost(known) > FEW and (first.cost(known) > FEW * FEW or not others):
        return None, 0
    known.ask(others, FEW, first.cost(known))
    asks_all = first.cost(known) > FEW  # few are asked the rest when the page is read
    meets = reduce(and_, (part.probe(known, OF_POSTING) for part in others)) if asks_all else Q()
    found: set[int] = set()
    for postings in first.keys(known):
        keys = postings.order_by().filter(meets).values_list("organization", flat=True)[: FEW + 1]
        found.update(keys)
        if len(keys) > FEW or len(found) > FEW:  # of two words with one beginning both may be of one organization
            sure = asks_all and len(found) > FEW and len(others) == len(needed) - 1
            return None, FEW + 1 if sure else 0
    return sorted(found), 0
