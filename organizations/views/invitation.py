"""An invitation and a request to join, each on its own page; asking to join."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import AuditEvent
from accounts.roles import MemberRole
from organizations.actions.invitation import ask_to_join
from organizations.forms.invitation import JoinRequestForm
from organizations.models import Invitation, JoinRequest, Organization
from portal.kit.access import visible_or_404
from portal.kit.views import RecordPage, TransitionPage, take_errors

SALT = "organizations.join"
HOURS = 24


class InvitationDetail(RecordPage):
    """What one is invited to, with the answer; for the organization, how its invitation stands.

    Whoever follows the link without being the one invited is told how to become so, and nothing of the invitation.
    """

    model = Invitation
    template_name = "organizations/invitation_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return render(request, "organizations/invitation_closed.html")
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return render(request, "organizations/invitation_closed.html", status=404)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, invitation = self.request.user, self.object
        for_the_organization = user.acts_for(invitation.organization_id)
        return super().get_context_data(**kwargs) | {
            "is_mine": invitation.email in user.verified_addresses,
            "for_the_organization": for_the_organization,
            "events": AuditEvent.objects.about(invitation) if for_the_organization else None,
        }


class InvitationTransition(LoginRequiredMixin, TransitionPage):
    model = Invitation


class JoinRequestDetail(LoginRequiredMixin, RecordPage):
    """Who asks for what, with the answer; its history names administrators, and is for the organization alone."""

    model = JoinRequest
    template_name = "organizations/join_request_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.object
        return super().get_context_data(**kwargs) | {
            "is_mine": asked.person_id == self.request.user.pk,
            "events": AuditEvent.objects.about(asked) if self.request.user.acts_for(asked.organization_id) else None,
        }


class JoinRequestTransition(LoginRequiredMixin, TransitionPage):
    model = JoinRequest


def join_token(organization: Organization, called: str) -> str:
    """Stands in the address by which a person asks to join an organization that is not shown to that person.

    It is given only to somebody who has typed nearly its name, and says no more than that person did.
    """
    return signing.dumps([organization.pk, called], salt=SALT)


class AskToJoin(LoginRequiredMixin, View):
    """A person asks an organization's administrators to be let in; who they are is not told."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        organization, called = self._asked(**kwargs)
        return self._page(JoinRequestForm(initial={"role": MemberRole.EDITOR}), organization, called)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        organization, called = self._asked(**kwargs)
        form = JoinRequestForm(request.POST)
        if form.is_valid():
            try:
                asked = ask_to_join(organization, by=request.user, called=called, **form.cleaned_data)
            except ValidationError as problem:
                take_errors(form, problem)
            else:
                messages.success(request, _("The administrators have been told. You get an e-mail when they answer."))
                return HttpResponseRedirect(asked.get_absolute_url())
        return self._page(form, organization, called, status=422)

    def _asked(self, pk: int | None = None, token: str = "") -> tuple[Organization, str]:
        """The organization, and what the person may call it."""
        if pk is not None:
            organization = visible_or_404(Organization, self.request.user, pk=pk)
            return organization, organization.name
        try:
            found, called = signing.loads(token, salt=SALT, max_age=HOURS * 3600)
        except signing.BadSignature as made_up:
            raise Http404 from made_up
        return get_object_or_404(Organization, pk=found), called

    def _page(self, form: JoinRequestForm, organization: Organization, called: str, status: int = 200) -> HttpResponse:
        page = {
            "title": _("Ask to join an organization"),
            "intro": _(
                "The organization’s administrators read your request and let you in, or not. The portal does not tell "
                "you who they are."
            ),
            "submit": _("Send the request"),
        }
        context = {"form": form, "page": page, "called": called}
        return render(self.request, "organizations/join.html", context, status=status)
