"""How names that resemble entries of the sanctions list are searched."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import MatchState
from organizations.lifecycle.sanctions import UNDECIDED
from organizations.models import SanctionsEntry, SanctionsMatch
from portal.kit.filters import FilterSet
from portal.kit.text import fold


class SanctionsFilter(FilterSet):
    """What nobody has decided on yet, unless a state is asked for."""

    q = filters.CharFilter(method="search", label=_("Search"), help_text=_("Name or reference number"), max_length=300)
    state = filters.ChoiceFilter(choices=MatchState.choices, label=_("State"), empty_label=_("Not decided"))
    subject = filters.ChoiceFilter(
        choices=SanctionsMatch.Subject.choices, label=_("Whose name it is"), empty_label=_("Anybody’s")
    )
    kind = filters.ChoiceFilter(
        field_name="entry__kind",
        choices=SanctionsEntry.Type.choices,
        label=_("Kind of entry"),
        empty_label=_("Either kind"),
    )

    class Meta:
        model = SanctionsMatch
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.filter(state__in=UNDECIDED)
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, _name: str, text: str) -> Any:
        found = Q(listed_name__icontains=text) | Q(entry__reference__icontains=text)
        if folded := fold(text):
            found |= Q(folded__contains=folded) | Q(organization__search_text__contains=folded)
        return queryset.filter(found)
