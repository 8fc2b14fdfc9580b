"""Counting what was found under other headings: of the first thousand at most, in one grouped query (ADR 0018)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from django.db.models import Case, Count, Q, Value, When
from django.db.models.query import QuerySet

from organizations.models import Listing, Organization
from organizations.search.query import All, Asked, Either, Named, Under, in_words
from organizations.search.reader import Reader

FIRST = 1_000


@dataclass
class Sample:
    """The organizations that are counted; ``whole``: whether these are all that are found; ``holds``: of how many each
    further condition holds."""

    pks: list[int]
    whole: bool
    reader: Reader
    holds: dict[str, int] = field(default_factory=dict)
    _under: dict[str, set[int]] = field(default_factory=dict)
    _named: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: QuerySet[Organization], reader: Reader, **conditions: Q) -> Sample:
        """The first of ``rows``, which an :class:`OrganizationFilter` found, in the order of their names.

        ``conditions``: further ones that each row is asked by the way, see :attr:`holds`.
        """
        asked = [Case(When(condition, then=Value(True)), default=Value(False)) for condition in conditions.values()]
        found = list(rows.order_by("listed_as", "pk").values_list("pk", *asked)[: FIRST + 1])
        sample = cls([row[0] for row in found[:FIRST]], len(found) <= FIRST, reader)
        for position, name in enumerate(conditions, start=1):
            sample.holds[name] = sum(bool(row[position]) for row in found[:FIRST])
        return sample

    def numbers(self, codes: Iterable[str]) -> dict[str, int]:
        """How many are listed under each of ``codes``; those with none are left out."""
        return dict(self._listings(codes).values_list("heading__code").annotate(number=Count("organization")))

    def meeting(self, asked: Mapping[str, All]) -> dict[str, int]:
        """How many meet each of ``asked``, by its key: what a search would find that changes one part of this one.

        Whatever the index does not know stays as it is, so all of them meet it.
        """
        parts = [part for one in asked.values() for part in one.parts()]
        codes = {code for part in parts if isinstance(part, Under) for code in part.codes}
        self._under = {code: set() for code in codes}
        for pk, code in self._listings(codes).values_list("organization", "heading__code"):
            self._under[code].add(pk)
        self._read_words(sorted({part.word for part in parts if isinstance(part, Named)}))
        return {key: number for key, one in asked.items() if (number := len(self._met(one)))}

    def _read_words(self, words: list[str]) -> None:
        self._named = {word: set() for word in words}
        if not words:
            return
        has = [Case(When(in_words(word), then=Value(True)), default=Value(False)) for word in words]
        for pk, *told in Organization.objects.filter(pk__in=self.pks).order_by().values_list("pk", *has):
            for word, met in zip(words, told, strict=True):
                if met:
                    self._named[word].add(pk)

    def _met(self, asked: Asked) -> set[int]:
        match asked:
            case Under(codes):
                return set().union(*(self._under.get(code, ()) for code in codes))
            case Named(word):
                return self._named[word]
            case All(inside):
                return reduce(set.intersection, map(self._met, inside), set(self.pks))
            case Either(inside):
                return set().union(*map(self._met, inside))
        return set(self.pks)

    def _listings(self, codes: Iterable[str]) -> QuerySet[Listing]:
        rows = Listing.objects.filter(self.reader.may_find(), organization__in=self.pks)
        return rows.filter(heading__code__in=sorted(set(codes))).order_by()
