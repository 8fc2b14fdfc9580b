"""Lists in pages that stay right while rows come and go, and that cost the same at the end as at the beginning.

A page does not know its number. It knows where it begins: after the last row of the page before, or before the first
row of the page behind. That place is the *cursor*, the row's values in the list's order, signed, so that nobody makes
one up. Rows that are added or removed meanwhile make no other row appear twice or be skipped.

An order ends in a key that no two rows share; the primary key is added where it does not. Empty values stand last,
whatever the database does by itself, unless the order says ``nulls_first``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db import connections
from django.db.models import BooleanField, F, Func, Model, OrderBy, Q, QuerySet, Subquery, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull

COUNT_LIMIT = 1000
"""How far rows are counted: "over 1,000"."""

PLACE = ("after", "before", "page")
"""The names in an address that say where in a list one is, and not which list it is."""

LONGEST_CURSOR = 8000

NOTHING = Q(pk__in=())
"""A condition that nothing meets; an empty Q is one that everything meets."""


def has_one(rows: QuerySet[Any], column: str = "pk") -> IsNull:
    """The condition that ``rows``, which refer to the outer row, hold one: looked up for each row that is read.

    For lists that stop after a page or a thousand. Of ``Exists`` a database may make a join, and read all of it first.
    """
    return IsNull(Subquery(rows.order_by().values(column)[:1]), rhs=False)


class BadCursor(Exception):
    """That is no place in this list: made up, cut off, or of another order."""


# --- The order --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """One column of an order. ``name`` is what the query and each row know it by."""

    name: str
    descending: bool
    nullable: bool
    nulls_last: bool
    field: Any

    def backwards(self) -> Key:
        return replace(self, descending=not self.descending, nulls_last=not self.nulls_last)

    def ordering(self) -> OrderBy:
        """As the database is told it. Where nothing can be empty, nothing is said of it, so that an index serves."""
        nulls = {"nulls_last" if self.nulls_last else "nulls_first": True} if self.nullable else {}
        return OrderBy(F(self.name), descending=self.descending, **nulls)


@dataclass(frozen=True)
class Order:
    """The order of a list, and the place of a row in it."""

    keys: tuple[Key, ...]
    salt: str

    def backwards(self) -> Order:
        return replace(self, keys=tuple(key.backwards() for key in self.keys))

    def cursor(self, row: Any) -> str:
        """The place of ``row``, for an address."""
        values = [_plain(getattr(row, key.name)) for key in self.keys]
        return signing.Signer(salt=self.salt).sign_object(values, compress=True)

    def read(self, cursor: str) -> list[Any]:
        """Return the values that ``cursor`` holds. Raises BadCursor for what is none of this order."""
        if len(cursor) > LONGEST_CURSOR:
            raise BadCursor
        try:
            said = signing.Signer(salt=self.salt).unsign_object(cursor)
            values = [key.field.to_python(value) for key, value in zip(self.keys, said, strict=True)]
        except (signing.BadSignature, ValueError, TypeError, ValidationError) as made_up:
            raise BadCursor from made_up
        if any(value is None and not key.nullable for key, value in zip(self.keys, values, strict=True)):
            raise BadCursor
        return values

    def behind(self, values: Sequence[Any]) -> Q | Func:
        """The condition that a row stands behind the one with ``values``."""
        pairs = list(zip(self.keys, values, strict=True))
        groups = [list(group) for _alike, group in groupby(pairs, key=lambda pair: _comparable_as_one(*pair))]
        return _behind(groups)


def order_of(rows: QuerySet[Any], *ordering: Any) -> tuple[QuerySet[Any], Order]:
    """Return ``rows`` in the order they have or are given here, and that order.

    ``ordering`` is as for ``order_by``: names of columns, of annotations, over relations to one, and over relations to
    many where the rows are filtered so that each has one. What a row does not carry itself is added to it.
    """
    given = [*(ordering or rows.query.order_by or rows.model._meta.ordering)]
    keys: list[Key] = []
    for term in given:
        key = _key(rows, term, f"order_{len(keys)}")
        keys.append(key)
        if _is_unique(rows.model, key):
            break
    else:
        keys.append(_key(rows, "-pk" if keys and keys[-1].descending else "pk", "order_pk"))
        given.append("pk")
    extra = {key.name: F(_column(term)) for key, term in zip(keys, given, strict=False) if key.name != _column(term)}
    signs = (f"{'-' if key.descending else ''}{_column(term)}" for key, term in zip(keys, given, strict=False))
    order = Order(tuple(keys), salt=f"{rows.model._meta.label_lower}:{','.join(signs)}")
    return in_order(rows.annotate(**extra), order), order


def in_order(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    return rows.order_by(*(key.ordering() for key in order.keys))


def _key(rows: QuerySet[Any], term: Any, own_name: str) -> Key:
    name = _column(term)
    if isinstance(term, OrderBy):
        descending, nulls_last = term.descending, not term.nulls_first
    else:
        descending, nulls_last = isinstance(term, str) and term.startswith("-"), True
    found, nullable = _look_up(rows, name)
    if LOOKUP_SEP in name or name in rows.query.annotations.keys() - rows.query.annotation_select.keys():
        # The row does not carry it. And under a name of its own, a condition on it means the row that the order means.
        name = own_name
    return Key(name, descending, nullable, nulls_last, found)


def _column(term: Any) -> str:
    """The column that one term of an ordering names."""
    if isinstance(term, OrderBy):
        term = term.expression
    if isinstance(term, F):
        name: str = term.name  # type: ignore[attr-defined]  # the stubs know F by its arguments alone
        return name
    if not isinstance(term, str):
        raise FieldError("Annotate what a list is ordered by, and order it by the annotation’s name")
    return term.removeprefix("-")


def _look_up(rows: QuerySet[Any], name: str) -> tuple[Any, bool]:
    """The field behind ``name``, and whether it can be empty. Of what is worked out, that is not known: it can."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        if isinstance(annotation, Col):
            return annotation.target, annotation.target.null
        return annotation.output_field, True
    model: type[Model] = rows.model
    nullable = False
    found: Any = None
    for part in name.split(LOOKUP_SEP):
        found = model._meta.pk if part == "pk" else model._meta.get_field(part)
        nullable |= found.null and not found.auto_created
        if found.is_relation:
            model = found.related_model
    if found.is_relation and part != getattr(found, "attname", ""):
        raise FieldError(f"Order by a column of “{name}”, not by the record")
    return found, nullable


