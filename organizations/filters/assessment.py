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
from portal.kit.filters import AnyOf

LAPSES_WITHIN = [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))]


class AssessmentFilter(OfOrganizations):
    kind = AnyOf(choices=AssessmentKind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple)
    state = AnyOf(choices=AssessmentState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple)
    rating = AnyOf(choices=RiskRating.choices, label=_("Risk rating"), widget=forms.CheckboxSelectMultiple)
    lapses = filters.ChoiceFilter(
        method="lapsing", choices=LAPSES_WITHIN, label=_("Lapses within"), empty_label=_("Any time")
    )

    class Meta:
        model = Assessment
        fields: list[str] = []

    def lapsing(self, queryset, _name, days):
        return queryset.counting().filter(valid_until__lte=timezone.localdate() + timedelta(days=int(days)))


class PlanActionFilter(OfOrganizations):
    state = AnyOf(choices=PlanActionState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple)
    overdue = filters.BooleanFilter(method="late", label=_("Overdue only"), widget=forms.CheckboxInput)

    class Meta:
        model = PlanAction
        fields: list[str] = []

    def late(self, queryset, _name, wanted):
        return queryset.overdue() if wanted else queryset
