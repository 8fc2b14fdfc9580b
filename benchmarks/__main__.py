"""``python -m benchmarks --sizes 10000 1000000``: make that many organizations, start the server, measure every page.

``--only directory,registration``: the pages whose names hold one of these words. ``--memory``: the memory of the server
over many requests instead. ``make bench`` and ``make bench-memory`` call this.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks import database, report
from benchmarks.run import Asked, run


def main() -> int:
    asked = _arguments().parse_args()
    results = []
    with database.running(asked.database) as url:
        for size in asked.sizes:
            told = Asked(size, asked.only, asked.keep, asked.only_make, asked.memory, asked.requests, quiet=asked.json)
            # A process of its own for each: Django speaks to one database as long as it lives.
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                results.append(pool.submit(run, url, told).result())
            if not (asked.only or asked.only_make):
                _save(results[-1], asked)
    _show(results, asked)
    failed = [problem for result in results for problem in result.get("failed", ())]
    print("\n".join(failed), file=sys.stderr, end="\n" if failed else "")
    return 1 if failed else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000], help="how many organizations")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--only", default="", help="words of the names of pages, parted by commas")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--keep", action="store_true", help="take a database that older code made")
    parser.add_argument("--only-make", action="store_true", help="make the databases and stop")
    parser.add_argument("--memory", action="store_true", help="watch the memory over many requests instead")
    parser.add_argument("--requests", type=int, default=20_000, help="how many, with --memory")
    return parser


def _save(result: dict[str, Any], asked: argparse.Namespace) -> None:
    kind = "memory" if asked.memory else "pages"
    place = database.home() / f"{kind}.{asked.database}.{result['size']}.json"
    place.write_text(json.dumps(result))


def _show(results: list[dict[str, Any]], asked: argparse.Namespace) -> None:
    if asked.json:
        print(json.dumps(results[0] if len(results) == 1 else {"runs": results}))
    elif asked.memory:
        print("\n".join(line for result in results for line in report.memory(result)))
    elif not asked.only_make:
        for before, result in zip([None, *results], results, strict=False):
            grown = report.growth(before, result) if before else None
            print("\n".join([*report.table(result, grown), "", *report.summary(result), ""]))


if __name__ == "__main__":
    sys.exit(main())
