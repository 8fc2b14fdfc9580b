"""Capacity and funding: how large the organization is and how it looks after money. Asked when a call needs it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.forms.section import SectionForm
from organizations.models import Organization
from organizations.models.facts import CAPACITY_FACTS, AccountingBasis, AccountingSystem, BudgetBand, Donor, StaffBand
from organizations.models.registration import Section
from programmes.models.money import currency_choices


class CapacityForm(SectionForm):
    """The lists of domain §2: staff, budget, donors, audits, policies, duties, accounting, assessments."""

    section = Section.CAPACITY
    intro = _("How large you are and how you look after money. Read by UNICEF, not by the public.")
    hint = _("staff, budget, donors, audits, accounting; about 5 minutes")
    needed = (
        *("staff_band", "budget_band", "budget_year", "budget_currency", "donors"),
        *("accounting_basis", "accounting_system"),
    )

    staff_band = forms.ChoiceField(
        label=_("How many people do you pay?"), choices=StaffBand.choices, widget=forms.RadioSelect
    )
    budget_band = forms.ChoiceField(
        label=_("Annual budget"),
        choices=BudgetBand.choices,
        widget=forms.RadioSelect,
        help_text=_("In US dollars, or what that is in your currency."),
    )
    budget_currency = forms.ChoiceField(label=_("Currency in which you keep your books"))
    accounting_basis = forms.ChoiceField(
        label=_("How do you count income and spending?"), choices=AccountingBasis.choices, widget=forms.RadioSelect
    )
    accounting_system = forms.ChoiceField(
        label=_("How do you keep the books?"), choices=AccountingSystem.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Organization
        fields = CAPACITY_FACTS
        labels = {
            "budget_year": _("Year of this budget"),
            "donors": _("Who funds you?"),
            "audits": _("Which audits do you have?"),
            "policies": _("Which policies are written down?"),
            "segregated_duties": _("Which of these duties are in different hands?"),
            "capacity_assessments": _("Who has assessed your capacity?"),
        }
        help_texts = {
            "audits": _("Leave it open if you have none."),
            "policies": _("Leave it open if there are none."),
            "segregated_duties": _("Tick those that one person alone does not do together with another one."),
            "capacity_assessments": _("In the past five years."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        country = self.registration.organization.country
        self.fields["budget_currency"].choices = [
            ("", _("Choose…")),
            *currency_choices([country.iso2] if country else []),
        ]

    def clean_budget_year(self):
        year = self.cleaned_data["budget_year"]
        if year and year > timezone.localdate().year + 1:
            raise forms.ValidationError(_("This year is still to come."))
        return year

    def clean_donors(self):
        donors = self.cleaned_data["donors"]
        if Donor.NONE in donors and len(donors) > 1:
            raise forms.ValidationError(_("Either there is no donor so far, or there are the others."))
        return donors
