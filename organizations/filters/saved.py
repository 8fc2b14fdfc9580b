"""What somebody asks of the directory, in one fixed order, to be kept; and how kept searches are searched."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from organizations.filters.organization import OrganizationFilter
from organizations.lifecycle import SavedSearchState
from organizations.models import Organization, SavedSearch
from portal.kit.views import words_of


@dataclass(frozen=True)
class Question:
    """What ``asked`` means for ``user``: only filters that this person has, with values that they take."""

    asked: QueryDict
    user: Any

    @classmethod
    def read(cls, query: str, user: Any) -> Question:
        """The question in an address; what is no question of the directory is left out."""
        return cls(QueryDict(query), user)

    @cached_property
    def filterset(self) -> OrganizationFilter:
        visible = Organization.objects.visible_to(self.user)
        return OrganizationFilter(self.asked, queryset=visible, request=SimpleNamespace(user=self.user))

    @property
    def errors(self) -> dict[str, list[str]]:
        """What cannot be asked, by filter."""
        return {name: [str(each) for each in said] for name, said in self.filterset.form.errors.items()}

    @property
    def is_whole(self) -> bool:
        """Whether all filters in the address are asked for. What is left out would make it find more than was meant."""
        asked = {name for name in OrganizationFilter.base_filters if any(self.asked.getlist(name))}
        return asked == {name for name, _given in self.values}

    @property
    def found(self) -> QuerySet[Organization]:
        return self.filterset.qs

    @cached_property
    def values(self) -> list[tuple[str, list[str]]]:
        """Each filter that is asked for with its values, in the order of the filters."""
        form, kept = self.filterset.form, []
        form.is_valid()
        for name, field in form.fields.items():
            wanted = form.cleaned_data.get(name)
            if name in form.errors or wanted in (None, "", [], False):
                continue
            several = getattr(field.widget, "allow_multiple_selected", False)
            kept.append((name, sorted(set(wanted)) if several else [wanted if isinstance(wanted, str) else "true"]))
        return kept

    @property
    def query(self) -> str:
        """The question as an address; the same question is always the same text."""
        written = QueryDict(mutable=True)
        for name, wanted in self.values:
            written.setlist(name, wanted)
        return written.urlencode()

    @property
    def in_words(self) -> list[tuple[str, list[str]]]:
        """(what is asked about, the words for what is wanted), to be read."""
        form = self.filterset.form
        return [
            (str(form[name].label), [words_of(form[name], value) for value in given]) for name, given in self.values
        ]


class SavedSearchFilter(filters.FilterSet):
    """One's own and those of one's office."""

    q = filters.CharFilter(
        field_name="name", lookup_expr="icontains", label=_("Search"), help_text=_("Name of a search")
    )
    state = filters.ChoiceFilter(choices=SavedSearchState.choices, label=_("State"), empty_label=_("Any"))

    class Meta:
        model = SavedSearch
        fields: list[str] = []
