"""How tags are searched."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from organizations.models import Tag
from portal.kit.filters import FilterSet
from portal.kit.text import fold


class TagFilter(FilterSet):
    q = filters.CharFilter(method="search", label=_("Search"), help_text=_("Part of a tag"), max_length=100)

    class Meta:
        model = Tag
        fields: list[str] = []

    def search(self, queryset, _name, text):
        return queryset.filter(folded__contains=fold(text))
