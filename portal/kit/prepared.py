"""Queries that nearly every page asks, put into SQL once.

The ORM takes three times as long to write such a query as the database takes to answer it. Here it writes it once in
each process, and only the numbers that it is about change: which person, which record.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cached_property
from inspect import signature
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

_BLANK = 2_147_400_000  # a number that no query holds by itself, and that fits every column of numbers


class Prepared:
    """``PEOPLE = Prepared(lambda pk: Person.objects.filter(team=pk))``, then ``PEOPLE(team.pk)``: a list.

    What is between is asked for numbers only, each of them in a condition of its own. Nothing else may differ from one
    call to the next, so a query with a date, a language, or a condition that depends on the person cannot be prepared.
    """

    def __init__(self, make: Callable[..., QuerySet[Any]]) -> None:
        self.make = make
        self._written: dict[tuple[str, str], SQLCompiler] = {}

    def __call__(self, *values: int) -> list[Any]:
        rows: Any = self._rows._chain()  # type: ignore[attr-defined]
        rows._query = rows.query.chain(_Asked)
        rows._query.asked, rows._query.compiler_for = values, self._compiler
        return list(rows)

    @cached_property
    def _rows(self) -> QuerySet[Any]:
        """The query with numbers in place of those that will be asked for."""
        rows: Any = self.make(*(_BLANK + position for position, _name in enumerate(signature(self.make).parameters)))
        rows._known_related_objects = {}  # the record with such a number, where the query began at one
        return rows

    def _compiler(self, using: str) -> SQLCompiler:
        key = (using, connections[using].vendor)
        if key not in self._written:
            self._written[key] = _Written.of(self._rows.query.get_compiler(using=using))
        return self._written[key]


def fill(record: Any, name: str, rows: list[Any]) -> None:
    """Let ``record`` know the ``rows`` of its relation ``name``, as ``prefetch_related`` would."""
    known = getattr(record, name).get_queryset()
    known._result_cache, known._prefetch_done = rows, True
    field = getattr(record, name).field
    for row in rows:
        field.set_cached_value(row, record)
    record._prefetched_objects_cache = {**getattr(record, "_prefetched_objects_cache", {}), name: known}


class _Asked(Query):
    """A query that is not written again."""

    asked: tuple[int, ...]
    compiler_for: Callable[[str], SQLCompiler]

    def get_compiler(self, using: Any = None, connection: Any = None, elide_empty: bool = True) -> Any:
        compiler: Any = copy(self.compiler_for(using))
        compiler.connection, compiler.asked = connections[using], self.asked
        return compiler


class _Written(SQLCompiler):
    """A compiler that has done its work, with blanks for what is asked."""

    asked: tuple[int, ...] = ()
    written: tuple[str, tuple[Any, ...]]

    @classmethod
    def of(cls, compiler: Any) -> _Written:
        written = copy(compiler)
        written.written = written.as_sql()
        written.__class__ = cls
        return written

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> Any:
        sql, params = self.written
        asked = self.asked
        return sql, tuple(asked[value - _BLANK] if _is_blank(value) else value for value in params)


def _is_blank(value: Any) -> bool:
    return type(value) is int and 0 <= value - _BLANK < 100
