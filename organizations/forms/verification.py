"""What an office asks for more, section by section, what the organization answers, and what changed in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.forms import SECTION_FORMS
from organizations.forms.section import SectionForm, as_typed
from organizations.models import Registration, SectionRequest
from organizations.models.registration import CORE_SECTIONS, Section
from portal.kit.views import TransitionForm

MOST = 4000


class SectionAsked(NamedTuple):
    """One section on the page that sends the form back."""

    section: Section
    text: forms.BoundField
    fields: forms.BoundField | None
    before: SectionRequest | None


class SendBackForm(TransitionForm):
    """What to add or correct, section by section. A request of the round before that is not settled stands there again.

    The field ``keep`` is the button that saves without sending.
    """

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(registration.requests.filter(status__in=["prepared", "answered"]))
        self.prepared = {row.section: row for row in rows if row.status == "prepared"}
        self.answered = {row.section: row for row in rows if row.status == "answered"}
        for value in CORE_SECTIONS:
            held = self.prepared.get(value) or self.answered.get(value)
            self.fields[f"text-{value}"] = forms.CharField(
                label=_("What to add or correct"),
                max_length=MOST,
                required=False,
                initial=held.text if held else "",
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )
            if questions := questions_of(SECTION_FORMS[value]):
                self.fields[f"fields-{value}"] = forms.MultipleChoiceField(
                    label=_("Which questions"),
                    choices=questions,
                    required=False,
                    initial=held.fields if held else [],
                    widget=forms.CheckboxSelectMultiple,
                )
        self.fields["reason"].label = _("For the whole form")
        self.fields["reason"].widget.attrs |= {"rows": 3, "dir": "auto"}
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def sections(self) -> list[SectionAsked]:
        return [
            SectionAsked(
                Section(value),
                self[f"text-{value}"],
                self[f"fields-{value}"] if f"fields-{value}" in self.fields else None,
                self.answered.get(value),
            )
            for value in CORE_SECTIONS
        ]

    def requests(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield (section, text, fields) for each section: with a text, or whose text was taken off."""
        for value in CORE_SECTIONS:
            text = self.cleaned_data[f"text-{value}"]
            if text or value in self.prepared:
                yield value, text, self.cleaned_data.get(f"fields-{value}", [])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for value in CORE_SECTIONS:
            if cleaned.get(f"fields-{value}") and not cleaned.get(f"text-{value}"):
                self.add_error(f"text-{value}", _("Say what you ask about these questions."))
        return cleaned


class RequestAnswersForm(forms.Form):
    """The organization's words on each open request; the sections themselves are changed on their own pages."""

    def __init__(self, data: Any = None, *, requests: list[SectionRequest]) -> None:
        super().__init__(data)
        self.requests = requests
        for request in requests:
            self.fields[f"answer-{request.pk}"] = forms.CharField(
                label=_("Your answer"),
                help_text=_("What you have changed, or why you cannot."),
                max_length=MOST,
                required=False,
                initial=request.answer,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )

    def changed(self) -> Iterator[tuple[SectionRequest, str]]:
        for request in self.requests:
            if f"answer-{request.pk}" in self.changed_data:
                yield request, self.cleaned_data[f"answer-{request.pk}"]


def questions_of(form_class: type[SectionForm]) -> list[tuple[str, Any]]:
    """The questions of a section by the names of their fields, each group of rows as one question."""
    named = [(name, entry.label) for name, entry in form_class.base_fields.items() if entry.label]
    return [*named, *((rows.name, rows.title) for rows in form_class.repeats)]


def named_questions(request: SectionRequest) -> list[str]:
    """What people call the questions that a request names."""
    labels = dict(questions_of(SECTION_FORMS[request.section]))
    return [str(labels[name]) for name in request.fields if name in labels]


def changes_since(request: SectionRequest, registration: Registration) -> list[tuple[str, str, str]]:
    """Return (question, before, after) in words for what the organization changed in the section it was asked about."""
    form_class = SECTION_FORMS[request.section]
    before, after = (_in_words(form_class, data, registration) for data in (request.before, request.after))
    return [
        (question, ", ".join(before.get(question, [])), ", ".join(after.get(question, [])))
        for question in dict.fromkeys([*before, *after])
        if before.get(question, []) != after.get(question, [])
    ]


def _in_words(
    form_class: type[SectionForm], data: dict[str, list[str]], registration: Registration
) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    if data:
        for question, words in form_class(as_typed(data), registration=registration).answers():
            if words:
                said.setdefault(question, []).append(words)
    return said
