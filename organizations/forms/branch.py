"""Adding a branch to its headquarters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.forms.choices import RecordField, countries
from organizations.forms.section import ask_for
from organizations.forms.start import offices
from organizations.models import Organization


class BranchForm(forms.Form):
    """Where the branch is, what it is called there, and with which country office it registers."""

    country = RecordField(label=_("Country"))
    name = forms.CharField(
        label=_("Name of the branch"), max_length=300, help_text=_("As it is known in that country, in any script.")
    )
    office = RecordField(label=_("UNICEF country office"), help_text=_("Its registration begins with this office."))

    def __init__(self, *args: Any, headquarters: Organization, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": headquarters.name}, **kwargs)
        self.fields["country"].offer(countries())
        self.fields["office"].offer(offices(lambda office: not office.is_headquarters))
        for name in self.fields:
            ask_for(self.fields[name])
