"""How merges are searched."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from organizations.filters.named import OfTwoOrganizations
from organizations.lifecycle import MergeState
from organizations.models import Merge


class MergeFilter(OfTwoOrganizations):
    columns = ("kept", "merged")

    state = filters.ChoiceFilter(choices=MergeState.choices, label=_("State"), empty_label=_("Any"))

    class Meta:
        model = Merge
        fields: list[str] = []
