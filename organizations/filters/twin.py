"""How possible twins are searched."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.filters.search import in_text
from organizations.filters.vocabulary import tokens
from organizations.lifecycle import TwinState
from organizations.models import Organization, PossibleTwin
from programmes.models import Location

ALIKE = [("95", _("95 of 100 and more")), ("90", _("90 of 100 and more")), ("80", _("80 of 100 and more"))]


class TwinFilter(filters.FilterSet):
    """Pairs that nobody has decided on, unless another state is asked for."""

    q = filters.CharFilter(label=_("Search"), help_text=_("Name or acronym of one of the two"), max_length=300)
    reason = filters.ChoiceFilter(
        choices=PossibleTwin.Reason.choices, label=_("Why they look alike"), empty_label=_("Any reason")
    )
    country = filters.ModelChoiceFilter(
        field_name="first__country",
        queryset=lambda request: Location.objects.countries(),
        label=_("Country"),
        empty_label=_("Any country"),
        to_field_name="code",
    )
    alike = filters.ChoiceFilter(choices=ALIKE, label=_("How alike"), empty_label=_("Any"))
    state = filters.ChoiceFilter(choices=TwinState.choices, label=_("State"), empty_label=None)

    class Meta:
        model = PossibleTwin
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data
        queryset = queryset.filter(state=asked.get("state") or TwinState.OPEN)
        if asked.get("reason"):
            queryset = queryset.filter(reason=asked["reason"])
        if country := asked.get("country"):
            queryset = queryset.filter(Q(first__country=country) | Q(second__country=country))
        if asked.get("alike"):
            queryset = queryset.filter(score__gte=int(asked["alike"]))
        if words := tokens(asked.get("q") or ""):
            named = Organization.objects.filter(in_text(words))
            queryset = queryset.filter(Q(first__in=named) | Q(second__in=named))
        return queryset
