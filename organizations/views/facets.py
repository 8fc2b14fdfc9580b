"""The facets beside the directory: a part of its page that htmx loads, and a page of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.generic import View

from organizations.facets import facets_of, kept_facets, query_of
from organizations.filters import OrganizationFilter
from organizations.models import Organization


class FacetsPage(View):
    """What the directory finds, counted by theme, place, kind and more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        filterset = OrganizationFilter(request.GET, queryset=Organization.objects.all(), request=request)
        query = query_of(filterset)

        def panel() -> SafeString:
            return render_to_string("organizations/facets_panel.html", {"facets": facets_of(filterset)})

        context = {
            "panel": kept_facets(filterset, "page", panel),
            "query": query,
            "filter": filterset,
        }
        template = "facets_part" if request.headers.get("HX-Request") else "facets"
        return render(request, f"organizations/{template}.html", context)
