"""Assessments and strengthening plans: lists, one of them, rating, proposing, moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import AuditEvent
from organizations.actions.assessment import comment_assessment, propose_action, rate, start_assessment
from organizations.filters.assessment import AssessmentFilter, PlanActionFilter
from organizations.forms.assessment import AssessmentStartForm, PlanActionForm, RatingForm, offices_assessed_for
from organizations.forms.comment import CommentForm
from organizations.lifecycle import ASSESSMENT, AssessmentState
from organizations.models import Assessment, PlanAction
from organizations.models.assessment import AssessmentKind, overall_risk
from organizations.models.organization import with_names
from organizations.views.of_organization import OfOrganization
from portal.kit.access import NotAllowed, NotNow, require
from portal.kit.views import REFUSALS, ListPage, RecordPage, TransitionPage, take_refusal
from programmes.models import CountryOffice


class AssessmentList(LoginRequiredMixin, ListPage):
    model = Assessment
    list_permission = "organizations.list_assessments"
    template_name = "organizations/assessment_list.html"
    filterset_class = AssessmentFilter
    title = _("Assessments")
    intro = _("Core values, PSEA, financial capacity and capacity: what counts, what waits, what lapses.")
    sorts = {
        "changed": (_("changed last"), ("-state_since", "-pk")),
        "lapses": (_("lapses first"), ("valid_until", "pk")),
        "name": (_("name"), ("organization__name", "pk")),
    }
    csv_name = "assessments"
    csv_columns = {
        _("Number"): lambda row: row.pk,
        _("Organization"): lambda row: row.organization.name,
        _("Kind"): lambda row: row.get_kind_display(),
        _("Country office"): lambda row: row.office,
        _("State"): lambda row: row.get_state_display(),
        _("Assessed on"): lambda row: row.assessed_on or "",
        _("Risk rating"): lambda row: row.get_rating_display(),
        _("Good until"): lambda row: row.valid_until or "",
    }

    def visible(self) -> Any:
        return with_names(super().visible().select_related("organization", "office"))


class PlanActionList(LoginRequiredMixin, ListPage):
    model = PlanAction
    list_permission = "organizations.list_assessments"
    template_name = "organizations/plan_action_list.html"
    filterset_class = PlanActionFilter
    title = _("Strengthening actions")
    intro = _("What organizations have agreed to strengthen, until when.")
    sorts = {"due": (_("due first"), ("due_on", "pk")), "changed": (_("changed last"), ("-state_since", "-pk"))}
    csv_name = "strengthening-actions"
    csv_columns = {
        _("Number"): lambda row: row.pk,
        _("Organization"): lambda row: row.organization.name,
        _("What is to be done"): lambda row: row.text,
        _("Who sees to it"): lambda row: row.owner,
        _("Until"): lambda row: row.due_on or "",
        _("State"): lambda row: row.get_state_display(),
    }

    def visible(self) -> Any:
        return with_names(super().visible().select_related("organization", "office"))


class AboutOne(OfOrganization):
    """A page about how far one organization can be relied on."""

    permission = "organizations.view_assessments"

    @property
    def address(self) -> str:
        return reverse("organizations:organization-assessments", args=[self.organization.pk])


class OrganizationAssessments(AboutOne, View):
    """How far one organization can be relied on: what counts of each kind, and its strengthening plan."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organization = self.organization
        rows = list(
            Assessment.objects.visible_to(request.user).filter(organization=organization).select_related("office")
        )
        counting = {row.kind: row for row in rows if row.counts}
        plan = PlanAction.objects.visible_to(request.user).filter(organization=organization)
        context = {
            "organization": organization,
            "kinds": [(kind, counting.get(kind)) for kind in AssessmentKind],
            "others": [row for row in rows if not row.counts],
            "plan": list(plan.select_related("office", "finding__criterion")),
            "overall": overall_risk(organization),
            "may_assess": bool(request.user.works_for_unicef and offices_assessed_for(request.user)),
        }
        return render(request, "organizations/organization_assessments.html", context)


class ByAssessor(AboutOne, View):
    """A short form about the organization, for those who assess for some office. Subclasses say what it starts."""

    form_class: Any = None
    title: Any = ""
    submit: Any = ""

    @cached_property
    def offices(self) -> list[CountryOffice]:
        """The offices for which the person may do it; 403 when there is none."""
        found = offices_assessed_for(self.request.user)
        if not found:
            raise NotAllowed("organizations.assess")
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self.form_class(offices=self.offices))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form_class(request.POST, offices=self.offices)
        if form.is_valid():
            try:
                return HttpResponseRedirect(self.start(**form.cleaned_data))
            except REFUSALS as refusal:
                return self._page(form, status=take_refusal(form, refusal))
        return self._page(form, status=422)

    def start(self, **told: Any) -> str:
        """Carry it out; return the address to go on at."""
        raise NotImplementedError

    def _page(self, form: Any, status: int = 200) -> HttpResponse:
        page = {"title": self.title, "submit": self.submit, "back_url": self.address, "back_label": self.organization}
        return render(self.request, "generic/form.html", {"form": form, "page": page}, status=status)


