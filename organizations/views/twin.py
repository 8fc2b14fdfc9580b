"""Records that may be one organization: the list, two side by side, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent
from organizations.filters.twin import TwinFilter
from organizations.models import Organization, PossibleTwin
from organizations.views.summary import Summary, summaries
from portal.kit.access import require
from portal.kit.views import ListPage, RecordPage, TransitionPage


class TwinList(LoginRequiredMixin, ListPage):
    """The pairs that a person has to look at, the most alike first; for UNICEF staff."""

    model = PossibleTwin
    template_name = "organizations/twin_list.html"
    filterset_class = TwinFilter
    title = _("Possible twins")
    intro = _("Records that may be one organization. The portal merges nothing by itself.")
    sorts = {"score": (_("most alike"), ("-score", "pk")), "newest": (_("newest"), ("-created_at", "-pk"))}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(request.user, "organizations.view_twins")
        return super().get(request, *args, **kwargs)

    def visible(self) -> Any:
        return super().visible().select_related("first__country", "second__country")


class TwinDetail(LoginRequiredMixin, RecordPage):
    """Two records side by side, with what is the same in both marked."""

    model = PossibleTwin
    template_name = "organizations/twin_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        both = [self.object.first_id, self.object.second_id]
        rows = Organization.objects.select_related("country").prefetch_related("names", "identifiers").in_bulk(both)
        pair = self.object.first, self.object.second = [rows[pk] for pk in both]
        told = summaries(pair, sensitive=True)
        facts = [_facts(organization, told[organization.pk]) for organization in pair]
        return super().get_context_data(**kwargs) | {
            "pair": pair,
            "compared": [
                (label, one, other, bool(one) and one == other)
                for (label, one), (_label, other) in zip(*facts, strict=True)
            ],
            "events": AuditEvent.objects.about(self.object),
        }


def _facts(organization: Organization, told: Summary) -> list[tuple[Any, str]]:
    """What helps to tell two organizations apart, in words."""
    return [
        (_("Acronym"), organization.acronym),
        (_("Other names"), "\n".join(map(str, organization.names.all()))),
        (_("Kind"), str(told.kind)),
        (_("Country"), organization.country.label if organization.country else ""),
        (_("Places"), told.places),
        (_("Themes"), ", ".join(sorted(theme.label for theme in told.themes))),
        (_("Founded in"), str(organization.founded or "")),
        (_("Registration numbers"), "\n".join(map(str, organization.identifiers.all()))),
        (_("Website"), organization.website),
        (_("Verification"), str(told.standing.label)),
        (_("Source of the record"), organization.source),
    ]


class TwinTransition(LoginRequiredMixin, TransitionPage):
    """The decision on a pair."""

    model = PossibleTwin
