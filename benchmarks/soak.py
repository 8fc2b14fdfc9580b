"""The memory of the server over many requests, and while it sends the whole directory as one file."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from random import Random
from typing import Any

from benchmarks.client import Browser
from benchmarks.measure import Measurer
from benchmarks.pages import Page
from benchmarks.server import Server

REQUESTS = 20_000
ROUND = 500  # requests between two looks at the memory
WARM = 0.25  # of all requests: until then caches fill
READERS_AT_ONCE = 4
FLAT = 1.05  # what a worker may hold at the end, of what it held when it was warm


def soak(server: Server, measurer: Measurer, pages: Sequence[Page], requests: int = REQUESTS) -> dict[str, Any]:
    """Ask for ``pages`` in a mixed order; return the memory of each worker (MiB) and whether it stayed flat."""
    asked = [(path, page.reader) for page in pages for path in page.paths]
    Random("soak").shuffle(asked)
    turns = cycle(asked)
    samples = [_held(server)]
    gc.collect()
    with ThreadPoolExecutor(READERS_AT_ONCE) as pool:
        for _round in range(requests // ROUND):
            batch = list(islice(turns, ROUND))
            list(
                pool.map(
                    lambda some: _ask(measurer, some), [batch[at::READERS_AT_ONCE] for at in range(READERS_AT_ONCE)]
                )
            )
            samples.append(_held(server))
    warm = samples[round(len(samples) * WARM)]
    last = [sum(worker) / 3 for worker in zip(*samples[-3:], strict=True)]
    return {
        "requests": requests,
        "pages": len(pages),
        "at_first": samples[0],
        "warm": warm,
        "at_last": [round(each, 1) for each in last],
        "mib_per_1000_requests": [_slope(column[round(len(column) * WARM) :]) for column in zip(*samples, strict=True)],
        "flat": all(end <= start * FLAT for start, end in zip(warm, last, strict=True)),
        "samples": samples,
    }


def whole_file(server: Server, measurer: Measurer, path: str, reader: str) -> dict[str, Any]:
    """Fetch ``path`` to its last line; return rows, seconds and the most that a worker held meanwhile (MiB)."""
    before, most, done = _held(server), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            most[0] = max(most[0], *_held(server))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        lines, size, ms = measurer.browsers[reader].lines(path, most=10**9)
    finally:
        done.set()
        watcher.join()
    return {
        "rows": lines - 1,
        "mib_sent": round(size / 2**20, 1),
        "seconds": round(ms / 1000, 1),
        "before": before,
        "most": round(most[0], 1),
        "after": _held(server),
    }


def _held(server: Server) -> list[float]:
    return [round(worker["rss"], 1) for worker in server.memory()]


def _ask(measurer: Measurer, some: Sequence[tuple[str, str]]) -> None:
    browsers: dict[str, Browser] = {}
    for path, reader in some:
        if reader not in browsers:
            browsers[reader] = Browser(measurer.port, measurer.sessions[reader])
        browsers[reader].get(path)
    for browser in browsers.values():
        browser.close()


def _slope(held: Sequence[float]) -> float:
    """By how many MiB ``held`` grows in a thousand requests, by the line that fits it best."""
    middle, mean = (len(held) - 1) / 2, sum(held) / len(held)
    spread = sum((at - middle) ** 2 for at in range(len(held))) or 1
    return round(sum((at - middle) * (each - mean) for at, each in enumerate(held)) / spread * 1000 / ROUND, 3)
