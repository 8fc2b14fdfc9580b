"""What staff look for when they look for twins."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from organizations.forms.choices import RecordField, countries
from organizations.models import Organization

MOST_NAMES = 15


class TwinSearchForm(forms.Form):
    """Names and a number as somebody writes them, or the record whose twins are looked for."""

    names = forms.CharField(
        label=_("Names and acronyms"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One in each line, in any language and script."),
    )
    number = forms.CharField(label=_("Registration number"), required=False, max_length=80)
    scheme = forms.CharField(
        label=_("Register"), required=False, max_length=40, help_text=_("Whose number it is, such as UZ-MOJ.")
    )
    country = RecordField(
        label=_("Country"), required=False, help_text=_("A record at home elsewhere counts as less alike.")
    )
    organization = forms.ModelChoiceField(Organization.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user)
        self.fields["country"].offer(countries())

    @cached_property
    def about(self) -> Organization | None:
        """The record whose twins are looked for, where there is one."""
        return self.cleaned_data.get("organization") if self.is_bound and self.is_valid() else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("names") and not cleaned.get("number") and not cleaned.get("organization"):
            self.add_error("names", _("Write a name, an acronym or a number."))
        return cleaned

    def sought(self) -> dict[str, Any]:
        """Return what :func:`look_alikes` is told."""
        asked, about = self.cleaned_data, self.about
        names = [name.strip() for name in asked["names"].splitlines() if name.strip()][:MOST_NAMES]
        numbers = [(asked["scheme"], asked["number"])] if asked["number"] else []
        country = asked["country"].pk if asked["country"] else None
        if about:
            names += [about.name, about.acronym, *about.names.values_list("name", flat=True)]
            numbers += about.identifiers.values_list("scheme", "value")
            country = country or about.country_id
        return {"names": names, "identifiers": numbers, "country": country}
