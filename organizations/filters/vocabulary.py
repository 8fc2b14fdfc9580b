"""The words that the search understands: themes, places, kinds of organization, read from the database once a minute.

Every search and every row of the directory needs the names of themes and places. They are few and change seldom, so
each process keeps them, and a page spends no query on them.
"""

from __future__ import annotations

import re
import time
import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language

from organizations.models import Presence
from organizations.models.organization import TRAITS, CSOType, OrganizationCategory
from organizations.search.text import tokens
from portal.kit.filters import Choices
from portal.kit.text import fold
from programmes.models import CountryOffice, Location, Strategy, ThematicArea

SECONDS_KEPT = 60
INDENT = "\u2003"

_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

_ARABIC_ARTICLE = re.compile(r"^(?:[وبفك]?ال|لل)(?=\w{2})")


class Concept(NamedTuple):
    """Something that words can mean. ``family``: theme, place, type, category or trait."""

    family: str
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """What pages and the search need of a theme, a place, an office or a strategy."""

    pk: int
    code: str
    name: str
    names: dict[str, str]
    path: str = ""
    is_sensitive: bool = False

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.names.get((get_language() or "en").partition("-")[0]) or self.name

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1

    def is_directly_below(self, above: Node | None) -> bool:
        """Whether it is a branch of ``above``; of nothing are those that stand alone: sectors, countries."""
        return self.path == f"{above.path if above else ''}{self.code}/"


def stem(word: str) -> str:
    """``word`` without the endings and articles that come and go with grammar; not for reading, only for comparing."""
    if word.isascii():
        return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
    if "\u0600" <= word[0] <= "\u06ff":
        return _ARABIC_ARTICLE.sub("", word)
    if "\u0400" <= word[0] <= "\u04ff" and len(word) > 4:
        return word.rstrip("аеиоуыэюяь") or word
    return word


LINKS, EVERYWHERE = (
    frozenset(word for words in _WORDS[group].values() for word in tokens(words)) for group in ("links", "everywhere")
)
SMALL_WORDS = LINKS | EVERYWHERE
"""Words that say nothing about who, where or on what, unless nothing else is asked."""


@dataclass
class Vocabulary:
    """The reference data by code, in reading order, and every phrase that stands for some of it."""

    themes: dict[str, Node]
    places: dict[str, Node]
    offices: dict[str, Node]
    strategies: dict[str, Node]
    phrases: dict[str, set[Concept]] = field(default_factory=lambda: defaultdict(set))
    stems: dict[str, set[Concept]] = field(default_factory=lambda: defaultdict(set))
    headings: dict[str, Any] = field(default_factory=dict)
    longest: int = 1
    kept: dict[tuple[str, ...], Choices] = field(default_factory=dict)

    def choices(self, name: str, nodes: Iterable[Node], *, by_label: bool = False) -> Choices:
        """What a form offers of ``nodes``, in the reader's language, what lies below a little further in.

        It is made once: ``name`` says what ``nodes`` are, and whose they are where readers see different ones.
        """
        key = (name, get_language() or "")
        if key not in self.kept:
            rows = sorted(nodes, key=lambda node: tokens(node.label)) if by_label else list(nodes)
            outermost = min((node.depth for node in rows), default=0)
            self.kept[key] = Choices((row.code, INDENT * (row.depth - outermost) + row.label) for row in rows)
        return self.kept[key]

    def add(self, phrase: str, concept: Concept) -> None:
        """Let ``phrase`` stand for ``concept``, unless all its words say nothing ("La" is a town in Laos)."""
        words = tokens(phrase)
        if not SMALL_WORDS.issuperset(words):
            self.phrases[" ".join(words)].add(concept)
            self.stems[" ".join(map(stem, words))].add(concept)
            self.longest = max(self.longest, len(words))

    def meaning(self, words: list[str]) -> set[Concept]:
        """What ``words`` in this order mean: as they are written or, failing that, but for their endings."""
        return self.phrases.get(" ".join(words)) or self.stems.get(" ".join(map(stem, words))) or set()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        return frozenset(word for phrase in self.phrases for word in phrase.split())

    @cached_property
    def open_words(self) -> frozenset[str]:
        """Those that do not mean a sensitive theme alone."""

        def is_open(one: Concept) -> bool:
            return one.family != "theme" or not self.themes[one.code].is_sensitive

        return frozenset(
            word for phrase, told in self.phrases.items() if any(map(is_open, told)) for word in phrase.split()
        )

    @cached_property
    def theme_by_pk(self) -> dict[int, Node]:
        return {theme.pk: theme for theme in self.themes.values()}

    @cached_property
    def place_by_pk(self) -> dict[int, Node]:
        return {place.pk: place for place in self.places.values()}

    @cached_property
    def countries(self) -> list[Node]:
        return [place for place in self.places.values() if place.depth == 0]

    @cached_property
    def _paths(self) -> list[str]:
        return sorted(place.path for place in self.places.values())

    def themes_for(self, sensitive: bool) -> Iterator[Node]:
        """The themes that a reader may ask for; ``sensitive``: also those shown to UNICEF staff alone."""
        return (theme for theme in self.themes.values() if sensitive or not theme.is_sensitive)

    def themes_below(self, code: str, sensitive: bool) -> list[int]:
        """The keys of a theme and its specializations."""
        path = self.themes[code].path
        return [theme.pk for theme in self.themes_for(sensitive) if theme.path.startswith(path)]

    def places_in(self, country: str) -> list[Node]:
        """The places of a country, each after the one it lies in; without the country itself."""
        start = bisect_left(self._paths, f"{country}/")
        end = bisect_left(self._paths, f"{country}0")  # "0" follows "/"
        return [self.places[path.split("/")[-2]] for path in self._paths[start + 1 : end]]

    def country_of(self, place: Node) -> Node:
        return self.places[place.path.partition("/")[0]]

    def place_label(self, place: Node) -> str:
        """The place with its country: "Somali, Ethiopia"."""
        return place.label if place.depth == 0 else f"{place.label}, {self.country_of(place).label}"


