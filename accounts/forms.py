"""What people type about themselves."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Export, User


class SignupForm(forms.Form):
    """What signing up asks beside the e-mail address and the password that django-allauth asks for."""

    name = User._meta.get_field("name").formfield(widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request, user):
        """Called by django-allauth with the new person, who starts in the language of the page."""
        user.name = self.cleaned_data["name"]
        user.language = get_language()
        user.save(update_fields=["name", "language"])


class AccountForm(forms.ModelForm):
    """How one is called and in which language the portal speaks and writes to one."""

    class Meta:
        model = User
        fields = ["name", "language"]


class ExportForm(forms.Form):
    """Which list is to be written into what kind of file. The list comes from its own page and is no choice here."""

    list = forms.CharField(max_length=300, widget=forms.HiddenInput)
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("Kind of file"), choices=Export.Format.choices, widget=forms.RadioSelect)


class TokenForm(forms.ModelForm):
    """What a new token is for, what it may do and for how long."""

    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(7, _("a week")), (30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        initial=90,
    )

    class Meta:
        model = ApiToken
        fields = ["name", "scope"]
        widgets = {"scope": forms.RadioSelect}
