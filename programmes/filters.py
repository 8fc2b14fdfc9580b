"""How reference data is searched, the same for pages and API."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from portal.kit.filters import FilterSet
from programmes.models import CountryOffice, Location, RegionalOffice, ThematicArea
from programmes.models.base import Node


class NodeFilter(FilterSet):
    """Search of a tree by any of its words, whatever the script or the accents."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=300)

    def search(self, queryset, _name, text):
        return queryset.matching(text)

    def below(self, queryset, _name, value: Node):
        return queryset.within(value)


class ThemeFilter(NodeFilter):
    within = filters.ModelChoiceFilter(
        method="below", queryset=ThematicArea.objects.all(), to_field_name="code", label=_("Theme, with what is in it")
    )
    hdx_sector = filters.CharFilter(label=_("HDX sector code"))

    class Meta:
        model = ThematicArea
        fields = ["is_featured"]


class LocationFilter(NodeFilter):
    within = filters.ModelChoiceFilter(
        method="below", queryset=Location.objects.all(), to_field_name="code", label=_("Place, with what is in it")
    )

    class Meta:
        model = Location
        fields = ["level"]


class OfficeFilter(FilterSet):
    region = filters.ModelChoiceFilter(
        queryset=RegionalOffice.objects.all(), to_field_name="code", label=_("Regional office")
    )
    country = filters.ModelChoiceFilter(
        field_name="countries", queryset=Location.objects.countries(), to_field_name="code", label=_("Country")
    )

    class Meta:
        model = CountryOffice
        fields = ["is_active", "is_headquarters"]
