"""Adding a branch on the page of its headquarters."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from organizations.actions.branch import add_branch
from organizations.forms.branch import BranchForm
from organizations.models import Organization
from portal.kit.access import require, visible_or_404
from portal.kit.views import take_errors


class BranchAdd(LoginRequiredMixin, View):
    """Opens the record of a branch and its registration with a country office."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.headquarters = visible_or_404(Organization, request.user, pk=kwargs["pk"])
            require(request.user, "organizations.add_branch", self.headquarters)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(BranchForm(headquarters=self.headquarters))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = BranchForm(request.POST, headquarters=self.headquarters)
        if form.is_valid():
            try:
                registration = add_branch(self.headquarters, by=request.user, **form.cleaned_data)
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
            "back_url": self.headquarters.get_absolute_url(),
            "back_label": self.headquarters.name,
        }
        return render(self.request, "generic/form.html", {"form": form, "page": page}, status=status)
