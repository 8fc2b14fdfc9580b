"""The integrity declaration: what every partner must be able to say yes to."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organizations.forms.section import SectionForm
from organizations.models import Organization
from organizations.models.declaration import declaration_items
from organizations.models.registration import Section


def in_language(words):
    """Return the one of ``words`` (language → text) that the reader understands."""
    return words.get((get_language() or "en").partition("-")[0]) or words["en"]


def declared(registration):
    """Return each sentence with its answer, "yes", "no" or None, in the reader's language."""
    return [(in_language(item["text"]), registration.declaration.get(item["code"])) for item in declaration_items()]


def refused(registration):
    """Return the sentences that were answered "no", in the reader's language (R-01)."""
    return [sentence for sentence, answer in declared(registration) if answer == "no"]


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
        """A new wording is answered anew, not taken over."""
        return {} if registration.declaration_is_outdated else dict(registration.declaration)

    def outcome(self):
        return {"declaration": self.cleaned_data}
