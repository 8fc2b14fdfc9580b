"""How much the database does for a page, in a measure that is the same on every machine.

SQLite counts the steps of its machine. PostgreSQL tells the buffers that a statement touches and the rows that it
reads; these count too, for one buffer of a narrow index holds hundreds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

STEPS_AT_ONCE = 100
ROWS_AS_A_BUFFER = 10


@dataclass
class Work:
    """What one page asked of the database."""

    queries: int = 0
    units: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count what is done inside."""
    work = Work()
    postgresql = connection.vendor == "postgresql"

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        work.queries += 1
        if postgresql and not many and sql.lstrip(" (").startswith("SELECT"):
            work.units += _read(sql, params)
        return execute(sql, params, many, context)

    def step() -> None:
        work.units += STEPS_AT_ONCE

    with connection.execute_wrapper(count):
        if not postgresql:
            connection.ensure_connection()
            connection.connection.set_progress_handler(step, STEPS_AT_ONCE)
        try:
            yield work
        finally:
            if not postgresql:
                connection.connection.set_progress_handler(None, 0)


def _read(sql: str, params: Any) -> int:
    with connection.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params)
        [[told]] = cursor.fetchall()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] + _rows(plan) / ROWS_AS_A_BUFFER)


def _rows(node: dict[str, Any]) -> float:
    """What a node of a plan and those under it read from tables and indexes, whether it was wanted or not."""
    passed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    own = (node["Actual Rows"] + passed) * node["Actual Loops"] if node["Node Type"].endswith("Scan") else 0
    return float(own + sum(map(_rows, node.get("Plans", ()))))
