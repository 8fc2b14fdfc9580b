"""How registrations are searched, the same for the office's queue, the export and the API."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import RegistrationState
from organizations.models import Registration
from organizations.models.organization import CSOType
from portal.kit.text import fold
from programmes.models import CountryOffice


def offices_of(request):
    """The offices whose registrations this person may read at all, so that no choice leads nowhere."""
    if request is None:
        return CountryOffice.objects.none()
    own = Registration.objects.visible_to(request.user).order_by().values("office")
    return CountryOffice.objects.filter(pk__in=own)


class RegistrationFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name or acronym of an organization"), max_length=300
    )
    state = filters.MultipleChoiceFilter(
        choices=RegistrationState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    office = filters.ModelChoiceFilter(
        queryset=offices_of, to_field_name="code", label=_("Country office"), empty_label=_("All")
    )
    cso_type = filters.MultipleChoiceFilter(
        field_name="organization__cso_type",
        choices=CSOType.choices,
        label=_("Type of organization"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Registration
        fields: list[str] = []

    def search(self, queryset, _name, text):
        """Every word must occur in the organization's names or mission; case and accents do not count."""
        for word in fold(text).split():
            queryset = queryset.filter(organization__search_text__contains=word)
        return queryset
