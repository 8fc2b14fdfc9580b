"""How assessments and the actions of strengthening plans are searched."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.filters.named import OfOrganizations
from organizations.lifecycle import AssessmentState, PlanActionState
from organizations.models import Assessment, PlanAction
from organizations.models.assessment import AssessmentKind, RiskRating

LAPSES_WITHIN = [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))]


class AssessmentFilter(OfOrganizations):
    kind = filters.MultipleChoiceFilter(
        choices=AssessmentKind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple
    )
    state = filters.MultipleChoiceFilter(
        choices=AssessmentState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    rating = filters.MultipleChoiceFilter(
        choices=RiskRating.choices, label=_("Risk rating"), widget=forms.CheckboxSelectMultiple
    )
    lapses = filters.ChoiceFilter(
        method="lapsing", choices=LAPSES_WITHIN, label=_("Lapses within"), empty_label=_("Any time")
    )

    class Meta:
        model = Assessment
        fields: list[str] = []

    def lapsing(self, queryset, _name, days):
        return queryset.counting().filter(valid_until__lte=timezone.localdate() + timedelta(days=int(days)))


class PlanActionFilter(OfOrganizations):
    state = filters.MultipleChoiceFilter(
        choices=PlanActionState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    overdue = filters.BooleanFilter(method="late", label=_("Overdue only"), widget=forms.CheckboxInput)

    class Meta:
        model = PlanAction
        fields: list[str] = []

    def late(self, queryset, _name, wanted):
        return queryset.overdue() if wanted else queryset
