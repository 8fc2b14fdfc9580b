"""The desk of an office: assigning registrations, the figures month by month, what each side owes the other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from organizations.actions.desk import assign_registrations
from organizations.clocks.monthly import COUNTED, TIMED, monthly
from organizations.clocks.owed import OFFICE, ORGANIZATION, owed_between
from organizations.emails.people import officers_of
from organizations.forms.desk import MOST, AssignForm, FiguresForm, chosen_figures, chosen_rows
from organizations.models import Organization, Registration
from organizations.models.clock import targets
from organizations.views.acting import act_for
from portal.kit.access import NotAllowed, require, visible_or_404
from portal.kit.exports import Table, download

# --- Assigning --------------------------------------------------------------------------------------------------------


class Assign(LoginRequiredMixin, View):
    """Shows what was chosen in the list by name, asks to whom, and says of each row what came of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = [int(pk[:18]) for pk in request.GET.getlist("row") if pk.isdecimal()][:MOST]
        rows = self._rows(asked)
        if not rows:
            messages.error(request, _("Choose at least one registration first."))
            return HttpResponseRedirect(reverse("organizations:registration-list"))
        # Most take work themselves; "nobody" is never what a hurried hand should choose.
        to = request.GET.get("to") or request.user.pk
        return self._page(rows, AssignForm(initial={"to": to}, officers=self._officers(rows)))

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            chosen = chosen_rows(request.POST)
        except ValidationError as made_up:
            form = AssignForm(officers=self._officers([]))
            return self._page([], form, refused=[("", message) for message in made_up.messages], status=422)
        rows = self._rows(chosen)
        form = AssignForm(request.POST, officers=self._officers(rows))
        if not rows or not form.is_valid():
            return self._page(rows, form, status=422)
        to = form.cleaned_data["to"]
        outcome = assign_registrations(chosen.items(), by=request.user, to=to)
        if outcome.refused:
            # What could not be assigned is shown with its present version, so that it can be tried again knowingly.
            left = [row for row in self._rows(chosen) if row.pk not in {done.pk for done in outcome.done}]
            return self._page(left, form, refused=outcome.refused, done=outcome.done, to=to, status=409)
        said = ngettext("%(n)s registration is assigned.", "%(n)s registrations are assigned.", len(outcome.done))
        messages.success(request, said % {"n": len(outcome.done)})
        only = outcome.done[0].get_absolute_url() if len(outcome.done) == 1 else None
        return HttpResponseRedirect(only or reverse("organizations:registration-list"))

    def _rows(self, pks: Any) -> list[Registration]:
        """The chosen rows that the person may see; 403 where none of them is theirs to assign."""
        found = Registration.objects.visible_to(self.request.user).filter(pk__in=list(pks))
        rows = list(found.select_related("organization", "office__region", "assigned_to"))
        if rows and not any(self.request.user.has_perm("organizations.assign_registration", row) for row in rows):
            raise NotAllowed("organizations.assign_registration")
        return rows

    @staticmethod
    def _officers(rows: list[Registration]) -> Any:
        """Those who check for any of the offices."""
        return officers_of(*{row.office for row in rows})

    def _page(self, rows: list[Registration], form: AssignForm, status: int = 200, **told: Any) -> HttpResponse:
        context = {"rows": rows, "form": form, **told}
        return render(self.request, "organizations/registration_assign.html", context, status=status)


# --- Figures ----------------------------------------------------------------------------------------------------------


class Figures(LoginRequiredMixin, View):
    """The last twelve months of an office, a region, or all that the reader's post covers; also as CSV."""

    def get(self, request: HttpRequest) -> Any:
        require(request.user, "organizations.view_figures")
        form, registrations = chosen_figures(request.GET, request.user)
        if not form.is_valid():
            return self._page(form, [], status=422)
        months = monthly(registrations)
        if request.GET.get("format") == "csv":
            columns = {_("Month"): lambda row: f"{row.month:%Y-%m}"}
            columns |= {str(label): _cell(name) for name, label in {**COUNTED, **TIMED}.items()}
            return download(Table("registration-figures", columns, [months]), "csv")
        return self._page(form, months)

    def _page(self, form: FiguresForm, months: list[Any], status: int = 200) -> HttpResponse:
        query = self.request.GET.copy()
        query["format"] = "csv"
        context = {
            "form": form,
            "months": months,
            "counted": COUNTED.items(),
            "most": max((month.received for month in months), default=0),
            "csv_url": f"{self.request.path}?{query.urlencode()}",
            "target": targets().default,
        }
        return render(self.request, "organizations/registration_figures.html", context, status=status)


def _cell(name: str) -> Any:
    return lambda month: getattr(month, name)


# --- What we owe each other -------------------------------------------------------------------------------------------


class Owed(LoginRequiredMixin, View):
    """What one organization and the offices with which it is registered owe each other now (S4-28)."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organization = visible_or_404(Organization, request.user, pk=pk)
        require(request.user, "organizations.view_owed", organization)
        act_for(request, organization)
        rows = Registration.objects.visible_to(request.user).filter(organization=organization)
        debts = owed_between(organization, rows.select_related("organization", "office"))
        context = {
            "organization": organization,
            "sides": [
                (_("UNICEF owes"), [debt for debt in debts if debt.side == OFFICE]),
                (_("The organization owes"), [debt for debt in debts if debt.side == ORGANIZATION]),
            ],
        }
        return render(request, "organizations/owed.html", context)
