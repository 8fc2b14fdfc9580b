"""What the measured server has beside the portal: the floor page, and how long the database took for each answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter, thread_time
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.html import format_html, format_html_join

from organizations.models import Organization

FLOOR_ROWS = 20


def floor(request: HttpRequest) -> HttpResponse:
    """The least that a page of the portal can be: who asks, one query by an index, twenty rows."""
    reader = request.user.name if request.user.is_authenticated else ""
    rows = Organization.objects.order_by("name", "pk").filter(name__gte=request.GET.get("from", ""))
    lines = format_html_join("", "<li>{}: {}</li>", rows.values_list("pk", "name")[:FLOOR_ROWS])
    return HttpResponse(format_html("<!doctype html><title>{}</title><ul>{}</ul>", reader, lines))


urlpatterns = [path("floor/", floor, name="floor"), path("", include("portal.urls"))]


class _Clock:
    """Counts the queries of one answer, and how long they took."""

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += perf_counter() - begun
            self.queries += 1


def timed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say in a Server-Timing header: queries, time in the database, time of the processor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        clock, begun = _Clock(), thread_time()
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(clock))
            response = get_response(request)
        cpu = (thread_time() - begun) * 1000
        response["Server-Timing"] = (
            f"db;dur={clock.seconds * 1000:.2f}, queries;desc={clock.queries}, cpu;dur={cpu:.2f}"
        )
        return response

    return middleware