def _is_unique(model: type[Model], key: Key) -> bool:
    own = key.name in ("pk", key.field.name) and key.field.model is model
    return own and key.field.unique and not key.nullable


# --- The condition ----------------------------------------------------------------------------------------------------

Pairs = list[tuple[Key, Any]]


def _comparable_as_one(key: Key, value: Any) -> Any:
    """Neighbours that answer alike are compared as one row value, which an index answers by itself."""
    return (key, value) if key.nullable else key.descending


def _behind(groups: list[Pairs]) -> Any:
    """Behind in the first group, or equal there and behind in the rest."""
    first, *rest = groups
    condition = _further(first)
    if not rest:
        return condition
    condition = Q(condition) | Q(_equal(first), _behind(rest))
    [(key, value), *more] = first
    if not more and not key.nullable:
        # What follows from the rest, said once more: by this the index finds its beginning.
        condition = Q(**{f"{key.name}__{'lte' if key.descending else 'gte'}": value}) & condition
    return condition


def _equal(pairs: Pairs) -> Q:
    return Q(*(Q(**{f"{key.name}__isnull": True} if value is None else {key.name: value}) for key, value in pairs))


def _further(pairs: Pairs) -> Any:
    """Strictly behind in one group of keys."""
    [(key, value), *more] = pairs
    if more:
        sign = "<" if key.descending else ">"
        names = Func(*(F(each.name) for each, _value in pairs), template="(%(expressions)s)")
        values = Func(*(Value(said, output_field=each.field) for each, said in pairs), template="(%(expressions)s)")
        return Func(names, values, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=BooleanField())
    if value is None:
        return NOTHING if key.nulls_last else Q(**{f"{key.name}__isnull": False})
    condition = Q(**{f"{key.name}__{'lt' if key.descending else 'gt'}": value})
    return condition | Q(**{f"{key.name}__isnull": True}) if key.nullable and key.nulls_last else condition


def _plain(value: Any) -> Any:
    """A value as a cursor keeps it; ``to_python`` of its field reads it again."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


# --- Pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Some rows of a list; ``previous`` and ``next`` are cursors, empty where the list ends.

    ``count`` says how many rows the list has, at most one more than COUNT_LIMIT, where the page knows it already.
    """

    rows: list[Any]
    previous: str = ""
    next: str = ""
    count: int | None = None

    def has_other_pages(self) -> bool:
        return bool(self.previous or self.next)


def page_of(rows: QuerySet[Any], size: int, *, after: str = "", before: str = "") -> Page:
    """Return the page of ``rows`` that begins after one cursor or ends before another; without any, the first.

    Raises BadCursor. Costs one query, whichever page it is.
    """
    rows, order = order_of(rows)
    if before:
        back = order.backwards()
        found = list(in_order(rows, back).filter(back.behind(order.read(before)))[: size + 1])
        shown, more = found[:size][::-1], len(found) > size
        return Page(shown, order.cursor(shown[0]) if more else "", order.cursor(shown[-1]) if shown else "")
    if after:
        rows = rows.filter(order.behind(order.read(after)))
    found = list(rows[: size + 1])
    shown, more = found[:size], len(found) > size
    known = None if after or more else len(shown)
    return Page(
        shown,
        previous=order.cursor(shown[0]) if after and shown else "",
        next=order.cursor(shown[-1]) if more else "",
        count=known,
    )


def bounded_count(rows: QuerySet[Any], limit: int = COUNT_LIMIT) -> int:
    """How many rows there are, at most one more than ``limit``: nobody waits for the count of a million."""
    # Without the order, which would make the database sort what is only counted, and without what a row shows.
    return rows.order_by().values("pk")[: limit + 1].count()


def bounded_counts(limit: int = COUNT_LIMIT, **asked: QuerySet[Any]) -> dict[str, int]:
    """:func:`bounded_count` of several queries, asked in one."""
    counts = dict.fromkeys(asked, 0)
    parts, params = {}, []
    using = next(iter(asked.values())).db
    for name, rows in asked.items():
        try:
            sql, told = rows.order_by().values("pk")[: limit + 1].query.get_compiler(using).as_sql()
        except EmptyResultSet:
            continue
        parts[name] = f"(SELECT COUNT(*) FROM ({sql}) AS bounded)"  # noqa: S608 – Django's own words
        params += told
    if parts:
        with connections[using].cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts.values())}", params)
            counts.update(zip(parts, cursor.fetchone(), strict=True))
    return counts


def in_pieces(rows: QuerySet[Any], size: int = 1000) -> Iterator[list[Any]]:
    """Yield all of ``rows`` in their order, some at a time, in constant memory.

    Each piece is a query of its own that begins where the last one ended. So no query is long, none needs a connection
    or a transaction of its own, and what is prefetched is asked for once a piece.
    """
    rows, order = order_of(rows)
    piece = list(rows[:size])
    while piece:
        last = [getattr(piece[-1], key.name) for key in order.keys]
        yield piece
        piece = list(rows.filter(order.behind(last))[:size]) if len(piece) == size else []
