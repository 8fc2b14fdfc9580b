"""Adding a branch on the page of its headquarters."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from organizations.actions.branch import add_branch
from organizations.forms.branch import BranchForm
from organizations.views.of_organization import OfOrganization
from portal.kit.views import take_errors


class BranchAdd(OfOrganization, View):
    """Opens the record of a branch and its registration with a country office."""

    permission = "organizations.add_branch"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(BranchForm(headquarters=self.organization))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = BranchForm(request.POST, headquarters=self.organization)
        if form.is_valid():
            try:
                registration = add_branch(self.organization, by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                take_errors(form, problem)
            else:
                return HttpResponseRedirect(registration.get_absolute_url())
        return self._page(form, status=422)

    def _page(self, form: BranchForm, status: int = 200) -> HttpResponse:
        page = {
            "title": _("Add a branch"),
            "intro": _(
                "A branch has a record of its own and registers with the UNICEF country office. It can be sent in once "
                "the headquarters has submitted its registration, and is verified after it."
            ),
            "submit": _("Add the branch and begin its registration"),
            "back_url": self.organization.get_absolute_url(),
            "back_label": self.organization.name,
        }
        return render(self.request, "generic/form.html", {"form": form, "page": page}, status=status)
