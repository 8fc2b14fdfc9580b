"""Inviting a person, and asking to join."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import MemberRole
from organizations.models import Invitation, JoinRequest


def roles_explained():
    """Each role with the sentence that says what it may do."""
    return [(role.value, f"{role.label}: {role.description}") for role in MemberRole]


class RoleForm(forms.ModelForm):
    """A role and some words to it; the record it makes is checked and saved by the action."""

    role = forms.ChoiceField(label=_("Role"), choices=roles_explained, widget=forms.RadioSelect)

    def _post_clean(self):
        """Nothing: the action checks the record."""


class InvitationForm(RoleForm):
    class Meta:
        model = Invitation
        fields = ["email", "role", "message"]
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
            "message": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
        help_texts = {"message": _("Some words to the person; they stand in the e-mail.")}
        error_messages = {"email": {"required": _("Fill this in.")}}


class JoinRequestForm(RoleForm):
    class Meta:
        model = JoinRequest
        fields = ["role", "message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}
        help_texts = {"message": _("Who you are, so that the administrators recognise you.")}
