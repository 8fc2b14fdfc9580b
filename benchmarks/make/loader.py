"""Writes rows by the million: COPY on PostgreSQL, prepared inserts on SQLite.

Rows are given as tuples of the columns that differ; the other columns hold what the model's fields say of themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

CHUNK = 1 << 19  # letters handed over at once
AT_ONCE = 2000  # rows of one insert


def write(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows`` to the table of ``model``. ``columns``: names of its fields, keys of other rows with ``_id``."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    unknown = [column for column in columns if column not in fields]
    if unknown:
        raise ValueError(f"{model._meta.label} has no {unknown}")
    written = [field for field in fields.values() if not field.primary_key and not field.generated]
    others = [field for field in written if field.attname not in columns]
    names = [fields[name].column for name in columns] + [field.column for field in others]
    usual = [field.get_default() for field in others]
    # The first row comes before COPY begins: what it has to look up, it can then still ask the database.
    rows = iter(rows)
    rows = chain(list(islice(rows, 1)), rows)
    (_copy if connection.vendor == "postgresql" else _insert)(model._meta.db_table, names, rows, usual)


def _copy(table: str, columns: list[str], rows: Iterable[Sequence[Any]], usual: list[Any]) -> None:
    rest = "".join(f"\t{_text(value)}" for value in usual) + "\n"
    lines = ("\t".join([_text(value) for value in row]) + rest for row in rows)
    named = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} ({named}) FROM STDIN", _Pipe(lines), CHUNK)


class _Pipe:
    """Lines, read like a file."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.left = ""

    def read(self, size: int) -> str:
        pieces, held = [self.left], len(self.left)
        while held < size and (batch := list(islice(self.lines, 500))):
            pieces.extend(batch)
            held += sum(map(len, batch))
        text = "".join(pieces)
        self.left = text[size:]
        return text[:size]


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def _json(value: Any) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False))


_WRITERS: dict[type, Callable[[Any], str]] = {
    int: str,
    str: _escaped,
    type(None): lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _json,
    dict: _json,
}
"""How COPY reads a value; all else is read as its text."""


def _text(value: Any) -> str:
    return _WRITERS.get(type(value), lambda other: _escaped(str(other)))(value)


def _insert(table: str, columns: list[str], rows: Iterable[Sequence[Any]], usual: list[Any]) -> None:
    named = ", ".join(map(connection.ops.quote_name, columns))
    marks = ", ".join(["%s"] * len(columns))
    rest = tuple(map(_plain, usual))
    rows = iter(rows)
    with connection.cursor() as cursor:
        while batch := [(*map(_plain, row), *rest) for row in islice(rows, AT_ONCE)]:
            cursor.executemany(
                f"INSERT INTO {connection.ops.quote_name(table)} ({named}) VALUES ({marks})",
                batch,
            )


def _plain(value: Any) -> Any:
    """``value`` as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value.hex if isinstance(value, UUID) else value


@contextmanager
def unchecked() -> Iterator[None]:
    """Check no reference while rows are written, which takes as long as to write them. Only a superuser may say so."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [may] = cursor.fetchone()
        cursor.execute(f"SET session_replication_role = {'replica' if may else 'origin'}; SET synchronous_commit = off")
        yield
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")


def finish() -> None:
    """What follows a load: keys go on from the last one, and the planner knows the tables."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
    analyse()


def analyse(*tables: type[models.Model]) -> None:
    """Let the planner know these tables, or all. Outside a transaction also the pages of which every row is seen."""
    verb = "VACUUM ANALYZE" if connection.vendor == "postgresql" and not connection.in_atomic_block else "ANALYZE"
    names = [connection.ops.quote_name(table._meta.db_table) for table in tables] or [""]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"{verb} {name}")
