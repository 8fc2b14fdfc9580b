"""Writes rows by the million: COPY on PostgreSQL, prepared inserts on SQLite.

Rows are given as tuples of the columns that differ; the other columns hold what the model's fields say of themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

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
    others = [field for name, field in fields.items() if name not in columns and not field.primary_key]
    names = [fields[name].column for name in columns] + [field.column for field in others]
    usual = [field.get_default() for field in others]
    # The first row comes before COPY begins: what it has to look up, it can then still ask the database.
    rows = iter(rows)
    rows = chain(list(islice(rows, 1)), rows)
    (_copy if connection.vendor == "postgresql" else _insert)(model._meta.db_table, names, rows, usual)


def _copy(table: str, columns: list[str], rows: Iterable[Sequence[Any]], usual: list[Any]) -> None:
    rest = "".join(f"\t{_text(value)}" for value in usual) + "\n"
    lines = ("\t".join(map(_text, row)) + rest for row in rows)
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


def _text(value: Any) -> str:
    """``value`` as COPY reads it."""
    kind = type(value)
    if kind is int:
        return str(value)
    if value is None:
        return "\\N"
    if kind is bool:
        return "t" if value else "f"
    if kind in (list, dict):
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, date | datetime):
        return value.isoformat()
    value = str(value)
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return value


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
    return value


def unchecked() -> None:
    """Check no reference while rows are written: the generator names rows before they are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")


def finish() -> None:
    """What follows a load: keys go on from the last one, references are checked, the planner knows the tables."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin; SET synchronous_commit = on")
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("ANALYZE")
