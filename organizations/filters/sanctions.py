"""How names that resemble entries of the sanctions list are searched."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import MatchState
from organizations.lifecycle.sanctions import UNDECIDED
from organizations.models import SanctionsEntry, SanctionsMatch
from portal.kit.text import fold


class SanctionsFilter(filters.FilterSet):
    """What nobody has decided on yet, unless a state is asked for."""

    q = filters.CharFilter(label=_("Search"), help_text=_("Name or reference number"), max_length=300)
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
        asked = self.form.cleaned_data
        queryset = queryset.filter(state__in=[asked["state"]] if asked.get("state") else UNDECIDED)
        for name, column in (("subject", "subject"), ("kind", "entry__kind")):
            if asked.get(name):
                queryset = queryset.filter(**{column: asked[name]})
        text = (asked.get("q") or "").replace("\0", "").strip()
        if text:
            named = Q(folded__contains=fold(text)) | Q(organization__search_text__contains=fold(text))
            queryset = queryset.filter(
                (named if fold(text) else Q()) | Q(listed_name__icontains=text) | Q(entry__reference__icontains=text)
            )
        return queryset
