"""The figures for people, and against the limits that the portal has set itself."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

P50_LIMIT, P95_LIMIT, PUBLIC_LIMIT, GROWTH_LIMIT = 4.0, 8.0, 3.0, 1.5
COLUMNS = ("p50_ms", "p95_ms", "p50_ratio", "p95_ratio", "queries", "db_ms", "cpu_ms", "bytes", "rps")


def machine(connection: Any) -> dict[str, Any]:
    """The machine in words: what it has, never what it is called."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = cursor.fetchone()[0].split()[0]
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "processor": _processor(),
        "database": f"{connection.display_name} {version}",
        "python": platform.python_version(),
        "date": date.today().isoformat(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.machine())


def limit_of(row: dict[str, Any]) -> float:
    public = row["page"].startswith("directory") and row["page"].endswith("(anonymous)")
    return PUBLIC_LIMIT if public else P50_LIMIT


def misses(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The pages over the limits, the worst first."""
    over = [row for row in run["pages"] if row["p50_ratio"] > limit_of(row) or row["p95_ratio"] > P95_LIMIT]
    return sorted(over, key=lambda row: -row["p50_ratio"])


def growth(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    """By how much each page is slower in the larger portal: of its ratio to the floor, which takes the machine out."""
    before = {row["page"]: row["p50_ratio"] for row in small["pages"]}
    return {
        row["page"]: round(row["p50_ratio"] / before[row["page"]], 2)
        for row in large["pages"]
        if before.get(row["page"])
    }


def table(run: dict[str, Any], grown: dict[str, float] | None = None) -> Iterator[str]:
    """Lines of a table for a terminal."""
    wide = max(len(row["page"]) for row in run["pages"]) if run["pages"] else 10
    yield f"{'page':{wide}}  " + " ".join(f"{column:>9}" for column in COLUMNS) + ("    growth" if grown else "")
    for row in run["pages"]:
        cells = " ".join(f"{row[column]:>9}" for column in COLUMNS)
        more = f" {grown.get(row['page'], ''):>9}" if grown else ""
        over = " !" if row["p50_ratio"] > limit_of(row) or row["p95_ratio"] > P95_LIMIT else ""
        yield f"{row['page']:{wide}}  {cells}{more}{over}"


def summary(run: dict[str, Any]) -> Iterator[str]:
    floor = run["floor"]
    yield f"{run['size']:,} organizations, {run['machine']['database']}, {run['machine']['cores']} cores"
    yield (
        f"Floor page: p50 {floor['p50_ms']} ms, p95 {floor['p95_ms']} ms signed in; "
        f"p50 {floor['anonymous_p50_ms']} ms as everybody"
    )
    for name, figures in run.get("csv", {}).items():
        yield f"CSV {name}: {figures['rows']:,} rows in {figures['ms']:,} ms"
    if run.get("memory"):
        yield "Memory of the workers (MiB): " + ", ".join(
            f"{stage} {'/'.join(str(round(worker['rss'])) for worker in workers)}"
            for stage, workers in run["memory"].items()
        )
    over = misses(run)
    yield f"{len(over)} of {len(run['pages'])} pages are over a limit (p50 4 ×, p95 8 ×, public directory 3 ×)"


def line(row: dict[str, Any]) -> str:
    """One page in a line, while the run is under way."""
    over = " !" if row["p50_ratio"] > limit_of(row) or row["p95_ratio"] > P95_LIMIT else ""
    return (
        f"{row['page']}: {row['p50_ms']} ms, {row['p50_ratio']} ×, {row['queries']} queries, "
        f"database {row['db_ms']} ms, processor {row['cpu_ms']} ms{over}"
    )


def memory(result: dict[str, Any]) -> Iterator[str]:
    """The memory of the server, for a terminal."""
    soak, export = result["soak"], result["export"]
    yield f"{soak['requests']:,} requests, {soak['pages']} pages, {result['size']:,} organizations; MiB of each worker:"
    yield f"  at first {soak['at_first']}, warm {soak['warm']}, at last {soak['at_last']}"
    yield f"  per 1,000 requests {soak['mib_per_1000_requests']}: {'flat' if soak['flat'] else 'GROWING'}"
    yield f"CSV of {export['rows']:,} rows ({export['mib_sent']} MiB) in {export['seconds']} s:"
    yield f"  before {export['before']}, at most {export['most']}, after {export['after']}"


def markdown(rows: Iterable[dict[str, Any]], grown: dict[str, float]) -> Iterator[str]:
    """The table of one size for docs/performance.md."""
    yield "| page | p50 ms | × floor | p95 × floor | queries | db ms | KB | per second | growth |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for row in rows:
        size = f"{row['bytes'] / 1024:.1f}"
        yield (
            f"| {row['page']} | {row['p50_ms']} | {row['p50_ratio']} | {row['p95_ratio']} | {row['queries']} "
            f"| {row['db_ms']} | {size} | {row['rps']} | {grown.get(row['page'], '')} |"
        )
