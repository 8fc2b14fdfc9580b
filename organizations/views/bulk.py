"""Doing something with many found organizations at once: what will happen, then what has happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import User
from organizations.bulk import BULK_ACTIONS, BulkAction, Choice, carry_out, offer
from organizations.forms.bulk import BulkForm, FileForm
from organizations.models import BulkRun, Organization
from portal.kit.access import require, visible_or_404
from portal.kit.exports import download
from portal.kit.views import REFUSALS, open_list, take_refusal

NAMED = 10
LIST = "organizations:organization-list"


class BulkConfirm(LoginRequiredMixin, View):
    """Lists what will happen to the chosen organizations; sent, it happens once."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            asked = (request.POST if request.method == "POST" else request.GET).get("action", "")
            if asked not in BULK_ACTIONS:
                raise Http404
            self.action: BulkAction = BULK_ACTIONS[asked]
            require(request.user, self.action.permission)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("query", "")
        if request.GET.get("scope") == "all":
            choice = Choice.all_found(self.action.name, query, request.user)
        else:
            choice = Choice.ticked(self.action.name, request.GET.getlist("pk"))
        if not choice.pks:
            messages.error(request, _("Tick at least one partner first."))
            return HttpResponseRedirect(f"{reverse(LIST)}?{query}")
        return self._page(choice, self.action.form(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        choice = Choice.opened(request.POST.get("choice", ""), request.user, self.action.name)
        form = self.action.form(request.POST, user=request.user)
        if not form.is_valid():
            return self._page(choice, form, status=422)
        if self.action.answer:
            return self.action.answer(choice.plan(request.user).ready, by=request.user, **form.cleaned_data)
        try:
            run = carry_out(choice, by=request.user, **form.cleaned_data)
        except REFUSALS as refusal:
            return self._page(choice, form, status=take_refusal(form, refusal))
        return HttpResponseRedirect(reverse("organizations:bulk-run", args=[run.token]))

    def _page(self, choice: Choice, form: BulkForm, status: int = 200) -> HttpResponse:
        plan = choice.plan(self.request.user)
        context = {
            "action": self.action,
            "form": form,
            "plan": plan,
            "named": plan.ready[:NAMED],
            "more": max(len(plan.ready) - NAMED, 0),
            "sealed": choice.sealed(self.request.user),
        }
        return render(self.request, "organizations/bulk_confirm.html", context, status=status)


class BulkDone(LoginRequiredMixin, View):
    """What was done, and what was left out and why."""

    def get(self, request: HttpRequest, token: Any) -> HttpResponse:
        run = visible_or_404(BulkRun, request.user, token=token)
        context = {"run": run, "action": BULK_ACTIONS.get(run.action)}
        return render(request, "organizations/bulk_done.html", context)


# --- Files ------------------------------------------------------------------------------------------------------------


def _as_file(organizations: list[Organization], *, by: User, format: str) -> HttpResponseBase:
    """The chosen ones as the directory's own file, with the columns that it has for this person."""
    view = open_list(reverse(LIST), "", by)
    chosen = view.visible().filter(pk__in=[row.pk for row in organizations]).order_by("name", "pk")
    view.get_queryset = lambda: chosen  # type: ignore[method-assign]
    return download(view.table(), format)


offer(
    BulkAction(
        "export",
        _("Download"),
        _("The chosen partners as a file, with the columns of the directory."),
        "organizations.export_in_bulk",
        FileForm,
        answer=_as_file,
    )
)
