"""Taking the answers of a workbook into the registration: each sheet like a section saved on its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from organizations.forms import SECTION_FORMS
from organizations.forms.section import SectionForm, as_typed
from organizations.models import Registration
from organizations.models.registration import Section
from organizations.workbook.read import Answered, Sent
from organizations.workbook.words import meaning, takes_several
from portal.kit.access import NotNow


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; ``cell`` is empty where it is the sheet as a whole."""

    cell: str
    question: str
    sentence: str


@dataclass
class Taken:
    """What became of one sheet. ``state``: complete, incomplete (kept as typed), empty, or left (as it was)."""

    section: Section
    state: str
    faults: list[Fault] = field(default_factory=list)


def take_in(registration: Registration, sent: Sent, *, by: User) -> list[Taken]:
    """Save every filled sheet as typed, valid or not, and say of each what became of it.

    Sheets without an answer are left alone, and so are sections that somebody saved after the workbook was made.
    Raises ValidationError for the workbook of another registration, NotAllowed for whoever may not fill in the form.
    Sections that are closed to the person now are left alone as well, and say why.
    """
    if sent.registration not in (None, registration.pk):
        raise ValidationError({"file": _("This workbook belongs to another registration.")})
    return [_take(registration.pk, Section(value), sent, by) for value in SECTION_FORMS if value in sent.sections]


def _take(pk: int, section: Section, sent: Sent, by: User) -> Taken:
    # Read anew for each: what may be chosen in a section follows from the sections before it.
    registration = Registration.objects.select_related("organization", "office").get(pk=pk)
    answered = sent.sections[section.value]
    form_class = SECTION_FORMS[section.value]
    with translation.override(sent.language):  # the words of its lists are in the language of the workbook
        data = _meant(form_class, registration, answered)
    form = form_class(as_typed(data), registration=registration)
    if not any(value != str(form.fields[name].initial or "") for name, values in data.items() for value in values):
        return Taken(section, "empty")
    try:
        draft = form.keep(by=by, expected_version=sent.versions[section.value])
    except NotNow as refusal:  # Stale among them
        return Taken(section, "left", [Fault("", "", reason) for reason in refusal.reasons])
    return Taken(section, "complete" if draft.is_complete else "incomplete", list(_faults(form, answered)))


def _meant(form_class: type[SectionForm], registration: Registration, answered: Answered) -> dict[str, list[str]]:
    """The answers as a browser would have sent them."""
    form = form_class(as_typed(answered.data), registration=registration)
    data = {}
    for name, values in answered.data.items():
        asked = form.fields.get(name)
        if asked is None:
            continue
        several = takes_several(asked)
        meant = values if several else [meaning(asked, value) for value in values]
        data[name] = [value for value in meant if value or not several]
    return data


def _faults(form: SectionForm, answered: Answered) -> Any:
    for name, sentences in form.errors.items():
        label = str(form.fields[name].label) if name in form.fields else ""
        for sentence in sentences:
            yield Fault(answered.cells.get(name, ""), label, sentence)
