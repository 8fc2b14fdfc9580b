"""What all sections of the registration form have in common."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.choices import flat
from organizations.models import Registration, SectionDraft
from organizations.models.registration import Section

MORE_ROWS = 3


@dataclass(frozen=True)
class Repeat:
    """A group of fields that repeats: other names, numbers, places of work.

    The rows stand after the field ``after``, or first. A row that nobody touched is left out; for the others ``needed``
    maps the fields they must have to what is said when one is missing.
    """

    name: str
    title: Any
    hint: Any
    fields: Mapping[str, Callable[[], forms.Field]]
    needed: Mapping[str, Any]
    after: str
    most: int


class SectionForm(forms.ModelForm):
    """One section of the registration form, over the organization's one profile.

    Subclasses name the ``section``, the fields ``needed`` to complete it, and what it asks that is no field of the
    profile. The form only reads the profile; :meth:`outcome` says what :func:`save_section` has to write.
    """

    section: ClassVar[Section]
    intro: ClassVar[Any] = ""
    hint: ClassVar[Any] = ""
    needed: ClassVar[tuple[str, ...]] = ()
    repeat: ClassVar[Repeat | None] = None

    def __init__(self, data: QueryDict | None = None, *, registration: Registration, rows: int = 0) -> None:
        self.registration = registration
        # A copy: validation writes into the instance, and the page still shows what is saved.
        super().__init__(data, instance=copy.copy(registration.organization), initial=self.initial_from(registration))
        for name in self.needed:
            ask_for(self.fields[name])
        if self.repeat:
            self.row_most = max(self.repeat.most, len(self._rows_held))  # what is held already is never cut off
            self.row_count = min(max(self._rows_there(self.repeat), rows), self.row_most)
            self._add_rows(self.repeat)

    @classmethod
    def opened(cls, registration: Registration, draft: SectionDraft | None, rows: int = 0) -> SectionForm:
        """The section as a person finds it: as typed while it is not complete, else as the profile says now."""
        if draft is None or draft.is_complete:
            return cls(registration=registration, rows=rows)
        return cls(as_typed(draft.data), registration=registration, rows=rows)

    # --- What subclasses say ----------------------------------------------------------------------------------------

    def initial_from(self, registration: Registration) -> dict[str, Any]:
        """Return the first values of the fields that the profile's own columns do not give."""
        return {}

    def initial_rows(self, registration: Registration) -> list[dict[str, Any]]:
        """Return the values of the rows that the profile holds."""
        return []

    def to_profile(self) -> Profile:
        """Return what a valid section writes to the profile."""
        return Profile(fields=self.columns())

    def outcome(self) -> dict[str, Any]:
        """Return what :func:`save_section` is told of a valid section."""
        return {"profile": self.to_profile()}

    def columns(self) -> dict[str, Any]:
        """Return the valid values of the profile's own columns."""
        own = {field.name for field in self.instance._meta.concrete_fields}
        return {name: value for name, value in self.cleaned_data.items() if name in own}

    # --- As typed ---------------------------------------------------------------------------------------------------

    def typed(self) -> dict[str, list[str]]:
        """Return what was sent for this section's fields, valid or not, as a draft keeps it."""
        return {
            # A database keeps no null character in text; nobody typed one.
            name: [value.replace("\x00", "") for value in self.data.getlist(name)]
            for name in self.fields
            if name in self.data
        }

    def grow_quietly(self) -> None:
        """Show what was typed without objections, for the person is still at it, and start in the first new row."""
        self._errors = ErrorDict()
        for row in self.rows():
            if not any(bound.value() for bound in row.values() if not bound.field.initial):
                next(iter(row.values())).field.widget.attrs["autofocus"] = True
                break

    def answers(self) -> Iterator[tuple[str, str]]:
        """Yield (question, answer in words) of what stands in the form."""
        for bound in self.visible_fields():
            value = bound.value()
            values = value if isinstance(value, list) else [value]
            words = flat(getattr(bound.field, "choices", ()))
            said = [words.get(str(each), str(each)) for each in values if each not in (None, "")]
            yield str(bound.label), ", ".join(said)

    # --- Rows -------------------------------------------------------------------------------------------------------

    def _rows_there(self, repeat: Repeat) -> int:
        """How many rows were sent, or how many the profile fills and one to write in."""
        if self.is_bound:
            sent = (re.fullmatch(rf"{repeat.name}-(\d{{1,3}})-\w+", name) for name in self.data)
            return max((int(match[1]) + 1 for match in sent if match), default=1)
        return len(self._rows_held) + 1

    @cached_property
    def _rows_held(self) -> list[dict[str, Any]]:
        return self.initial_rows(self.registration)

    def _add_rows(self, repeat: Repeat) -> None:
        held = [] if self.is_bound else self._rows_held
        for number in range(self.row_count):
            for key, make in repeat.fields.items():
                name = f"{repeat.name}-{number}-{key}"
                self.fields[name] = make()
                self.fields[name].required = False
                if number < len(held):
                    self.initial[name] = held[number][key]

    def rows(self) -> list[dict[str, forms.BoundField]]:
        """Return the fields of each row."""
        if self.repeat is None:
            return []
        return [
            {key: self[f"{self.repeat.name}-{number}-{key}"] for key in self.repeat.fields}
            for number in range(self.row_count)
        ]

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield the form in its order: ("field", bound field), and once ("rows", all rows)."""
        of_rows = {bound.html_name for row in self.rows() for bound in row.values()}
        if self.repeat and not self.repeat.after:
            yield "rows", self.rows()
        for bound in self.visible_fields():
            if bound.html_name not in of_rows:
                yield "field", bound
                if self.repeat and bound.name == self.repeat.after:
                    yield "rows", self.rows()

    @property
    def can_grow(self) -> bool:
        return self.repeat is not None and self.row_count < self.row_most

    @property
    def grown(self) -> int:
        return self.row_count + MORE_ROWS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.repeat:
            self.filled = [values for row in self.rows() if (values := self._clean_row(self.repeat, row))]
        return cleaned

    def _clean_row(self, repeat: Repeat, row: dict[str, forms.BoundField]) -> dict[str, Any] | None:
        sent = [bound for bound in row.values() if bound.html_name in self.data]  # a program sends no empty rows
        if not any(bound.field.has_changed(bound.field.initial, bound.data) for bound in sent):
            return None
        for key, sentence in repeat.needed.items():
            if row[key].name not in self.errors and not self.cleaned_data.get(row[key].name):
                self.add_error(row[key].name, sentence)
        values = {key: self.cleaned_data.get(bound.name) for key, bound in row.items()}
        self.clean_row(row, values)
        return values

    def clean_row(self, row: dict[str, forms.BoundField], values: dict[str, Any]) -> None:
        """Check one filled row; objections go to ``add_error``."""


def ask_for(field: forms.Field) -> None:
    """Make ``field`` a needed one, with a sentence that says what to do when it is empty."""
    field.required = True
    field.error_messages["required"] = _("Choose an answer.") if hasattr(field, "choices") else _("Fill this in.")


def as_typed(data: Mapping[str, list[str]]) -> QueryDict:
    """Return a draft's data in the shape in which a browser sends it."""
    sent = QueryDict(mutable=True)
    for name, values in data.items():
        sent.setlist(name, values)
    return sent
