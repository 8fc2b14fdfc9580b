"""A browser that only asks and counts: one kept connection, gzip, the cookie of one person."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

SESSION_COOKIE = "sessionid"


@dataclass(frozen=True)
class Answer:
    """One answer. ``ms`` until its last byte; the rest as the server says."""

    status: int
    ms: float
    size: int
    queries: int
    db_ms: float
    cpu_ms: float
    body: bytes
    headers: dict[str, str]


class Browser:
    def __init__(self, port: int, session: str = "", accept: str = "text/html,application/json") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.headers = {"Accept-Encoding": "gzip", "Accept-Language": "en", "Accept": accept}
        if session:
            self.headers["Cookie"] = f"{SESSION_COOKIE}={session}"

    def get(self, path: str) -> Answer:
        begun = perf_counter()
        response = self._ask(path)
        body = response.read()
        ms = (perf_counter() - begun) * 1000
        timing = response.headers.get("Server-Timing", "")
        return Answer(
            response.status,
            ms,
            len(body),
            int(_said(timing, r"queries;desc=(\d+)")),
            _said(timing, r"db;dur=([\d.]+)"),
            _said(timing, r"cpu;dur=([\d.]+)"),
            body,
            dict(response.headers),
        )

    def lines(self, path: str, most: int) -> tuple[int, int, float]:
        """Read up to ``most`` lines of a long answer and hang up: (lines, bytes, ms)."""
        begun = perf_counter()
        held = self.headers.pop("Accept-Encoding")
        try:
            response = self._ask(path)
            lines = size = 0
            for piece in _pieces(response):
                size += len(piece)
                lines += piece.count(b"\n")
                if lines >= most:
                    break
            return lines, size, (perf_counter() - begun) * 1000
        finally:
            self.headers["Accept-Encoding"] = held
            self.connection.close()

    def _ask(self, path: str) -> http.client.HTTPResponse:
        try:
            self.connection.request("GET", path, headers=self.headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
            # The server has closed a connection that was idle for long.
            self.connection.close()
            self.connection.request("GET", path, headers=self.headers)
            return self.connection.getresponse()

    def close(self) -> None:
        self.connection.close()


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := response.read1(1 << 16):
        yield piece


def _said(timing: str, pattern: str) -> float:
    match = re.search(pattern, timing)
    return float(match[1]) if match else 0


def session_of(key: int) -> str:
    """Sign the person with this key in, as the sign-in page does; return the key of the session."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    visitor: Any = Client()
    visitor.force_login(User.objects.get(pk=key), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return str(visitor.cookies[settings.SESSION_COOKIE_NAME].value)
