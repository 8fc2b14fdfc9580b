"""The profile outside the registration form: what changes from day to day."""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.choices import languages
from organizations.forms.mandate import MandateForm, missing_evidence
from organizations.models import Organization
from organizations.models.names import LANGUAGE_CHOICES
from organizations.models.organization import TRAITS


class ProfileForm(forms.ModelForm):
    """Mission, ways to reach the organization, languages, traits, listing. Names and numbers need an office's eye."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    mission_language = forms.ChoiceField(label=_("Language of the mission"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Working languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    traits = forms.MultipleChoiceField(
        label=_("What is true of your organization?"),
        choices=list(TRAITS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Organization
        fields = [
            *("mission", "mission_language", "populations", "email", "phone", "website", "languages"),
            *("traits", "opd_evidence", "disability_expertise", "listed"),
        ]
        labels = MandateForm.Meta.labels
        help_texts = {name: MandateForm.Meta.help_texts[name] for name in ("opd_evidence", "disability_expertise")}
        widgets = MandateForm.Meta.widgets

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        traits = [name for name in TRAITS if getattr(organization, name)]
        initial = {"version": organization.version, "traits": traits}
        # A copy: validation writes into the instance, and the page still shows what is saved.
        super().__init__(data, instance=copy.copy(organization), initial=initial)
        known = dict(LANGUAGE_CHOICES)
        others = [(code, code) for code in organization.languages if code not in known]
        self.fields["mission_language"].choices = languages(organization.mission_language)
        self.fields["languages"].choices = [*LANGUAGE_CHOICES, *others]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, sentence in missing_evidence(cleaned):
            self.add_error(name, sentence)
        return cleaned

    def to_profile(self) -> Profile:
        """What :func:`change_profile` has to write."""
        held = self.cleaned_data["traits"]
        columns = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "traits")}
        return Profile(fields=columns | {name: name in held for name in TRAITS})
