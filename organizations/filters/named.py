"""Searching rows of any kind by the names of the organizations that they are about."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from organizations.filters.search import MOST_WORDS
from organizations.filters.vocabulary import tokens
from organizations.search.named import about_named
from portal.kit.filters import FilterSet


class OfOrganizations(FilterSet):
    """Rows about organizations: each word has to begin a word of the names of one. ``columns`` are the keys to it."""

    columns: ClassVar[tuple[str, ...]] = ("organization",)

    q = filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name or acronym of an organization"), max_length=300
    )

    def search(self, queryset: Any, _name: str, text: str) -> Any:
        words = tokens(text)[:MOST_WORDS]
        return about_named(queryset, words, *self.columns) if words else queryset


class OfTwoOrganizations(OfOrganizations):
    """Rows about two organizations, found by the names of either."""

    q = filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name or acronym of one of the two"), max_length=300
    )
