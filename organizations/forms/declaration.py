"""The integrity declaration: what every partner must be able to say yes to."""

import tomllib
from functools import cache
from pathlib import Path

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organizations.forms.section import SectionForm
from organizations.models import Organization
from organizations.models.registration import Section

DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def declaration_items():
    """The items of ``data/declaration.toml``: code, text and hint by language, in the order of the file."""
    return tomllib.loads((DATA / "declaration.toml").read_text(encoding="utf-8"))["item"]


def in_language(words):
    """Return the one of ``words`` (language → text) that the reader understands."""
    return words.get((get_language() or "en").partition("-")[0]) or words["en"]


def declared(registration):
    """Return each sentence with its answer, "yes", "no" or None, in the reader's language."""
    return [(in_language(item["text"]), registration.declaration.get(item["code"])) for item in declaration_items()]


class DeclarationForm(SectionForm):
    """R-01: any “No” is kept and makes the organization ineligible. It is an answer, and no mistake to correct."""

    section = Section.DECLARATION
    intro = _("Read each sentence and answer for the whole organization. Answer truthfully: offices check.")
    hint = _("yes or no to each sentence; about 4 minutes")

    class Meta:
        model = Organization
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for item in declaration_items():
            self.fields[item["code"]] = forms.ChoiceField(
                label=in_language(item["text"]),
                help_text=in_language(item["hint"]) if "hint" in item else "",
                choices=[("yes", _("Yes")), ("no", _("No"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer yes or no.")},
            )

    def initial_from(self, registration):
        return dict(registration.declaration)

    def outcome(self):
        return {"declaration": self.cleaned_data}
