"""The people who lead the organization, and how to reach it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.section import Repeat, SectionForm
from organizations.models import OfficeHolder, Organization
from organizations.models.registration import Section
from portal.kit.views import DateInput

COLUMNS = ("role", "name", "title", "email", "since", "until")


class PeopleForm(SectionForm):
    """Who holds which office, from when to when (S2-20), and the address that everybody may see."""

    section = Section.PEOPLE
    intro = _("Who leads you, who may sign, and where people reach you.")
    hint = _("head, board, authorised officers, focal points; about 4 minutes")
    repeats = (
        Repeat(
            name="people",
            title=_("People"),
            hint=_(
                "One row for each office that a person holds. Shown to UNICEF and to your own members, not to the "
                "public. When somebody leaves, write the last day: the row stays as history."
            ),
            fields={
                "role": lambda: forms.ChoiceField(
                    label=_("Role"), choices=[("", _("Choose…")), *OfficeHolder.Role.choices]
                ),
                "name": lambda: forms.CharField(label=_("Name"), max_length=200),
                "title": lambda: forms.CharField(label=_("Title"), max_length=100),
                "email": lambda: forms.EmailField(
                    label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"})
                ),
                "since": lambda: forms.DateField(label=_("From"), widget=DateInput),
                "until": lambda: forms.DateField(label=_("To"), widget=DateInput),
            },
            needed={
                "role": _("Choose the role, or empty this row."),
                "name": _("Write the name, or empty this row."),
                "since": _("Give the first day in this office. Your best guess will do."),
            },
            after="",
            most=40,
        ),
    )

    website = forms.URLField(
        label=_("Website or social media page"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr"}),
    )

    class Meta:
        model = Organization
        fields = ["email", "phone", "website"]
        help_texts = {
            "email": _(
                "This or a telephone number is needed. Shown in the public directory if you agree to be listed: better"
                " no private address."
            ),
            "phone": _("With the country code, for example +251 11 551 0000."),
        }
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "dir": "ltr"}),
        }

    def rows_held(self, _repeat):
        return list(self.registration.organization.office_holders.values(*COLUMNS))

    def clean_row(self, row, values):
        if values["since"] and values["until"] and values["until"] < values["since"]:
            self.add_error(row["until"].name, _("The last day cannot be before the first."))

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & set(self.errors)):
            self.add_error("email", _("Give an e-mail address or a telephone number, so that people can reach you."))
        if not any(name.startswith("people-") for name in self.errors):
            self._check_heads()
        return cleaned

    def _check_heads(self):
        """Exactly one person heads the organization today."""
        today = timezone.localdate()
        heads = [
            number
            for number, row in enumerate(self.groups["people"].fields)
            if self.cleaned_data.get(row["role"].name) == OfficeHolder.Role.HEAD
            and self.cleaned_data[row["since"].name] <= today
            and (self.cleaned_data.get(row["until"].name) or today) >= today
        ]
        if not heads:
            self.add_error(
                "people-0-role", _("Name the head of the organization: the director, chairperson or coordinator.")
            )
        for number in heads[1:]:
            self.add_error(
                f"people-{number}-role",
                _("An organization has one head at a time. Say until when the one before was in office."),
            )

    def to_profile(self):
        return Profile(fields=self.columns(), people=self.filled)
