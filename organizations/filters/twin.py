"""How possible twins are searched."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.filters.named import OfTwoOrganizations
from organizations.filters.vocabulary import vocabulary
from organizations.lifecycle import TwinState
from organizations.models import PossibleTwin

ALIKE = [("95", _("95 of 100 and more")), ("90", _("90 of 100 and more")), ("80", _("80 of 100 and more"))]


class TwinFilter(OfTwoOrganizations):
    """Pairs that nobody has decided on, unless another state is asked for."""

    columns = ("first", "second")

    reason = filters.ChoiceFilter(
        choices=PossibleTwin.Reason.choices, label=_("Why they look alike"), empty_label=_("Any reason")
    )
    country = filters.ChoiceFilter(method="in_country", label=_("Country"), empty_label=_("Any country"))
    alike = filters.ChoiceFilter(method="at_least", choices=ALIKE, label=_("How alike"), empty_label=_("Any"))
    state = filters.ChoiceFilter(choices=TwinState.choices, label=_("State"), empty_label=None)

    class Meta:
        model = PossibleTwin
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = vocabulary()  # kept by the process, so the choices cost no query
        self.filters["country"].extra["choices"] = words.choices("countries", words.countries, by_label=True)

    def filter_queryset(self, queryset: Any) -> Any:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.filter(state=TwinState.OPEN)
        return super().filter_queryset(queryset)

    def in_country(self, queryset: Any, _name: str, value: str) -> Any:
        country = vocabulary().places[value].pk
        return queryset.filter(Q(first__country=country) | Q(second__country=country))

    def at_least(self, queryset: Any, _name: str, score: str) -> Any:
        return queryset.filter(score__gte=int(score))
