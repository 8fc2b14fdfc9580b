"""The door: what registering is and who can, and the start of a registration."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from organizations.actions.registration import start_registration
from organizations.forms import SECTION_FORMS
from organizations.forms.start import EligibilityForm, StartForm
from organizations.models import Registration
from organizations.models.organization import CSOType
from organizations.models.registration import CORE_SECTIONS
from organizations.views.acting import ACTING_FOR
from organizations.views.invitation import join_token
from portal.kit.access import NotNow
from portal.kit.views import take_errors
from programmes.models import CountryOffice

STARTS_WITH = ("organization", "office", "q")


class Door(View):
    """What registering takes and who can, for everybody, with the four tests to try (S0-3).

    A “no” is explained and leads to other doors. Links that name an organization or an office mean the start itself.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        start_url = reverse("organizations:register-start")
        if named := {name: request.GET[name] for name in STARTS_WITH if name in request.GET}:
            query = request.GET.copy()
            query.clear()
            query.update(named)
            start_url = f"{start_url}?{query.urlencode()}"
            if request.user.is_authenticated:
                return HttpResponseRedirect(start_url)
        tried = any(name in request.GET for name in EligibilityForm().fields)
        form = EligibilityForm(request.GET if tried else None)
        if tried and form.failed_tests:
            return _not_civil_society(request, form)
        context = {
            "form": form,
            "passed": tried and form.is_valid(),
            "sections": [(section.label, SECTION_FORMS[section].hint) for section in CORE_SECTIONS],
            "types": CSOType.labels,
            "start_url": start_url,
        }
        return render(request, "organizations/register.html", context)


class Start(LoginRequiredMixin, View):
    """Which office, which organization. Nobody starts before their e-mail address is verified."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = request.user
        if user.is_authenticated:
            if user.email.lower() not in user.verified_addresses:
                return render(request, "organizations/register_confirm_address.html", status=409)
            if user.works_for_unicef and not user.has_perm("organizations.register_on_behalf"):
                raise NotNow([_("Only registration officers register organizations on their behalf.")])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        first = {name: request.GET[name] for name in ("organization", "office") if name in request.GET}
        if "office" in first:  # links name an office by its code, the form by its key
            office = CountryOffice.objects.active().coded(first["office"])
            first["office"] = str(office.pk) if office else first["office"]
        if "organization" not in first and (acting := request.session.get(ACTING_FOR)):
            first["organization"] = str(acting[0])
        return self._page(self._form(initial=first, asked=request.GET.get("q", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, asked=request.POST.get("q", ""))
        if form.failed_tests:
            return _not_civil_society(request, form)
        if not form.is_valid():
            return self._page(form, status=422)
        told = form.start()
        if existing := _existing(told):
            context = {"registration": existing, "now": existing.lifecycle.state(existing.state)}
            return render(request, "organizations/register_already.html", context, status=409)
        try:
            registration = start_registration(by=request.user, on_behalf=self.on_behalf, **told)
        except ValidationError as problem:
            take_errors(form, problem)
            return self._page(form, status=422)
        return HttpResponseRedirect(registration.get_absolute_url())

    @property
    def on_behalf(self) -> bool:
        return self.request.user.works_for_unicef

    def _form(self, *args: Any, **kwargs: Any) -> StartForm:
        return StartForm(*args, user=self.request.user, on_behalf=self.on_behalf, **kwargs)

    def _page(self, form: StartForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "on_behalf": self.on_behalf,
            "asked": form.asked,
            "hidden": [join_token(found, form["name"].value()) for found in form.alike.hidden],
        }
        return render(self.request, "organizations/register_form.html", context, status=status)


def _not_civil_society(request: HttpRequest, form: EligibilityForm) -> HttpResponse:
    return render(request, "organizations/register_not_civil_society.html", {"failed": form.failed_tests})


def _existing(told: dict[str, Any]) -> Registration | None:
    """The registration that this organization has with this office already; there is one for each office."""
    rows = Registration.objects.standing().filter(organization=told["organization"], office=told["office"])
    return rows.select_related("organization", "office").first() if told["organization"] else None
