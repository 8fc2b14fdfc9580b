"""Legal status, and the numbers by which registers know the organization."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.section import Repeat, SectionForm
from organizations.models import Identifier, Organization
from organizations.models.organization import LegalStatus
from organizations.models.registration import Section


class LegalForm(SectionForm):
    """S0-2: a group without a certificate may register too, if it says why there is none. R-03: numbers are unique."""

    section = Section.LEGAL
    intro = _("Formal and informal groups are both welcome.")
    hint = _("registration number, year founded; about 2 minutes")
    needed = ("legal_status", "founded")
    repeat = Repeat(
        name="identifiers",
        title=_("Registration numbers"),
        hint=_("As on your certificate. Add one row for each register that knows you, at home or in a host country."),
        fields={
            "scheme": lambda: forms.CharField(label=_("Register"), max_length=40),
            "value": lambda: forms.CharField(label=_("Number"), max_length=80),
        },
        needed={
            "scheme": _("Name the register, for example the Ministry of Justice."),
            "value": _("Write the number, or empty this row."),
        },
        after="legal_status",
        most=10,
    )

    legal_status = forms.ChoiceField(
        label=_("Are you registered with the authorities?"), choices=LegalStatus.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Organization
        fields = ["founded", "legal_status", "no_certificate_reason"]
        labels = {
            "founded": _("Year founded"),
            "no_certificate_reason": _("If you are not registered: why there is no certificate"),
        }
        help_texts = {
            "founded": _("Four figures. Your best guess will do for an informal group."),
            "no_certificate_reason": _("For example: the law does not ask it of small groups, or it was refused."),
        }
        widgets = {"no_certificate_reason": forms.Textarea(attrs={"rows": 4})}

    def initial_rows(self, registration):
        return list(registration.organization.identifiers.values("scheme", "value"))

    def clean_founded(self):
        year = self.cleaned_data["founded"]
        if year and year > timezone.localdate().year:
            raise forms.ValidationError(_("This year is still to come."))
        return year

    def clean_row(self, row, values):
        same = Q(scheme__iexact=values["scheme"], value__iexact=values["value"])
        others = Identifier.objects.exclude(organization=self.registration.organization_id)
        if values["scheme"] and values["value"] and others.filter(same).exists():
            self.add_error(
                row["value"].name,
                _(
                    "Another organization is already registered with this number. Check the number; if it is yours, "
                    "ask the country office, because your organization may have a record already."
                ),
            )

    def clean(self):
        cleaned = super().clean()
        status = cleaned.get("legal_status")
        if status == LegalStatus.FORMAL and not self.filled:
            self.add_error("identifiers-0-value", _("Add the registration number from your certificate."))
        if status == LegalStatus.INFORMAL and not cleaned.get("no_certificate_reason"):
            self.add_error("no_certificate_reason", _("Say why there is no certificate. A sentence is enough."))
        return cleaned

    def to_profile(self):
        numbers = [(row["scheme"], row["value"]) for row in self.filled]
        return Profile(fields=self.columns(), identifiers=numbers)
