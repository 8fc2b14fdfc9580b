"""A member's own organizations, and the people who act for one."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from accounts.roles import MemberRole
from organizations.actions.organization import add_member, remove_member
from organizations.forms.members import MemberForm
from organizations.lifecycle import ENDED
from organizations.models import Membership, OfficeHolder, Organization, Presence, Registration, SectionDraft
from organizations.models.registration import CORE_SECTIONS
from portal.kit.access import require, visible_or_404
from portal.kit.views import take_errors

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
    """Each organization one acts for: one's roles, its registrations and what they wait for, what to do next."""

    template_name = "organizations/my_organization.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        drafts = Prefetch("drafts", _COMPLETE_CORE)
        registrations = Registration.objects.select_related("office").prefetch_related(drafts)
        organizations = (
            Organization.objects.filter(pk__in=user.roles_by_organization)
            .select_related("country")
            .annotate(
                has_head=Exists(OfficeHolder.objects.current().filter(organization=OuterRef("pk"), role="head")),
                has_presences=Exists(Presence.objects.filter(organization=OuterRef("pk"))),
                has_strategies=Exists(Organization.strategies.through.objects.filter(organization=OuterRef("pk"))),
            )
            .prefetch_related(Prefetch("registrations", registrations))
            .order_by("name", "pk")
        )
        desks = [Desk(organization, user) for organization in organizations]
        return super().get_context_data(**kwargs) | {
            "desks": desks,
            "may_register": any(desk.can_edit for desk in desks),
        }


class Desk:
    """What one person sees of one organization."""

    def __init__(self, organization, user):
        self.organization = organization
        roles = user.roles_by_organization[organization.pk]
        self.roles = [role.label for role in MemberRole if role in roles]
        self.can_edit = bool(roles & {MemberRole.ADMINISTRATOR, MemberRole.EDITOR})
        self.total = len(PROFILE_PARTS)
        self.filled = sum(bool(getattr(organization, part)) for part in PROFILE_PARTS)

    @property
    def registrations(self):
        """(registration, its state in words, how many sections are to do), those that are over at the end."""
        rows = sorted(self.organization.registrations.all(), key=lambda row: row.state in ENDED)
        return [(row, row.lifecycle.state(row.state), self._to_do(row)) for row in rows]

    @staticmethod
    def _to_do(registration):
        """How many sections of the core are not complete."""
        drafts = {draft.section: draft for draft in registration.drafts.all()}
        return sum(not registration.is_complete(section, drafts.get(section)) for section in CORE_SECTIONS)


class OneOrganization(LoginRequiredMixin):
    """Finds the organization among those that the person may see; only members and UNICEF staff see its people."""

    @cached_property
    def organization(self):
        found = visible_or_404(Organization, self.request.user, pk=self.kwargs["pk"])
        require(self.request.user, "organizations.view_members", found)
        return found

    @property
    def may_manage(self) -> bool:
        return self.request.user.has_perm("organizations.manage_members", self.organization)


class MemberList(OneOrganization, View):
    """The people who act for an organization; its administrators add to them here."""

    def get(self, request, pk):
        return self._page(MemberForm(initial={"role": MemberRole.EDITOR}) if self.may_manage else None)

    def post(self, request, pk):
        require(request.user, "organizations.manage_members", self.organization)
        form = MemberForm(request.POST)
        if form.is_valid():
            try:
                membership = add_member(self.organization, by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                take_errors(form, problem)
            else:
                messages.success(
                    request, _("%(person)s is a member now and was told by e-mail.") % {"person": membership.user}
                )
                return HttpResponseRedirect(request.path)
        return self._page(form, status=422)

    def _page(self, form, status=200):
        context = {
            "form": form,
            "organization": self.organization,
            "memberships": self.organization.memberships.select_related("user").order_by("user__name", "pk"),
        }
        return render(self.request, "organizations/member_list.html", context, status=status)


class MemberRemove(OneOrganization, View):
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
