"""The partner passport: its page, its files, and the links by which its owner shows it to others."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from organizations.actions.passport import open_link, revoke_link, share_passport
from organizations.forms.passport import PassportLinkForm
from organizations.models import Organization, PassportLink
from organizations.passport import compose
from organizations.passport.render import as_json, as_pdf, check_in_words
from organizations.views.of_organization import OfOrganization
from portal.kit.access import require

FORMS = {"pdf", "json"}


def passport_file(organization: Organization, form: str) -> HttpResponse:
    """The passport as a file; 404 for a form that it does not come in."""
    if form not in FORMS:
        raise Http404
    passport = compose(organization)
    if form == "json":
        return JsonResponse(as_json(passport))
    response = HttpResponse(as_pdf(passport), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="partner-passport-{organization.pk}.pdf"'
    return response


def told(organization: Organization) -> dict[str, Any]:
    """What the page shows of a passport."""
    passport = compose(organization)
    parts = [(part, [check_in_words(check) for check in part.checks]) for part in passport.parts]
    return {"organization": organization, "passport": passport, "parts": parts}


class OnePassport(OfOrganization):
    """A passport is for the organization's people and UNICEF staff; others need a link."""

    permission = "organizations.view_passport"


@method_decorator(never_cache, name="dispatch")
class PassportPage(OnePassport, View):
    """The passport; its administrators make and revoke links here. A new link's address is shown once."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(PassportLinkForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, "organizations.share_passport", self.organization)
        form = PassportLinkForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        _link, secret = share_passport(self.organization, by=request.user, **form.cleaned_data)
        address = request.build_absolute_uri(reverse("organizations:passport-shared", args=[secret]))
        return self._page(PassportLinkForm(), address=address)

    def _page(self, form: PassportLinkForm, status: int = 200, address: str = "") -> HttpResponse:
        may_share = self.request.user.has_perm("organizations.share_passport", self.organization)
        context = told(self.organization) | {
            "form": form if may_share else None,
            "links": PassportLink.objects.visible_to(self.request.user).filter(organization=self.organization),
            "address": address,
        }
        return render(self.request, "organizations/passport.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class PassportFile(OnePassport, View):
    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        return passport_file(self.organization, form)


class LinkRevoke(OnePassport, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:
        require(request.user, "organizations.share_passport", self.organization)
        revoke_link(get_object_or_404(self.organization.passport_links, pk=link), by=request.user)
        messages.success(request, _("The link is revoked. Whoever has it finds nothing there."))
        return HttpResponseRedirect(reverse("organizations:passport", args=[pk]))


class Shared(View):
    """What a link opens, for whoever holds it. No search engine keeps it, and other sites do not learn its address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def organization_of(self, secret: str) -> Organization:
        link = open_link(secret)
        if link is None:
            raise Http404
        return link.organization


@method_decorator(never_cache, name="dispatch")
class SharedPassport(Shared):
    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        context = told(self.organization_of(secret)) | {"secret": secret}
        return render(request, "organizations/passport_shared.html", context)


@method_decorator(never_cache, name="dispatch")
class SharedFile(Shared):
    def get(self, request: HttpRequest, secret: str, form: str) -> HttpResponse:
        return passport_file(self.organization_of(secret), form)
