"""How observations and flags are searched."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.filters.named import OfOrganizations
from organizations.filters.vocabulary import vocabulary
from organizations.lifecycle import ObservationState
from organizations.models import Observation
from organizations.models.observation import Category, Nature
from portal.kit.filters import AnyOf

AGES = {"7": _("A week"), "30": _("A month"), "90": _("Three months"), "365": _("A year")}
HEADQUARTERS = "headquarters"


class ObservationFilter(OfOrganizations):
    """By the organization's names; what was observed is not searched."""

    state = AnyOf(choices=ObservationState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple)
    category = AnyOf(choices=Category.choices, label=_("Category"), widget=forms.CheckboxSelectMultiple)
    nature = filters.ChoiceFilter(choices=Nature.choices, label=_("What it is"), empty_label=_("All"))
    office = filters.ChoiceFilter(
        field_name="office__code",
        label=_("Office"),
        empty_label=_("All"),
        null_label=_("UNICEF headquarters"),
        null_value=HEADQUARTERS,
    )
    age = filters.ChoiceFilter(
        method="older", choices=list(AGES.items()), label=_("In this state for at least"), empty_label=_("Any time")
    )
    organization = filters.NumberFilter(
        field_name="organization_id", widget=forms.HiddenInput, max_value=2**63 - 1, label=_("Organization")
    )

    class Meta:
        model = Observation
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = vocabulary()  # kept by the process, so the choices cost no query
        self.filters["office"].extra["choices"] = words.choices("offices", words.offices.values(), by_label=True)

    def older(self, queryset, _name, days):
        return queryset.filter(state_since__lte=timezone.now() - timedelta(days=int(days)))
