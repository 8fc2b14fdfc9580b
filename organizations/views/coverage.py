"""Coverage: partners by theme and area, as map, table, file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.models import reads_for_unicef
from accounts.stamp import kept
from organizations.coverage import Coverage, Scope, chosen_coverage, cover, draw
from organizations.coverage.table import Row, shade
from organizations.filters.vocabulary import Node, vocabulary
from portal.kit.exports import FORMATS, Table, download


class CoveragePage(View):
    """Where nobody is at work on what. Everybody sees the numbers of the public directory, staff also all others."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form, scope, counted = chosen_coverage(request.GET, request.user)
        asked = request.GET.get("format", "")
        if asked in FORMATS and form.is_valid():
            return download(as_file(cover(scope, counted)), asked)
        # To staff the directory shows more than the public numbers, so only to those who see the same they are links.
        linked = counted.for_unicef == reads_for_unicef(request.user)
        query = dict(form.chosen()) if form.is_valid() else {}

        def body() -> SafeString:
            table = cover(scope, counted)
            context = {
                "table": table,
                "map": None if scope.country else draw(table),
                "lines": [_line(row, table, linked=linked) for row in table.lines],
                "columns": [(theme, _below(theme, scope, query)) for theme in table.themes],
                "query": _query(query, without="area"),
                "files": [(kind.label, f"?{urlencode({**query, 'format': name})}") for name, kind in FORMATS.items()],
                "partners_url": reverse("organizations:organization-list") if linked else "",
            }
            return render_to_string("organizations/coverage_body.html", context)

        reader = f"{'record' if counted.for_unicef else 'public'} {linked}"
        context = {
            "form": form,
            "body": kept(f"coverage {scope}", body, reader=reader),
            "area": dict(form.areas()).get(scope.region or scope.country, ""),
        }
        return render(request, "organizations/coverage.html", context, status=200 if form.is_valid() else 422)


@dataclass(frozen=True)
class Line:
    """A row of the table: ``url`` leads deeper; each cell is (number, shade, address of the partners)."""

    place: Node
    url: str
    cells: list[tuple[int, int, str]]


def _line(row: Row, table: Coverage, *, linked: bool) -> Line:
    directory = reverse("organizations:organization-list")
    where = "location" if row.place.depth else "country"
    themes = [table.scope.theme, *(theme.code for theme in table.themes)]
    cells = []
    for code, number in zip(themes, [row.total, *row.numbers], strict=True):
        query = {"theme": code, where: row.place.code} if code else {where: row.place.code}
        url = f"{directory}?{urlencode(query)}" if linked and number else ""
        cells.append((number, shade(number, table.bounds), url))
    return Line(row.place, row.place.code if not row.place.depth and not table.scope.country else "", cells)


def _below(theme: Node, scope: Scope, query: dict[str, str]) -> str:
    """The address of the table of what lies below ``theme``; nothing where nothing does."""
    known = vocabulary()
    deeper = theme.depth == 0 and theme.code != scope.theme
    deeper = deeper and any(other.path.startswith(theme.path) and other != theme for other in known.themes.values())
    return f"?{urlencode({**query, 'theme': theme.code})}" if deeper else ""


def _query(query: dict[str, str], *, without: str) -> str:
    rest = urlencode({name: value for name, value in query.items() if name != without})
    return f"?{rest}&" if rest else "?"


def as_file(table: Coverage) -> Table:
    """One line for each area and theme, gaps as 0."""
    countries = vocabulary().country_of
    columns = {
        str(_("Country code")): lambda line: countries(line[0]).code,
        str(_("Country")): lambda line: countries(line[0]).label,
        str(_("Place code")): lambda line: line[0].code,
        str(_("Place")): lambda line: line[0].label,
        str(_("Theme code")): lambda line: line[1].code,
        str(_("Theme")): lambda line: line[1].label,
        str(_("Partners")): lambda line: line[2],
    }
    return Table("coverage", columns, ([*lines] for lines in _pieces(table)))


def _pieces(table: Coverage) -> Any:
    for row in table.lines:
        yield [(row.place, theme, number) for theme, number in zip(table.themes, row.numbers, strict=True)]
