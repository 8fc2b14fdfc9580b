"""Making one record of two: the comparison, what was done, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models.audit import history
from organizations.actions.merge import merge_organizations, merge_twin, reasons_against
from organizations.filters.merge import MergeFilter
from organizations.filters.search import MOST_WORDS
from organizations.filters.vocabulary import tokens
from organizations.forms.merge import MergeForm
from organizations.lifecycle import ENDED
from organizations.models import Merge, Organization, PossibleTwin, Registration
from organizations.models.relations import Relation, clashing, counted, relations_to
from organizations.search.named import about_named
from portal.kit.access import NotNow, Stale, require, visible_or_404
from portal.kit.views import ListPage, RecordPage, TransitionPage, take_errors

FOUND_SHOWN = 10


class Comparing:
    """The page on which a person compares two records, chooses and confirms. Nothing typed is lost."""

    request: HttpRequest
    pair: tuple[Organization, Organization]

    @cached_property
    def counts(self) -> dict[int, dict[Relation, int]]:
        return {one.pk: counted(one) for one in self.pair}

    @cached_property
    def clashes(self) -> dict[Relation, dict[Any, Any]]:
        return clashing(*self.pair, self.counts[self.pair[1].pk])

    def compare(self, form: MergeForm | None = None, reasons: Any = None, status: int = 200) -> HttpResponse:
        form = form or self.form()
        if reasons is None:
            reasons = self.reasons()
        first, second = (self.counts[one.pk] for one in self.pair)
        relations = sorted({*first, *second}, key=lambda relation: str(relation.label))
        context = {
            "form": form,
            "pair": self.pair,
            "reasons": reasons,
            "to_settle": self.to_settle() if reasons else [],
            "belongings": [(one.label, first.get(one, 0), second.get(one, 0)) for one in relations],
        }
        return render(self.request, "organizations/merge_form.html", context, status=409 if reasons else status)

    def form(self, data: Any = None) -> MergeForm:
        return MergeForm(data, pair=self.pair, rows={pk: sum(rows.values()) for pk, rows in self.counts.items()})

    def reasons(self) -> list[str]:
        return reasons_against(*self.pair, self.clashes)

    def to_settle(self) -> list[tuple[Registration, list[Any]]]:
        """The registrations of which one has to end first, each with the moves that end it now."""
        pairs = [pairs for relation, pairs in self.clashes.items() if relation.model is Registration]
        keys = [key for pair in pairs for both in pair.items() for key in both]
        rows = Registration.objects.visible_to(self.request.user).filter(pk__in=keys).order_by("pk")
        return [(row, _endings(row)) for row in rows.select_related("organization", "office")]

    def confirm(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.compare(form, (), status=422)
        kept, merged = sorted(self.pair, key=lambda one: one.pk != form.cleaned_data["kept"])
        try:
            merge = self.merge(kept, merged, **form.told())
        except Stale as stale:
            form.data = form.data.copy()
            for one in Organization.objects.filter(pk__in=[kept.pk, merged.pk]):
                form.data[f"version-{one.pk}"] = str(one.version)
            form.add_error(None, " ".join(stale.reasons))
            return self.compare(form, (), status=409)
        except NotNow as refusal:
            return self.compare(form, refusal.reasons)
        except ValidationError as problem:
            take_errors(form, problem)
            return self.compare(form, (), status=422)
        return HttpResponseRedirect(merge.get_absolute_url())

    def merge(self, kept: Organization, merged: Organization, **told: Any) -> Merge:
        return merge_organizations(kept, merged, by=self.request.user, **told)


def _endings(registration: Registration) -> list[Any]:
    """What the moves are called that end ``registration`` as it stands now, whoever may make them."""
    moves = registration.lifecycle.transitions
    ending = [move for move in moves if move.target in ENDED and move.permission]
    return [move.label for move in ending if not registration.lifecycle.reasons_against(move, registration)]


class MergeNew(LoginRequiredMixin, Comparing, View):
    """Any two records: ``first`` is known, ``second`` is searched for here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            require(request.user, "organizations.decide_twin")
            self.first = self._asked("first")
            second = self._asked("second") if request.GET.get("second") else None
            if second and second != self.first:
                self.pair = (self.first, second)
                require(request.user, "organizations.merge_organizations", Merge(kept=self.first, merged=second))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.compare() if hasattr(self, "pair") else self._search()

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.confirm(request) if hasattr(self, "pair") else self._search(status=422)

    def _asked(self, name: str) -> Organization:
        number = self.request.GET.get(name, "")
        pk = int(number) if number.isdecimal() and len(number) < 19 else 0
        return visible_or_404(Organization, self.request.user, pk=pk)

    def _search(self, status: int = 200) -> HttpResponse:
        asked = self.request.GET.get("q", "")[:300]
        words = tokens(asked)[:MOST_WORDS]
        found = Organization.objects.visible_to(self.request.user).exclude(pk=self.first.pk)
        rows = about_named(found, words, "pk").select_related("country")[:FOUND_SHOWN] if words else ()
        context = {"first": self.first, "asked": asked, "found": rows}
        return render(self.request, "organizations/merge_search.html", context, status=status)


class TwinMerge(LoginRequiredMixin, Comparing, TransitionPage):
    """The same for a possible twin, as the move of its lifecycle."""

    model = PossibleTwin
    beside = ("first__country", "second__country")

    @cached_property
    def pair(self) -> tuple[Organization, Organization]:  # type: ignore[override]  # the other page sets it
        return self.object.organizations

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if reasons := self.object.lifecycle.reasons_against(self.transition, self.object):
            return self.compare(reasons=reasons)
        return self.compare()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.confirm(request)

    def merge(self, kept: Organization, merged: Organization, **told: Any) -> Merge:
        return merge_twin(self.object, by=self.request.user, kept=str(kept.pk), **told)


class MergeList(LoginRequiredMixin, ListPage):
    """What was merged, the newest first; for UNICEF staff."""

    model = Merge
    list_permission = "organizations.view_merges"
    template_name = "organizations/merge_list.html"
    filterset_class = MergeFilter
    title = _("Merges")
    intro = _("Records that were found to be one organization. A merge can be undone while its time lasts.")
    sorts = {"newest": (_("newest"), ("-created_at", "-pk"))}
    csv_name = "merges"
    csv_columns = {
        _("Number"): lambda row: row.pk,
        _("Record that stays"): lambda row: row.kept.name,
        _("Record that gave way"): lambda row: row.merged.name,
        _("State"): lambda row: row.get_state_display(),
        _("When"): lambda row: row.created_at,
        _("Who"): lambda row: row.merged_by,
        _("Why"): lambda row: row.reason,
    }

    def visible(self) -> Any:
        return super().visible().select_related("kept", "merged", "merged_by").defer("rows")


class MergeDetail(LoginRequiredMixin, RecordPage):
    """One merge: which record gave way to which, what moved, whose facts were kept, and the way back."""

    model = Merge
    template_name = "organizations/merge_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {relation.key: relation.label for relation in relations_to(Organization)}
        return super().get_context_data(**kwargs) | {
            "moved": [(labels.get(key, key), count) for key, count in self.object.counts.items()],
            "events": history(self.object),
        }


class MergeTransition(LoginRequiredMixin, TransitionPage):
    """Undoing a merge."""

    model = Merge
