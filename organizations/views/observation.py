"""Observations and flags: the list, one of them, writing and correcting one, its moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import AuditEvent
from organizations.actions.observation import add_observation, change_observation
from organizations.filters.observation import ObservationFilter
from organizations.forms.observation import NewObservationForm, ObservationForm
from organizations.models import Observation, Organization
from organizations.models.organization import with_names
from organizations.models.standing import Flag, mark_of
from organizations.rules import PARTNER_ROLES
from portal.kit.access import NotAllowed, NotNow, require, visible_or_404
from portal.kit.prepared import Prepared
from portal.kit.views import REFUSALS, ListPage, RecordPage, TransitionPage, take_refusal

OBSERVATIONS_SHOWN = 20
_BEARING = Prepared(
    lambda pk, above: Observation.objects.filter(organization__in=(pk, above)).select_related(
        "organization", "office", "author"
    )
)


class ObservationList(LoginRequiredMixin, ListPage):
    """What UNICEF people have noted about organizations, the newest change first; for UNICEF staff."""

    model = Observation
    list_permission = "organizations.list_observations"
    template_name = "organizations/observation_list.html"
    filterset_class = ObservationFilter
    title = _("Observations and flags")
    intro = _("What colleagues have noted about organizations, good and bad. For UNICEF staff alone.")
    sorts = {
        "changed": (_("newest change"), ("-state_since", "-pk")),
        "oldest": (_("longest in its state"), ("state_since", "pk")),
        "name": (_("name"), ("organization__name", "pk")),
    }
    csv_name = "observations"
    csv_columns = {
        _("Number"): lambda row: row.pk,
        _("Organization"): lambda row: row.organization.name,
        _("State"): lambda row: row.get_state_display(),
        _("Since"): lambda row: timezone.localtime(row.state_since).date(),
        _("What it is"): lambda row: row.get_nature_display(),
        _("Category"): lambda row: row.get_category_display(),
        _("Date"): lambda row: row.observed_on,
        _("Office"): lambda row: row.place,
        _("Author"): lambda row: row.author,
    }

    def visible(self) -> Any:
        rows = super().visible().select_related("organization", "office", "author")
        return with_names(rows)


class ObservationDetail(LoginRequiredMixin, RecordPage):
    """For staff all of it with its history; for the organization what it is told, and its replies."""

    model = Observation
    template_name = "organizations/observation_detail.html"

    def get_object(self, queryset: Any = None) -> Observation:
        rows = Observation.objects.visible_to(self.request.user)
        return get_object_or_404(
            rows.select_related("organization", "office", "author", "document"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        observation, user = self.object, self.request.user
        for_unicef = user.has_perm("organizations.read_internal_observation", observation)
        events = AuditEvent.objects.about(observation)
        return super().get_context_data(**kwargs) | {
            "for_unicef": for_unicef,
            "now": observation.lifecycle.state(observation.state),
            "events": events if for_unicef else events.for_partner(),
            "may_edit": _is_open(observation) and user.has_perm("organizations.change_observation", observation),
            "is_inherited": not for_unicef and not user.acts_for(observation.organization_id),
        }


class ObservationTransition(LoginRequiredMixin, TransitionPage):
    model = Observation
    beside = ("organization", "office")


def observations_seen(organization: Organization, user: Any) -> dict[str, Any]:
    """What the page of an organization shows: its observations and the inherited ones that ``user`` may read.

    Staff also learn how many about safeguarding are kept elsewhere, and of the gravest flag. One query.
    """
    is_own = user.acts_for(organization.pk)
    for_unicef = (user.is_superuser or user.works_for_unicef) and not is_own
    if not for_unicef and not is_own:
        return {}
    if for_unicef and not user.roles_by_organization:
        rows = _BEARING(organization.pk, organization.headquarters_id or organization.pk)
        seen = [row for row in rows if user.has_perm("organizations.read_internal_observation", row)]
    else:  # what one is told as an organization's person depends on whose, and on branches
        is_seen = Case(When(Observation.objects.readable(user), then=Value(True)), default=Value(False))
        bearing = Observation.objects.bearing_on(organization).select_related("organization", "office", "author")
        rows = list(bearing.annotate(is_seen=is_seen))
        seen = [row for row in rows if row.is_seen]
    context = {"observations": seen[:OBSERVATIONS_SHOWN], "observation_count": len(seen)}
    if for_unicef:
        context |= {
            "hidden_observations": len(rows) - len(seen),
            "mark": mark_of(organization, [Flag(row.organization_id, row.state, row.flagged_at) for row in rows]),
            "may_observe": any(post.role in PARTNER_ROLES for post in user.posts),
        }
    return context


class WritePage(LoginRequiredMixin, View):
    """The form of an observation, for a new one and for one that is open."""

    organization: Organization
    title: Any = ""

    def form(self, data: Any = None) -> ObservationForm:
        raise NotImplementedError

    def save(self, form: Any) -> Observation:
        """Call the action with what the form holds."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            saved = self.save(form)
        except REFUSALS as refusal:
            return self.page(form, take_refusal(form, refusal, form.instance))
        messages.success(request, gettext("The observation is saved."))
        return HttpResponseRedirect(saved.get_absolute_url())

    def page(self, form: ObservationForm, status: int = 200) -> HttpResponse:
        page = {
            "title": self.title,
            "back_url": self.organization.get_absolute_url(),
            "back_label": self.organization.name,
        }
        context = {"form": form, "page": page, "organization": self.organization}
        return render(self.request, "organizations/observation_form.html", context, status=status)


class ObservationCreate(WritePage):
    """Write something down about an organization."""

    title = _("Note an observation")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.organization = visible_or_404(Organization, request.user, pk=kwargs["pk"])
            if not self.form().fields["office"].choices or request.user.acts_for(self.organization.pk):
                raise NotAllowed("organizations.add_observation")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> NewObservationForm:
        return NewObservationForm(data, organization=self.organization, user=self.request.user)

    def save(self, form: NewObservationForm) -> Observation:
        return add_observation(by=self.request.user, organization=self.organization, **form.facts)


class ObservationEdit(WritePage):
    """Correct what one has written oneself."""

    title = _("Change the observation")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.observation = visible_or_404(Observation, request.user, pk=kwargs["pk"])
            require(request.user, "organizations.change_observation", self.observation)
            if not _is_open(self.observation):
                raise NotNow(
                    [gettext("The text is closed once headquarters has been asked, and when the matter is over.")]
                )
            self.organization = self.observation.organization
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> ObservationForm:
        return ObservationForm(data, instance=self.observation)

    def save(self, form: ObservationForm) -> Observation:
        version = form.cleaned_data["version"]
        return change_observation(self.observation, by=self.request.user, expected_version=version, **form.facts)


def _is_open(observation: Observation) -> bool:
    return observation.lifecycle.is_editable(observation, "text")
