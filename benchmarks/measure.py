"""Asks for pages one after another, beside the floor page, and then by eight readers at once."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from time import perf_counter
from typing import Any

from benchmarks.client import Answer, Browser
from benchmarks.pages import Page

ASKED = 60  # times for each page, or as often as SECONDS allow
LEAST = 12
SECONDS = 4.0
WARM = 3
READERS_AT_ONCE = 8
BURST_SECONDS = 1.0
ROWS_OF_CSV = 10_000
# Where in the list of names the floor page begins, in turns.
FLOOR_PATHS = [f"/floor/?from={letter}" for letter in "ABCDEFGHKLMNPRSTUVW"]


@dataclass
class Result:
    """What was measured of one page. The ratios are to the p50 of the floor page, asked in turns with it."""

    page: str
    kind: str
    filtered: bool
    p50_ms: float
    p95_ms: float
    p50_ratio: float
    p95_ratio: float
    queries: int
    db_ms: float
    cpu_ms: float
    bytes: int
    rps: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class BadAnswer(Exception):
    """A page answered something else than 200."""


class Measurer:
    """One run against one server. ``sessions``: the cookie of each reader, "" for everybody."""

    def __init__(self, port: int, sessions: Mapping[str, str]) -> None:
        self.port, self.sessions = port, sessions
        self.browsers = {reader: Browser(port, session) for reader, session in sessions.items()}
        self.floor: dict[str, list[float]] = {"officer": [], "anonymous": []}

    def get(self, path: str, reader: str) -> Answer:
        return self.browsers[reader].get(path)

    def status(self, path: str, reader: str) -> int:
        return self.get(path, reader).status

    def page(self, page: Page) -> Result:
        turns, floors = cycle(page.paths), cycle(FLOOR_PATHS)
        for path in islice(turns, min(WARM, len(page.paths)) + 1):
            self._good(self.get(path, page.reader), path)
        answers: list[Answer] = []
        beside: list[float] = []
        end = perf_counter() + SECONDS
        while len(answers) < ASKED and (len(answers) < LEAST or perf_counter() < end):
            path = next(turns)
            answers.append(self._good(self.get(path, page.reader), path))
            beside.append(self.get(next(floors), "officer").ms)
        self.floor["officer"] += beside
        floor, times = _share(beside, 0.5), [answer.ms for answer in answers]
        p50, p95 = _share(times, 0.5), _share(times, 0.95)
        return Result(
            page=page.label,
            kind=page.kind,
            filtered=page.filtered,
            p50_ms=round(p50, 2),
            p95_ms=round(p95, 2),
            p50_ratio=round(p50 / floor, 2),
            p95_ratio=round(p95 / floor, 2),
            queries=max(answer.queries for answer in answers),
            db_ms=round(_share([answer.db_ms for answer in answers], 0.5), 2),
            cpu_ms=round(_share([answer.cpu_ms for answer in answers], 0.5), 2),
            bytes=int(_share([answer.size for answer in answers], 0.5)),
            rps=round(self.together(page), 1),
        )

    def measure_floor(self, times: int = 200) -> None:
        """The floor page alone, signed in and as everybody."""
        for reader, held in self.floor.items():
            for path in islice(cycle(FLOOR_PATHS), times):
                held.append(self.get(path, reader).ms)

    def floor_in_words(self) -> dict[str, float]:
        """p50 and p95 of the floor page in this run."""
        return {
            name: round(_share(times, share), 2)
            for name, times, share in (
                ("p50_ms", self.floor["officer"], 0.5),
                ("p95_ms", self.floor["officer"], 0.95),
                ("anonymous_p50_ms", self.floor["anonymous"], 0.5),
                ("anonymous_p95_ms", self.floor["anonymous"], 0.95),
            )
        }

    def together(self, page: Page) -> float:
        """Answers in a second, with eight connections at once."""
        begun = perf_counter()
        end = begun + BURST_SECONDS

        def ask(number: int) -> int:
            browser, done = Browser(self.port, self.sessions[page.reader]), 0
            for path in islice(cycle(page.paths), number, None):
                if perf_counter() > end:
                    break
                browser.get(path)
                done += 1
            browser.close()
            return done

        with ThreadPoolExecutor(READERS_AT_ONCE) as pool:
            done = sum(pool.map(ask, range(READERS_AT_ONCE)))
        return done / (perf_counter() - begun)

    def csv(self, path: str, reader: str, rows: int = ROWS_OF_CSV) -> dict[str, Any]:
        """How long ``rows`` rows of a CSV file take, to the last of them."""
        lines, size, ms = self.browsers[reader].lines(path, rows)
        return {"rows": lines, "ms": round(ms), "bytes": size, "rows_per_second": round(lines / ms * 1000)}

    @staticmethod
    def _good(answer: Answer, path: str) -> Answer:
        if answer.status != 200:
            raise BadAnswer(f"{path} answers {answer.status}: {answer.body[:200]!r}")
        return answer


def deep_page(measurer: Measurer, reader: str, steps: int = 50) -> Page:
    """A page far behind in the directory: ``steps`` times "next", and those around it."""
    import gzip
    import html
    import re

    from django.urls import reverse

    path, seen = reverse("organizations:organization-list"), []
    while path and len(seen) < steps:
        answer = measurer.get(path, reader)
        body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
        seen.append(path)
        links = re.findall(r'<a[^>]*rel="next"[^>]*>', body.decode())
        target = re.search(r'href="([^"]+)"', links[0]) if links else None
        if target is None:
            break
        query = html.unescape(target[1])
        path = query if query.startswith("/") else f"{path.partition('?')[0]}{query}"
    return Page("directory, deep page", reader, seen[-12:], filtered=False)


def _share(numbers: list[float] | list[int], share: float) -> float:
    """The number below which ``share`` of ``numbers`` lie."""
    ordered = sorted(numbers)
    return float(ordered[min(int(len(ordered) * share), len(ordered) - 1)]) if ordered else 0.0
