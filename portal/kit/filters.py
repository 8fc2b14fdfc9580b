"""Filters that cost a list nothing before anything is asked: choices made once, and no copies of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any

import django_filters
from django import forms
from django.utils.choices import BaseChoiceIterator


class Choices(BaseChoiceIterator):
    """Choices in the words of one language, (value, label) each, made once and shared by the forms that offer them."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self.rows = tuple(rows)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __deepcopy__(self, memo: Any) -> Choices:
        return self

    def after(self, *first: tuple[str, Any]) -> Choices:
        """Return the same with others before them, such as the empty one."""
        return Choices([*((value, str(label)) for value, label in first), *self.rows])


class Declared(OrderedDict[str, Any]):
    """The filters of a class. A FilterSet takes a deep copy of them for each request; this makes it a light one."""

    def __deepcopy__(self, memo: Any) -> OrderedDict[str, Any]:
        return OrderedDict((name, self._own(entry)) for name, entry in self.items())

    @staticmethod
    def _own(entry: Any) -> Any:
        """A filter for one request. What it was declared with is read and never changed, so it is shared."""
        own = copy(entry)
        own.extra = dict(entry.extra)
        own.method = entry.method  # binds the method to this filter and no longer to the declared one
        own.__dict__.pop("_field", None)
        return own


class AnyOf(django_filters.MultipleChoiceFilter):
    """Any of several values of a column that a row has once: the database need not sort all rows to tell them apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, distinct=False, **kwargs)


class FilterSet(django_filters.FilterSet):
    """A FilterSet whose filters and form are made for one request without copying every choice, twice."""

    @classmethod
    def get_filters(cls) -> Declared:
        return Declared(super().get_filters())

    @property
    def form(self) -> forms.Form:
        """The form. Its fields are this request's own already, so it is made without a class to copy them from."""
        if not hasattr(self, "_form"):
            self._form = self._meta.form(self.data if self.is_bound else None, prefix=self.form_prefix)
            self._form.fields = {name: entry.field for name, entry in self.filters.items()}
        return self._form
