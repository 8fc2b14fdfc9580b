"""A member's own organizations, and the people who act for one."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from accounts.roles import MemberRole
from organizations.actions.invitation import invite
from organizations.actions.organization import remove_member
from organizations.clocks.usual import usual_times
from organizations.forms.invitation import InvitationForm
from organizations.lifecycle import ENDED, WITH_PARTNER, InvitationState
from organizations.models import (
    Invitation,
    JoinRequest,
    Membership,
    Observation,
    OfficeHolder,
    Organization,
    Presence,
    Registration,
    SectionDraft,
)
from organizations.models.registration import CORE_SECTIONS
from organizations.models.standing import is_blocked
from organizations.views.acting import ACTING_FOR, act_for
from organizations.views.of_organization import OfOrganization
from organizations.views.registration import with_clocks
from portal.kit.access import require
from portal.kit.views import take_errors

SHOWN = 50
PROFILE_PARTS = (
    "name",
    "cso_type",
    "country_id",
    "legal_status",
    "founded",
    "has_head",
    "email",
    "mission",
    "focus",
    "languages",
    "has_strategies",
    "has_presences",
)
"""What a programme officer looks for in a profile; its completeness counts them."""


_COMPLETE_CORE = SectionDraft.objects.filter(is_complete=True, section__in=CORE_SECTIONS).only(
    "registration", "section", "is_complete"
)


class MyOrganization(LoginRequiredMixin, TemplateView):
    """Each organization one is a member of: one's roles, its registrations and what they wait for, what to do next.

    ``?organization=`` turns to one of several: it stands first, and every page names it until another is turned to.
    """

    template_name = "organizations/my_organization.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        drafts = Prefetch("drafts", _COMPLETE_CORE)
        registrations = Registration.objects.select_related("office").prefetch_related(drafts)
        organizations = (
            Organization.objects.filter(pk__in=user.memberships.values("organization"))
            .select_related("country")
            .annotate(
                has_head=Exists(OfficeHolder.objects.current().filter(organization=OuterRef("pk"), role="head")),
                has_presences=Exists(Presence.objects.filter(organization=OuterRef("pk"))),
                has_strategies=Exists(Organization.strategies.through.objects.filter(organization=OuterRef("pk"))),
                has_branches=Exists(Organization.objects.filter(headquarters=OuterRef("pk"))),
                asked_count=_count(JoinRequest.objects.waiting()),
                has_flags=Exists(Observation.objects.flags().told().bearing_on_outer()),
                is_on_hold=ExpressionWrapper(is_blocked(), output_field=BooleanField()),
            )
            .prefetch_related(Prefetch("registrations", registrations))
            .order_by("name", "pk")
        )
        desks = [Desk(organization, user) for organization in organizations]
        if desks:
            desks.sort(
                key=lambda desk: desk.organization.pk != self._turned_to()
            )  # stable: the others keep their order
            act_for(self.request, desks[0].organization)
        requests = JoinRequest.objects.waiting().filter(person=user)
        addresses = user.emailaddress_set.filter(verified=True).values(address=Lower("email"))
        invitations = Invitation.objects.waiting().filter(email__in=addresses)
        return super().get_context_data(**kwargs) | {
            "desks": desks,
            "with_partner": WITH_PARTNER,
            "may_register": any(desk.can_edit for desk in desks),
            "invitations": invitations.select_related("organization", "invited_by"),
            "join_requests": requests,
        }

    def _turned_to(self):
        asked = self.request.GET.get("organization", "")
        if asked.isdecimal():
            return int(asked[:18])
        return (self.request.session.get(ACTING_FOR) or [None])[0]


def _count(rows):
    """How many of ``rows`` belong to the organization of the outer query."""
    counted = rows.order_by().filter(organization=OuterRef("pk")).values("organization").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


class Desk:
    """What one person sees of one organization."""

    def __init__(self, organization, user):
        self.organization = organization
        self.blocks = organization.blocks() if organization.is_on_hold else []
        roles = user.roles_by_organization[organization.pk]
        self.roles = [role.label for role in MemberRole if role in roles]
        self.can_edit = bool(roles & {MemberRole.ADMINISTRATOR, MemberRole.EDITOR})
        self.total = len(PROFILE_PARTS)
        self.filled = sum(bool(getattr(organization, part)) for part in PROFILE_PARTS)
        self.asked = organization.asked_count if MemberRole.ADMINISTRATOR in roles else 0

    @property
    def registrations(self):
        """(registration, its state in words, how many sections are to do), those that are over at the end."""
        rows = sorted(with_clocks(self.organization.registrations.all()), key=lambda row: row.state in ENDED)
        usual = usual_times() if any(row.clock for row in rows) else {}
        for row in rows:
            row.usual = usual.get(row.office_id)
        return [(row, row.lifecycle.state(row.state), self._to_do(row)) for row in rows]

    @staticmethod
    def _to_do(registration):
        """How many sections of the core are not complete."""
        drafts = {draft.section: draft for draft in registration.drafts.all()}
        return sum(not registration.is_complete(section, drafts.get(section)) for section in CORE_SECTIONS)


class Members(OfOrganization):
    """Only members and UNICEF staff see who acts for an organization."""

    permission = "organizations.view_members"

    @property
    def may_manage(self) -> bool:
        return self.request.user.has_perm("organizations.manage_members", self.organization)


class MemberList(Members, View):
    """The people who act for an organization; its administrators invite others here and answer those who ask."""

    def get(self, request, pk):
        return self._page(InvitationForm(initial={"role": MemberRole.EDITOR}) if self.may_manage else None)

    def post(self, request, pk):
        require(request.user, "organizations.manage_members", self.organization)
        form = InvitationForm(request.POST)
        if form.is_valid():
            try:
                invitation = invite(self.organization, by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                take_errors(form, problem)
            else:
                messages.success(
                    request, _("%(email)s has been invited by e-mail and can answer now.") % {"email": invitation.email}
                )
                return HttpResponseRedirect(request.path)
        return self._page(form, status=422)

    def _page(self, form, status=200):
        act_for(self.request, self.organization)
        requests = JoinRequest.objects.visible_to(self.request.user).waiting().filter(organization=self.organization)
        invitations = Invitation.objects.visible_to(self.request.user).filter(organization=self.organization)
        unanswered = (InvitationState.SENT, InvitationState.EXPIRED, InvitationState.DECLINED)
        context = {
            "form": form,
            "organization": self.organization,
            "memberships": self.organization.memberships.select_related("user").order_by("user__name", "pk"),
            "join_requests": requests.select_related("person")[:SHOWN],
            "invitations": invitations.filter(state__in=unanswered).select_related("invited_by")[:SHOWN],
            "headquarters": self.organization.headquarters if self.organization.headquarters_id else None,
        }
        return render(self.request, "organizations/member_list.html", context, status=status)


class MemberRemove(Members, View):
    """Asks before a role is taken from a person."""

    @cached_property
    def membership(self):
        require(self.request.user, "organizations.manage_members", self.organization)
        rows = Membership.objects.select_related("user", "organization")
        return get_object_or_404(rows, organization=self.organization, pk=self.kwargs["member"])

    def get(self, request, pk, member):
        return self._page()

    def post(self, request, pk, member):
        person = self.membership.user
        try:
            remove_member(self.membership, by=request.user)
        except ValidationError as problem:
            return self._page(problem.messages, status=409)
        messages.success(request, _("%(person)s no longer has this role.") % {"person": person})
        if not self.organization.memberships.filter(user=request.user).exists():
            return HttpResponseRedirect(reverse("organizations:my-organization"))
        return HttpResponseRedirect(reverse("organizations:member-list", args=[pk]))

    def _page(self, reasons=(), status=200):
        context = {"membership": self.membership, "organization": self.organization, "reasons": reasons}
        return render(self.request, "organizations/member_remove.html", context, status=status)
