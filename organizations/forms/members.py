"""Giving a person a role in an organization."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MemberRole


def roles_explained():
    """Each role with the sentence that says what it may do."""
    return [(role.value, f"{role.label}: {role.description}") for role in MemberRole]


class MemberForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"})
    )
    name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        required=False,
        help_text=_("Needed only for somebody who has no account yet."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=roles_explained, widget=forms.RadioSelect)

    def clean(self):
        cleaned = super().clean()
        email, name = cleaned.get("email"), cleaned.get("name")
        if email and not name and not User.objects.filter(email__iexact=email).exists():
            self.add_error("name", _("Nobody has this address yet: give the full name, and an account is made."))
        return cleaned
