"""Asking the index: what is asked for becomes one queryset of organizations, in an order that an index already has.

What is asked for is a tree: :class:`Under` headings, :class:`Named` with a word, :class:`All` or :class:`Either` of
several, or some other :class:`Condition`. The part that fewest organizations meet leads, by the counts that the index
keeps, and the others are asked of each organization that it brings:

- Few (at most ``FEW``): their keys are read, and everything else is asked of them alone.
- Many under one heading: its listings are read in the order of the names until a page is full.
- Many otherwise: the same with all organizations of their kind; what so many meet fills a page soon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple, TypeGuard

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from organizations.models import Heading, Listing, Organization, Tagging, Word, WordUse
from organizations.search.text import is_han
from portal.kit.paging import NOTHING, bounded_count

FEW = 1_000
WORDS_ASKED = 3  # of a search, to see which is rarest: the longest ones
MOST_FORMS = 500
SHORTEST_PART = 3  # letters of the beginning of a word, from which its forms are few enough to be listed
COMMON = 10**9
"""What more organizations meet than is worth counting."""

# Scripts that write words together, or begin them with what grammar asks for: there a word may stand inside another.
_INSIDE = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0fff\u3040-\u9fff\uac00-\ud7af]")


def stands_inside(word: str) -> bool:
    """Whether ``word`` is of a script in which it may stand inside another."""
    return bool(_INSIDE.match(word))


@dataclass(frozen=True)
class Reader:
    """Who asks: UNICEF staff find everything, others what is public, and their ``own`` organizations."""

    for_unicef: bool = False
    own: tuple[int, ...] = ()

    def may_find(self, posting: str = "") -> Q:
        """The condition on a posting, reached by the path ``posting``."""
        if self.for_unicef:
            return Q()
        public = Q(**{f"{posting}public_until__gte": timezone.localdate()})
        return public | Q(**{f"{posting}organization__in": self.own}) if self.own else public


def in_words(word: str) -> Q:
    """``word`` begins a word of the names, the acronym or the mission; in some scripts it may stand inside one."""
    if stands_inside(word):
        return Q(search_text__contains=word)
    return Q(search_text__startswith=word) | Q(search_text__contains=f" {word}") | Q(search_text__contains=f"\n{word}")


class Count(NamedTuple):
    """The key of a heading or word and how many organizations it has, and how many for everybody, at the last count."""

    pk: int
    number: int
    public: int = 0


@dataclass
class Known:
    """What the index knows of the headings and words that are asked for, read once for a search."""

    reader: Reader
    headings: dict[str, Count]
    forms: dict[str, list[Count] | None] = field(default_factory=dict)

    def may_find(self, count: Count) -> int:
        """How many the reader may find under a heading or by a word."""
        return count.number if self.reader.for_unicef else count.public

    def under(self, codes: Iterable[str]) -> list[Count]:
        return [self.headings[code] for code in codes if code in self.headings]

    def read(self, codes: Iterable[str], words: Iterable[str]) -> None:
        if unread := {code for code in codes if code not in self.headings}:
            rows = Heading.objects.filter(code__in=sorted(unread)).values_list(
                "code", "pk", "total_count", "public_count"
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

    def probe(self, known: Known) -> Q:
        """The condition on one organization."""
        raise NotImplementedError


@dataclass(frozen=True)
class Under(Asked):
    """Listed under one of these headings."""

    codes: tuple[str, ...]

    def cost(self, known: Known) -> int:
        return sum(count.number for count in known.under(self.codes))

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        return [Listing.objects.filter(known.reader.may_find(), heading__in=self._pks(known))]

    def probe(self, known: Known) -> Q:
        if not (pks := self._pks(known)):
            return NOTHING
        listed = Listing.objects.filter(known.reader.may_find(), organization=OuterRef("pk"), heading__in=pks)
        return Q(Exists(listed))

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

    def probe(self, known: Known) -> Q:
        forms = known.forms.get(self.word)
        if forms is None or self._is_phrase:
            return in_words(self.word)
        # An index answers this; the text of an organization is long.
        uses = WordUse.objects.filter(organization=OuterRef("pk"), word__in=[count.pk for count in forms])
        return Q(Exists(uses)) if forms else NOTHING

    @property
    def _is_phrase(self) -> bool:
        """Several Chinese characters, which have to stand side by side."""
        return len(self.word) > 1 and is_han(self.word)


@dataclass(frozen=True)
class Condition(Asked):
    """Something that the index does not know and an organization is asked for."""

    condition: Q

    def probe(self, known: Known) -> Q:
        return self.condition


@dataclass(frozen=True)
class Tagged(Asked):
    """With this tag of an office, by its key. Tags are few and for staff alone, so the index does not hold them."""

    tag: int

    def cost(self, known: Known) -> int:
        return bounded_count(self._taggings(), FEW)

    def keys(self, known: Known) -> list[QuerySet[Any]]:
        return [self._taggings()]

    def probe(self, known: Known) -> Q:
        return Q(Exists(self._taggings().filter(organization=OuterRef("pk"))))

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

    def probe(self, known: Known) -> Q:
        return reduce(and_, (part.probe(known) for part in self.inside), Q())

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

    def probe(self, known: Known) -> Q:
        return reduce(or_, (part.probe(known) for part in self.inside), NOTHING)


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
    keys = None if few else _few(needed, known)
    if keys is not None:
        leader, few = body, True
    leader = leader or next((part for part in needed if _leads(part, known)), body)
    if not reader.for_unicef and leader is not body:
        needed.remove(body)  # what everybody may find is a body of the one kind that registers
    rest = [part for part in needed if part is not leader]
    heading = next(iter(known.under(leader.codes)), Count(0, 0))
    # One call of filter, so that all of it is asked of the same listing.
    found = rows.filter(reader.may_find("listings__"), listings__heading=heading.pk)
    if keys is not None:
        found = found.filter(pk__in=keys)
    found = found.filter(reduce(and_, (part.probe(known) for part in rest), Q()))
    return Found(
        found.annotate(listed_as=F("listings__name")),
        few=few,
        at_least=0 if few else _at_least([part for part in needed if part is not body], body, known),
    )


def _at_least(needed: Sequence[Asked], body: Under, known: Known) -> int:
    """How many meet all of it for sure, at the last count."""
    if len(needed) > 1:
        return 0
    # What staff find may be another kind of body, so of one part they know no number for sure.
    return body.at_least(known) if not needed else 0 if known.reader.for_unicef else needed[0].at_least(known)


def _leads(part: Asked, known: Known) -> TypeGuard[Under]:
    return isinstance(part, Under) and len(known.under(part.codes)) == 1


def _few(needed: Sequence[Asked], known: Known) -> list[int] | None:
    """The keys of all that can be meant, where they are few; None where they are many."""
    first, *others = needed
    if first.cost(known) > FEW * FEW:
        return None
    leading = first.keys(known)
    if first.cost(known) > FEW:
        # Two that many meet may still have few in common.
        second = next((part for part in others if part.cost(known) <= FEW * FEW and isinstance(part, Named)), None)
        if second is None or not isinstance(first, Named | Under) or _share(first, second, known) > FEW:
            return None
        also = second.keys(known)[0].order_by().values("organization")
        leading = [keys.filter(organization__in=also) for keys in leading]
    found: set[int] = set()
    for keys in leading:
        found.update(keys.order_by().values_list("organization", flat=True)[: FEW + 1])
        if len(found) > FEW:
            return None
    return sorted(found)


def _share(one: Asked, other: Asked, known: Known) -> int:
    """About how many meet both, if the two have nothing to do with each other."""
    everybody = max((count.number for count in known.headings.values()), default=0) or 1
    return one.cost(known) * other.cost(known) // max(everybody, one.cost(known), other.cost(known))