class AssessmentStart(ByAssessor):
    form_class = AssessmentStartForm
    title = _("Start an assessment")
    submit = _("Start")

    def start(self, **told: Any) -> str:
        started = start_assessment(self.organization, by=self.request.user, **told)
        return reverse("organizations:assessment-rate", args=[started.pk])


class PlanActionPropose(ByAssessor):
    form_class = PlanActionForm
    title = _("Propose an action")
    submit = _("Propose")

    def start(self, **told: Any) -> str:
        propose_action(self.organization, by=self.request.user, **told)
        return self.address


class OneAssessment(LoginRequiredMixin):
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def assessment(self) -> Assessment:
        rows = Assessment.objects.visible_to(self.request.user).select_related("organization", "office", "created_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def for_staff(self) -> bool:
        user = self.request.user
        return user.is_superuser or user.works_at(self.assessment.office)

    @property
    def asks_organization(self) -> bool:
        return bool(self.assessment.state == AssessmentState.SELF_ASSESSMENT)

    @property
    def may_rate(self) -> bool:
        verb = "assess_oneself" if self.asks_organization else "assess"
        return self.request.user.has_perm(f"organizations.{verb}", self.assessment)


class AssessmentDetail(OneAssessment, RecordPage):
    model = Assessment
    template_name = "organizations/assessment_detail.html"

    def get_object(self, queryset: Any = None) -> Assessment:
        return self.assessment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user = self.assessment, self.request.user
        events = AuditEvent.objects.about(one).select_related("actor")
        held = {finding.criterion_id: finding for finding in one.findings.select_related("criterion")}
        may_comment = user.has_perm("organizations.comment_assessment", one)
        return super().get_context_data(**kwargs) | {
            "now": one.lifecycle.state(one.state),
            "findings": [(criterion, held.get(criterion.pk)) for criterion in one.criteria()],
            "actions": PlanAction.objects.filter(finding__assessment=one),
            "may_rate": self.may_rate and one.lifecycle.is_editable(one, "summary"),
            "events": events if self.for_staff else events.for_partner(),
            "comment_form": CommentForm(for_staff=self.for_staff) if may_comment else None,
        }


class AssessmentRate(OneAssessment, View):
    """All criteria on one page; saved as far as it is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            if not self.may_rate:
                raise NotAllowed("organizations.assess")
            if not ASSESSMENT.is_editable(self.assessment, "summary"):
                state = ASSESSMENT.state(self.assessment.state)
                raise NotNow([gettext("It cannot be rated while it is “%(state)s”.") % {"state": state.label}])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            rate(Assessment.objects.get(pk=pk), by=request.user, **form.told())
        except REFUSALS as refusal:
            return self._page(form, status=take_refusal(form, refusal, self.assessment))
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect(self.assessment.get_absolute_url())

    def _form(self, data: Any = None) -> RatingForm:
        return RatingForm(data, instance=self.assessment, for_office=not self.asks_organization)

    def _page(self, form: RatingForm, status: int = 200) -> HttpResponse:
        page = {
            "title": self.assessment.get_kind_display(),
            "intro": _(
                "Rate each criterion as it is today, and say what you saw. Where something is missing, begin with what"
                " is to be done: that line goes into the strengthening plan. You can save and come back."
            ),
            "back_url": self.assessment.get_absolute_url(),
            "back_label": self.assessment.organization,
        }
        context = {"form": form, "page": page, "assessment": self.assessment}
        return render(self.request, "organizations/assessment_rate.html", context, status=status)


class AssessmentComment(OneAssessment, View):
    """Takes a comment; the box to write it in stands on the assessment's page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, "organizations.comment_assessment", self.assessment)
        form = CommentForm(request.POST, for_staff=self.for_staff)
        if form.is_valid():
            comment_assessment(self.assessment, by=request.user, **form.cleaned_data)
            return HttpResponseRedirect(f"{self.assessment.get_absolute_url()}#happened")
        page = {
            "title": _("Write a comment"),
            "back_url": self.assessment.get_absolute_url(),
            "back_label": self.assessment,
        }
        return render(request, "generic/form.html", {"form": form, "page": page}, status=422)


class AssessmentTransition(LoginRequiredMixin, TransitionPage):
    model = Assessment
    beside = ("organization", "office")


class PlanActionDetail(LoginRequiredMixin, RecordPage):
    model = PlanAction
    template_name = "organizations/plan_action_detail.html"

    def get_object(self, queryset: Any = None) -> PlanAction:
        rows = PlanAction.objects.visible_to(self.request.user)
        return get_object_or_404(
            rows.select_related("organization", "office", "finding__criterion"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = AuditEvent.objects.about(self.object)
        return super().get_context_data(**kwargs) | {
            "now": self.object.lifecycle.state(self.object.state),
            "events": events if self.request.user.works_for_unicef else events.for_partner(),
        }


class PlanActionTransition(LoginRequiredMixin, TransitionPage):
    model = PlanAction
    beside = ("organization", "office")
