"""What all sections of the registration form have in common."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.actions.organization import Profile
from organizations.actions.registration import save_section
from organizations.forms.choices import flat
from organizations.models import Registration, SectionDraft
from organizations.models.registration import Section
from portal.kit.views import take_errors

MORE_ROWS = 3


@dataclass(frozen=True)
class Repeat:
    """A group of fields that repeats: other names, numbers, places of work.

    The rows stand after the field ``after``, or before all fields. A row that nobody touched is left out; for the
    others ``needed`` maps the fields they must have to what is said when one is missing.
    """

    name: str
    title: Any
    hint: Any
    fields: Mapping[str, Callable[[], forms.Field]]
    needed: Mapping[str, Any]
    after: str
    most: int


@dataclass
class Rows:
    """The rows of one group in one form: at least ``count``, at most ``most``."""

    repeat: Repeat
    held: list[dict[str, Any]]
    count: int
    most: int
    fields: list[dict[str, forms.BoundField]] = field(default_factory=list)
    filled: list[dict[str, Any]] = field(default_factory=list)

    @property
    def can_grow(self) -> bool:
        return self.count < self.most

    @property
    def grown(self) -> int:
        return self.count + MORE_ROWS


class SectionForm(forms.ModelForm):
    """One section of the registration form, over the organization's one profile.

    Subclasses name the ``section``, the fields ``needed`` to complete it, and what it asks that is no field of the
    profile. The form only reads the profile; :meth:`outcome` says what :func:`save_section` has to write.
    """

    section: ClassVar[Section]
    intro: ClassVar[Any] = ""
    hint: ClassVar[Any] = ""
    alike_after: ClassVar[str] = ""  # the field after which records that look alike are shown
    needed: ClassVar[tuple[str, ...]] = ()
    repeats: ClassVar[tuple[Repeat, ...]] = ()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        registration: Registration,
        rows: Mapping[str, int] | None = None,
    ) -> None:
        self.registration = registration
        # A copy: validation writes into the instance, and the page still shows what is saved.
        super().__init__(data, instance=copy.copy(registration.organization), initial=self.initial_from(registration))
        for name in self.needed:
            ask_for(self.fields[name])
        self.groups = {
            repeat.name: self._make_rows(repeat, (rows or {}).get(repeat.name, 0)) for repeat in self.repeats
        }

    @classmethod
    def opened(
        cls, registration: Registration, draft: SectionDraft | None, rows: Mapping[str, int] | None = None
    ) -> SectionForm:
        """The section as a person finds it: as typed while it is not complete, else as the profile says now."""
        if draft is None or draft.is_complete:
            return cls(registration=registration, rows=rows)
        return cls(as_typed(draft.data), registration=registration, rows=rows)

    # --- What subclasses say ----------------------------------------------------------------------------------------

    def initial_from(self, registration: Registration) -> dict[str, Any]:
        """Return the first values of the fields that the profile's own columns do not give."""
        return {}

    def rows_held(self, repeat: Repeat) -> list[dict[str, Any]]:
        """Return the values of the rows of ``repeat`` that the profile holds."""
        return []

    def to_profile(self) -> Profile:
        """Return what a valid section writes to the profile."""
        return Profile(fields=self.columns())

    def names_typed(self) -> list[str]:
        """Return the names under which the organization may be here already, as they stand in the form."""
        return []

    def outcome(self) -> dict[str, Any]:
        """Return what :func:`save_section` is told of a valid section."""
        return {"profile": self.to_profile()}

    def remarks(self) -> list[str]:
        """Return what should be looked at once more in a section that is saved; it stops nobody."""
        return []

    def leads_to(self, then: str) -> str:
        """Return the page to which the button ``then`` of this section leads once it is saved, or ""."""
        return ""

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

    def keep(self, *, by: User, expected_version: int | None) -> SectionDraft:
        """Save the section as typed, and what it means where it is valid; objections of the profile count as well.

        Raises what :func:`save_section` raises of who and when.
        """
        told = {"by": by, "data": self.typed(), "expected_version": expected_version}
        if self.is_valid():
            try:
                return save_section(self.registration, self.section, **told, **self.outcome())
            except ValidationError as problem:
                take_errors(self, problem)
        return save_section(self.registration, self.section, **told)

    def grow_quietly(self, names: Iterable[str]) -> None:
        """Show what was typed without objections, for the person is still at it, and start in the first new row."""
        self._errors = ErrorDict()
        for row in (row for name in names for row in self.groups[name].fields):
            if not any(bound.value() for bound in row.values() if not bound.field.initial):
                next(iter(row.values())).field.widget.attrs["autofocus"] = True
                break

    def answers(self) -> Iterator[tuple[str, str]]:
        """Yield (question, answer in words) of what stands in the form."""
        rows = {
            bound.html_name: f"{group.repeat.title} {number}, {bound.label}"
            for group in self.groups.values()
            for number, row in enumerate(group.fields, start=1)
            for bound in row.values()
        }
        for bound in self.visible_fields():
            value = bound.value()
            values = value if isinstance(value, list) else [value]
            words = flat(getattr(bound.field, "choices", ()))
            said = [words.get(str(each), str(each)) for each in values if each not in (None, "")]
            yield rows.get(bound.html_name, str(bound.label)), ", ".join(said)

    # --- Rows -------------------------------------------------------------------------------------------------------

    def _make_rows(self, repeat: Repeat, wanted: int) -> Rows:
        """Add the fields of the group: the rows that were sent, or those of the profile and one to write in."""
        held = self.rows_held(repeat)
        most = max(repeat.most, len(held))  # what is held already is never cut off
        if self.is_bound:
            sent = (re.fullmatch(rf"{repeat.name}-(\d{{1,3}})-\w+", name) for name in self.data)
            there = max((int(match[1]) + 1 for match in sent if match), default=1)
        else:
            there = len(held) + 1
        rows = Rows(repeat, held, count=min(max(there, wanted), most), most=most)
        for number in range(rows.count):
            for key, make in repeat.fields.items():
                name = f"{repeat.name}-{number}-{key}"
                self.fields[name] = make()
                self.fields[name].required = False
                if not self.is_bound and number < len(held):
                    self.initial[name] = held[number].get(key)
            rows.fields.append({key: self[f"{repeat.name}-{number}-{key}"] for key in repeat.fields})
        return rows

    def rows(self) -> list[dict[str, forms.BoundField]]:
        """Return the fields of each row, of all groups."""
        return [row for group in self.groups.values() for row in group.fields]

    @property
    def filled(self) -> list[dict[str, Any]]:
        """The valid rows of a section with one group."""
        return next(iter(self.groups.values())).filled

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield the form in its order: ("field", bound field), and ("rows", :class:`Rows`) for each group."""
        of_rows = {bound.html_name for row in self.rows() for bound in row.values()}
        yield from (("rows", group) for group in self.groups.values() if not group.repeat.after)
        for bound in self.visible_fields():
            if bound.html_name not in of_rows:
                yield "field", bound
                yield from (("rows", group) for group in self.groups.values() if group.repeat.after == bound.name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for group in self.groups.values():
            group.filled = [values for row in group.fields if (values := self._clean_row(group.repeat, row))]
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
    if isinstance(field, forms.FileField):
        field.error_messages["required"] = _("Choose the file.")
    else:
        field.error_messages["required"] = _("Choose an answer.") if hasattr(field, "choices") else _("Fill this in.")


def as_typed(data: Mapping[str, list[str]]) -> QueryDict:
    """Return a draft's data in the shape in which a browser sends it."""
    sent = QueryDict(mutable=True)
    for name, values in data.items():
        sent.setlist(name, values)
    return sent
