"""What a person means by the words in the search box, and the condition that finds it.

"Education in Somali region, Ethiopia, national NGOs" names a theme, a place and a kind of organization. The longest
phrase that the vocabulary knows wins; a theme and a place have to meet in one presence. Words may also be a name:

- When every word is understood, organizations whose names and mission hold all the words are found as well
  ("education" finds "Education for All").
- When some word is not understood, a name is being typed: that word must stand in the names or the mission, and each
  of the others may stand there too in place of what it means ("Save the Children Ethiopia").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import reduce
from itertools import islice, product
from operator import and_, or_

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from organizations.filters.vocabulary import KIND_LABELS, LINKS, SMALL_WORDS, Concept, Vocabulary
from organizations.search.query import All, Asked, Either, Named, Under, in_words
from organizations.search.text import is_han, tokens
from portal.kit.text import fold

MOST_WORDS = 24
MOST_PLACES_OF_ONE_NAME = 20
MOST_SOUGHT = 4  # themes, places and kinds each: every theme is asked for in every place, and a database bounds that

KINDS = frozenset({"category", "type", "trait"})


# --- Words in names ---------------------------------------------------------------------------------------------------


def in_text(words: Iterable[str]) -> Q:
    """Each of ``words``, as far as they are read, begins a word of the names, the acronym or the mission.

    Three hundred letters can fold to a thousand words, and databases bound how many conditions a query has.
    """
    return reduce(and_, map(in_words, islice(words, MOST_WORDS)), Q())


class BestMatch(IntEnum):
    """How near an organization is to a text."""

    NAME = 0  # it is called so
    BEGINS = 1  # its name begins so
    WORDS = 2  # it has the words
    OTHER = 3


def best_match(text: Understood) -> Case:
    """The :class:`BestMatch` of an organization."""
    lines = dict.fromkeys((text.name, fold(text.text)))
    called_so = (
        Q(search_text=line)
        | Q(search_text__startswith=f"{line}\n")
        | Q(search_text__endswith=f"\n{line}")
        | Q(search_text__contains=f"\n{line}\n")
        for line in lines
    )
    return Case(
        When(reduce(or_, called_so), then=Value(BestMatch.NAME)),
        When(search_text__startswith=text.name, then=Value(BestMatch.BEGINS)),
        When(in_text(text_words(tokens(text.name)[:MOST_WORDS])), then=Value(BestMatch.WORDS)),
        default=Value(BestMatch.OTHER),
        output_field=IntegerField(),
    )


def text_words(words: Sequence[str]) -> list[str]:
    """``words`` as they stand in a text: Chinese characters that follow one another are one piece again."""
    joined: list[str] = []
    for before, word in zip([None, *words], words, strict=False):
        if joined and before and is_han(before) and is_han(word):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


# --- Understanding ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """Something that is asked for: ``codes`` of themes, places or kinds, any of which will do, and the words for it.

    Without words it comes from a filter, so that no name can stand in for it.
    """

    concepts: tuple[Concept, ...]
    words: tuple[str, ...] = ()

    @property
    def codes(self) -> list[str]:
        return [concept.code for concept in self.concepts]


@dataclass
class Understood:
    """What a text asks for.

    ``unknown``: words that mean nothing but themselves; ``words``: all that are worth a look; ``name``: the text as it
    may be the name of somebody, that is without the places.
    """

    text: str = ""
    name: str = ""
    themes: list[Sought] = field(default_factory=list)
    places: list[Sought] = field(default_factory=list)
    kinds: list[Sought] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.themes or self.places or self.kinds)

    def in_words(self, known: Vocabulary) -> list[str]:
        """What was understood, part by part, in the reader's language."""
        said = [_("theme %s") % _any_of(known.themes[code].label for code in each.codes) for each in self.themes]
        said += [
            _("place %s") % _any_of(known.place_label(known.places[code]) for code in each.codes)
            for each in self.places
        ]
        said += [_any_of(str(KIND_LABELS[one.family][one.code]) for one in each.concepts) for each in self.kinds]
        if self and self.unknown:
            said.append(_("in the name “%s”") % " ".join(self.unknown))
        return said


def understand(text: str, known: Vocabulary, *, sensitive: bool = False, country: str = "") -> Understood:
    """Take ``text`` apart from left to right, each time the longest phrase that ``known`` has a meaning for.

    ``sensitive``: whether the reader may ask for themes that are for UNICEF staff alone. ``country``: the code of the
    one that is chosen beside the text.
    """
    words = tokens(text)[:MOST_WORDS]
    found = Understood(text=text)
    lists = {"theme": found.themes, "place": found.places}
    name: list[str] = []
    for phrase, sought in _phrases(words, known, sensitive):
        family = sought.concepts[0].family if sought else ""
        if family != "place":
            name += phrase
        while family == "place" and name and name[-1] in LINKS:
            name.pop()  # "… in Ethiopia"
        if not sought and phrase[0] in SMALL_WORDS:
            continue
        found.words += text_words(phrase)
        if not sought:
            found.unknown += text_words(phrase)
            continue
        kept = lists.get(family, found.kinds)
        if sought.concepts in [each.concepts for each in kept]:
            continue
        if len(kept) < MOST_SOUGHT:
            kept.append(sought)
        else:
            found.unknown += text_words(phrase)
    found.words = found.words or text_words(words)
    found.name = " ".join(text_words(name)) or fold(text)
    for place in _lying_elsewhere(found.places, known, country):
        found.places.remove(place)
        found.unknown += place.words
    found.places = narrowed(found.places, known)
    return found


