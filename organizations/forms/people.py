"""The people who lead the organization, and how to reach it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.forms.section import SectionForm
from organizations.models import Organization
from organizations.models.registration import Section


class PeopleForm(SectionForm):
    """Who heads the organization and the address that everybody may see (S2-20)."""

    section = Section.PEOPLE
    intro = _("Who leads you, and where people reach you.")
    hint = _("head of the organization, e-mail, telephone; about 2 minutes")
    needed = ("head_name", "head_title")

    website = forms.URLField(
        label=_("Website or social media page"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr"}),
    )

    class Meta:
        model = Organization
        fields = ["head_name", "head_title", "email", "phone", "website"]
        labels = {"head_name": _("Name of the head of the organization"), "head_title": _("Title")}
        help_texts = {
            "head_name": _("The director, chairperson or coordinator. Shown to UNICEF, not to the public."),
            "head_title": _("For example: director, chairperson."),
            "email": _("Shown in the public directory if you agree to be listed. Better no private address."),
            "phone": _("With the country code, for example +251 11 551 0000."),
        }
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "dir": "ltr"}),
        }

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & set(self.errors)):
            self.add_error("email", _("Give an e-mail address or a telephone number, so that people can reach you."))
        return cleaned
