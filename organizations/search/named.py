"""Records of any kind, found by the names of the organization that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from organizations.models import Organization, WordUse
from organizations.models.search import WORD_LENGTH
from organizations.search.query import FEW, in_words, stands_inside
from organizations.search.text import is_han

ROWS = 3 * FEW  # a name may use several words with the same beginning
Rows = TypeVar("Rows", bound=QuerySet[Any])


def about_named(rows: Rows, words: Sequence[str], *columns: str) -> Rows:
    """Those of ``rows`` that are about an organization with every one of ``words`` in its names or mission.

    ``columns``: the keys to it; any of them will do. Where few are called so, the index names them; where many are,
    the rows are looked at in their order until a page is full.
    """
    columns = columns or ("organization",)
    called = reduce(and_, map(in_words, words), Q())
    keys = called_so(words)
    if keys is not None:
        those = list(Organization.objects.filter(called, pk__in=keys).order_by().values_list("pk", flat=True))
        return rows.filter(reduce(or_, (Q(**{f"{column}__in": those}) for column in columns)))
    named = Organization.objects.order_by().filter(called)
    return rows.filter(reduce(or_, (Q(Exists(named.filter(pk=OuterRef(column)))) for column in columns)))


def called_so(words: Sequence[str]) -> set[int] | None:
    """The keys of the organizations that may have all of ``words``; None where those are too many to name."""
    uses: Any = None
    for word in sorted(words, key=len, reverse=True):  # the longest is mostly the rarest
        for part in word if is_han(word) else [word]:
            having = WordUse.objects.filter(**{f"word__text__{_how(part)}": part[:WORD_LENGTH]})
            uses = having if uses is None else uses.filter(organization__in=having.values("organization"))
    found = list(uses.order_by().values_list("organization", flat=True)[: ROWS + 1]) if uses is not None else []
    return None if len(found) > ROWS or len(set(found)) > FEW else set(found)


def _how(word: str) -> str:
    return "contains" if stands_inside(word) and not is_han(word) else "startswith"
