"""A new link to the partner passport."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

DAYS = (7, 30, 90, 180, 365)


class PassportLinkForm(forms.Form):
    label = forms.CharField(
        label=_("For whom"), max_length=100, help_text=_("For example a donor. Only your administrators see it.")
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=30,
        choices=[(days, ngettext_lazy("%(n)s day", "%(n)s days", "n") % {"n": days}) for days in DAYS],
        widget=forms.RadioSelect,
    )
