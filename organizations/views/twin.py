"""Records that may be one organization: the list, two side by side, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models.audit import history
from organizations.actions.twin import note_twin
from organizations.filters.twin import TwinFilter
from organizations.forms.twin import TwinSearchForm
from organizations.lifecycle import MergeState, TwinState
from organizations.models import Merge, Organization, PossibleTwin, Registration
from organizations.twins.alike import Alike, look_alikes
from organizations.views.invitation import join_token
from organizations.views.summary import Summary, summaries
from portal.kit.access import require, visible_or_404
from portal.kit.views import ListPage, RecordPage, TransitionPage

MOST_NAMES, LONGEST_NAME = 15, 300


class TwinList(LoginRequiredMixin, ListPage):
    """The pairs that a person has to look at, the most alike first; for UNICEF staff."""

    model = PossibleTwin
    list_permission = "organizations.view_twins"
    template_name = "organizations/twin_list.html"
    filterset_class = TwinFilter
    title = _("Possible twins")
    intro = _("Records that may be one organization. The portal merges nothing by itself.")
    sorts = {"score": (_("most alike"), ("-score", "pk")), "newest": (_("newest"), ("-created_at", "-pk"))}

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
            "merge": self._merge(),
            "events": history(self.object),
        }

    def _merge(self) -> Merge | None:
        """The merge that made one record of the two; none where that was another pair's."""
        if self.object.state != TwinState.MERGED:
            return None
        both = self.object.organizations
        return Merge.objects.filter(kept__in=both, merged__in=both).exclude(state=MergeState.UNDONE).first()


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
    beside = ("first__country", "second__country")


class AlikeHint(LoginRequiredMixin, View):
    """What stands beside the names while they are typed: public look-alikes, and whether there are others (R-03)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        names = [value for name, value in request.GET.items() if name in ("name", "acronym") or name.endswith("-name")]
        about, country = request.GET.get("registration", ""), request.GET.get("country", "")
        own = Registration.objects.visible_to(request.user).filter(pk=about) if _is_number(about) else ()
        alike = look_alikes(
            request.user,
            [name[:LONGEST_NAME] for name in names[:MOST_NAMES]],
            country=int(country) if _is_number(country) else None,
            exclude=[registration.organization_id for registration in own],
        )
        context = {
            "alike": alike,
            "on_behalf": request.user.works_for_unicef,  # type: ignore[union-attr]  # signed in
            "starting": not own,
            "hidden": [join_token(found, request.GET.get("name", "")[:LONGEST_NAME]) for found in alike.hidden],
        }
        return render(request, "organizations/alike.html", context)


class TwinSearch(LoginRequiredMixin, View):
    """Staff look for the records of any names and number, or for the twins of one organization, at any time."""

    def get(self, request: HttpRequest) -> HttpResponse:
        require(request.user, "organizations.view_twins")
        form = TwinSearchForm(request.GET or None, user=request.user)
        found, pairs = Alike(), {}
        if form.is_bound and form.is_valid():
            about = form.cleaned_data["organization"]
            found = look_alikes(request.user, **form.sought(), exclude=[about.pk] if about else [])
            if about:
                pairs = _pairs_with(about, [other.pk for other, _why in found.shown])
        context = {
            "form": form,
            "rows": [(other, why, pairs.get(other.pk)) for other, why in found.shown],
            "about": form.about,
            "may_note": request.user.has_perm("organizations.decide_twin"),
            "page": {"title": _("Look for twins")},
        }
        return render(
            request,
            "organizations/twin_search.html",
            context,
            status=200 if form.is_valid() or not form.is_bound else 422,
        )


class TwinNote(LoginRequiredMixin, View):
    """Puts two records side by side, as a pair to be decided on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        one, second = (visible_or_404(Organization, request.user, pk=key) for key in (pk, other))
        return HttpResponseRedirect(note_twin(one, second, by=request.user).get_absolute_url())


def _pairs_with(about: Organization, others: list[int]) -> dict[int, PossibleTwin]:
    pairs = PossibleTwin.objects.filter(first=about, second__in=others) | PossibleTwin.objects.filter(
        second=about, first__in=others
    )
    return {pair.second_id if pair.first_id == about.pk else pair.first_id: pair for pair in pairs}


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10