def _lying_elsewhere(places: list[Sought], known: Vocabulary, country: str) -> list[Sought]:
    """The places that cannot be meant because a country is named, or chosen, in which they do not lie.

    In "Save the Children Ethiopia" the first word is not the town in Benin.
    """
    named = {code for place in places for code in place.codes if not known.places[code].depth} | {country} - {""}

    def lies_there(code: str) -> bool:
        return known.country_of(known.places[code]).code in named

    return [place for place in places if named and not any(map(lies_there, place.codes))]


def _phrases(words: list[str], known: Vocabulary, sensitive: bool) -> Iterator[tuple[list[str], Sought | None]]:
    """Cut ``words`` into phrases with a meaning, runs of words without, and small words one by one."""
    at, run = 0, []
    while at < len(words):
        lengths = range(min(known.longest, len(words) - at), 0, -1)
        meanings = ((length, _sought(words[at : at + length], known, sensitive)) for length in lengths)
        length, sought = next(((length, sought) for length, sought in meanings if sought), (1, None))
        phrase = words[at : at + length]
        at += length
        if not sought and phrase[0] not in SMALL_WORDS:
            run += phrase
            continue
        if run:
            yield run, None
            run = []
        yield phrase, sought
    if run:
        yield run, None


def _sought(phrase: list[str], known: Vocabulary, sensitive: bool) -> Sought | None:
    """A place is meant before a kind of organization, and that before a theme."""
    meanings = known.meaning(phrase)
    for families in (("place",), KINDS, ("theme",)):
        concepts = sorted(
            one
            for one in meanings
            if one.family in families
            and (sensitive or one.family != "theme" or not known.themes[one.code].is_sensitive)
        )
        if concepts:
            return Sought(_outermost(concepts, known)[:MOST_PLACES_OF_ONE_NAME], tuple(text_words(phrase)))
    return None


def _outermost(concepts: list[Concept], known: Vocabulary) -> tuple[Concept, ...]:
    """Leave out what lies in another of them: Bamako the town is in Bamako the district."""
    trees = {"theme": known.themes, "place": known.places}
    paths = {one: trees[one.family][one.code].path for one in concepts if one.family in trees}
    return tuple(
        one
        for one in concepts
        if one not in paths or not any(other != one and paths[one].startswith(path) for other, path in paths.items())
    )


def narrowed(places: list[Sought], known: Vocabulary) -> list[Sought]:
    """Read places in the light of each other: "Somali, Ethiopia" is one place, and no other of that name."""

    def lies_in(one: Concept, other: Concept) -> bool:
        return one != other and known.places[one.code].path.startswith(known.places[other.code].path)

    read = []
    for place in places:
        others = [concept for other in places if other is not place for concept in other.concepts]
        inside = tuple(one for one in place.concepts if any(lies_in(one, other) for other in others))
        read.append(replace(place, concepts=inside) if inside else place)
    every = [concept for place in read for concept in place.concepts]
    return [place for place in read if not any(lies_in(one, here) for here in place.concepts for one in every)]


def _any_of(labels: Iterable[str]) -> str:
    shown = list(dict.fromkeys(labels))
    return _(" or ").join(shown[:3]) + (" …" if len(shown) > 3 else "")


# --- What is asked for ------------------------------------------------------------------------------------------------


@dataclass
class Finder:
    """Turns a text and the filters into what the index is asked for; themes and places of the filters hold beside
    those of the text."""

    known: Vocabulary
    themes: list[Sought] = field(default_factory=list)
    places: list[Sought] = field(default_factory=list)

    def asked(self, text: Understood, *, exact: bool = False) -> Asked:
        """What ``text`` and the filters together ask for. ``exact``: take the words as words only."""
        by_filters = self.at_work(self.themes, narrowed(self.places, self.known))
        if not text.text:
            return by_filters
        if exact or not text:
            return All((by_filters, named(text.words)))
        themes = [*self.themes, *text.themes]
        places = narrowed([*self.places, *text.places], self.known)
        kinds = [(_kind(kind), named(kind.words)) for kind in text.kinds]
        if text.unknown:
            found = self.at_work(themes, places, or_named=True)
            return All((named(text.unknown), *map(Either, kinds), found))
        meant = All((*(kind for kind, _words in kinds), self.at_work(themes, places)))
        return Either((meant, All((by_filters, named(text.words)))))

    def at_work(self, themes: list[Sought], places: list[Sought], *, or_named: bool = False) -> All:
        """At work on every theme in every place, a theme and a place in one presence.

        ``or_named``: the words for either may also stand in the names of the organization.
        """

        def met(*sought: Sought) -> Asked:
            """Meets one of the themes and one of the places, or is called so."""
            under = Under(tuple(" ".join(pair) for pair in product(*map(_codes, sought))))
            if not or_named:
                return under
            called = [(named(each.words) if each.words else Either()) for each in sought]
            if len(sought) == 1:
                return Either((under, *called))
            (theme, place), (so_called, placed) = sought, called
            there = Either((Under(_codes(place)), placed))
            return Either((under, All((so_called, there)), All((placed, Under(_codes(theme))))))

        if themes and places:
            return All(tuple(met(theme, place) for theme, place in product(themes, places)))
        return All(tuple(met(each) for each in (*themes, *places)))


def named(words: Iterable[str]) -> All:
    """Each of ``words``, as far as they are read, begins a word of the names or the mission."""
    return All(tuple(Named(word) for word in islice(words, MOST_WORDS)))


def _codes(sought: Sought) -> tuple[str, ...]:
    return tuple(f"{one.family}:{one.code}" for one in sought.concepts)


def _kind(kind: Sought) -> Under:
    return Under(_codes(kind))
