"""How merges are searched."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.filters.search import in_text
from organizations.filters.vocabulary import tokens
from organizations.lifecycle import MergeState
from organizations.models import Merge, Organization


class MergeFilter(filters.FilterSet):
    """By the names of either record, and by state."""

    q = filters.CharFilter(label=_("Search"), help_text=_("Name or acronym of one of the two"), max_length=300)
    state = filters.ChoiceFilter(choices=MergeState.choices, label=_("State"), empty_label=_("Any"))

    class Meta:
        model = Merge
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data
        if asked.get("state"):
            queryset = queryset.filter(state=asked["state"])
        if words := tokens(asked.get("q") or ""):
            named = Organization.objects.filter(in_text(words))
            queryset = queryset.filter(Q(kept__in=named) | Q(merged__in=named))
        return queryset