# --- Reading ----------------------------------------------------------------------------------------------------------

_kept: tuple[float, Vocabulary] | None = None


def vocabulary() -> Vocabulary:
    """The vocabulary, at most a minute old."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > SECONDS_KEPT:
        _kept = time.monotonic(), _read()
    return _kept[1]


def vocabulary_with(themes: Iterable[int], places: Iterable[int]) -> Vocabulary:
    """The vocabulary, read again if it does not know one of these keys yet."""
    known = vocabulary()
    if known.theme_by_pk.keys() >= set(themes) and known.place_by_pk.keys() >= set(places):
        return known
    forget_vocabulary()
    return vocabulary()


def forget_vocabulary() -> None:
    """Let the next search read everything again."""
    global _kept
    _kept = None


def _read() -> Vocabulary:
    themes = list(ThematicArea.objects.order_by("order", "name"))
    # Of the districts only those where somebody works: the others are tens of thousands, and many bear common words.
    peopled = Exists(Presence.objects.filter(location=OuterRef("pk")))
    places = list(
        Location.objects.filter(Q(level__lt=Location.Level.ADMIN_2) | peopled)
        .order_by("path")
        .only("code", "name", "names", "path", "aliases")
    )
    read = Vocabulary(
        themes={row.code: _node(row, path=row.path, is_sensitive=row.is_sensitive) for row in _as_tree(themes)},
        places={row.code: _node(row, path=row.path) for row in places},
        offices={row.code: _node(row) for row in CountryOffice.objects.order_by("name")},
        strategies={row.code: _node(row) for row in Strategy.objects.all()},
    )
    for place in places:
        # Letter codes are left out: "in", "and" and "per" are countries too. Codes with digits mean one place only.
        code = [place.code] if any(map(str.isdigit, place.code)) else []
        for phrase in (place.name, *place.names.values(), *place.aliases, *code):
            for form in _short_forms(phrase):
                read.add(form, Concept("place", place.code))
    for theme in themes:
        said = [word for words in theme.synonyms.values() for word in words]
        for phrase in (theme.name, *theme.names.values(), *said, theme.ocha_cluster):
            read.add(phrase, Concept("theme", theme.code))
    for concept, phrase in _kinds():
        read.add(phrase, concept)
    return read


def _node(row: Any, **extra: Any) -> Node:
    return Node(row.pk, row.code, row.name, row.names, **extra)


def _as_tree(themes: list[ThematicArea]) -> Iterator[ThematicArea]:
    """Each theme followed by what lies below it."""
    below: dict[int | None, list[ThematicArea]] = defaultdict(list)
    for theme in themes:
        below[theme.parent_id].append(theme)

    def walk(parent: int | None) -> Iterator[ThematicArea]:
        for theme in below[parent]:
            yield theme
            yield from walk(theme.pk)

    return walk(None)


def _short_forms(name: str) -> Iterator[str]:
    """A place's name as it is written and without the word for what it is, where that stands last."""
    yield name
    if name[-1:] in "省市州县":
        yield name[:-1]
    words = name.split()
    if len(words) > 1 and fold(words[-1]) in SMALL_WORDS:
        yield " ".join(words[:-1])


KIND_LABELS: dict[str, dict[str, str | Promise]] = {
    "category": dict(OrganizationCategory.choices),
    "type": dict(CSOType.choices),
    "trait": dict(TRAITS),
}


def _kinds() -> Iterator[tuple[Concept, str]]:
    for family, labels in KIND_LABELS.items():
        for code, label in labels.items():
            concept = Concept(family, code)
            for phrase in _WORDS[family].get(code, ()):
                yield concept, phrase
            for language, _name in settings.LANGUAGES:
                with translation.override(language):
                    yield concept, str(label)
