"""What UNICEF people write about an organization."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.forms.section import ask_for
from organizations.models import Document, Observation, Organization
from organizations.rules import PARTNER_ROLES
from portal.kit.views import DateInput
from programmes.models import CountryOffice

HEADQUARTERS = "headquarters"


class ObservationForm(forms.ModelForm):
    """The words of an observation. What its state has closed is not asked."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Observation
        fields = ["nature", "category", "observed_on", "text", "document", "for_partner"]
        widgets = {
            "nature": forms.RadioSelect,
            "category": forms.RadioSelect,
            "observed_on": DateInput,
            "text": forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            "for_partner": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        }
        help_texts = {
            "category": _(
                "Safeguarding is read by your office and headquarters alone; others see only that it is there."
            ),
            "text": _("For UNICEF alone. Facts and sources; never the name of a child or of a survivor."),
            "document": _("One of the organization’s documents. Every office reads those; none about safeguarding."),
            "for_partner": _(
                "For a flag: what the organization did or left undone, in plain words. It is about conduct, "
                "not about opinions. The organization reads it as soon as the flag is raised; about safeguarding only "
                "once headquarters shows it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.Meta.fields:
                if not self.instance.lifecycle.is_editable(self.instance, name):
                    del self.fields[name]
        else:
            self.initial["category"] = ""
        if "category" in self.fields:
            self.fields["category"].choices = self.fields["category"].choices[1:]  # nothing is chosen for the person
        for name in {"category", "observed_on", "text"} & self.fields.keys():
            ask_for(self.fields[name])
        if "document" in self.fields:
            papers = Document.objects.filter(organization=self.instance.organization)
            self.fields["document"].queryset = papers
            self.fields["document"].empty_label = _("None")
            if not papers.exists():
                del self.fields["document"]
        self.initial["version"] = self.instance.version

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


class NewObservationForm(ObservationForm):
    """The same with the office it is written for, and whether it is a flag from the start."""

    office = forms.ChoiceField(label=_("For"), widget=forms.RadioSelect)
    flag = forms.BooleanField(
        label=_("Raise a yellow flag now"),
        required=False,
        help_text=_("Otherwise it is a note. It can be raised later."),
    )
    field_order = ("office", "nature", "category", "observed_on", "text", "document", "for_partner", "flag")

    def __init__(self, *args: Any, organization: Organization, user: User, **kwargs: Any) -> None:
        super().__init__(*args, instance=Observation(organization=organization, author=user), **kwargs)
        self.offices = {str(office.code): office for office in offices_written_for(user)}
        self.writes_for_headquarters = user.is_superuser or any(
            post.is_headquarters and post.role in PARTNER_ROLES for post in user.posts
        )
        choices = [(code, _("UNICEF %(office)s") % {"office": office.label}) for code, office in self.offices.items()]
        if self.writes_for_headquarters:
            choices.insert(0, (HEADQUARTERS, _("UNICEF headquarters")))
        self.fields["office"].choices = choices
        if len(choices) == 1:
            self.fields["office"].initial = choices[0][0]
            self.fields["office"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean()
        if told.get("flag") and not told.get("for_partner") and told.get("category") != "safeguarding":
            self.add_error("for_partner", _("Say what the organization will read about the flag."))
        if told.get("flag") and told.get("nature") == "good":
            self.add_error("flag", _("Something good is no reason for a flag."))
        return told

    @property
    def facts(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {**super().facts, "office": self.offices.get(told["office"]), "flag": told["flag"]}


def offices_written_for(user: User) -> list[CountryOffice]:
    """The offices whose partners the person looks after, by name; headquarters writes for itself."""
    posts = [post for post in user.posts if post.role in PARTNER_ROLES and not post.is_headquarters]
    return sorted(CountryOffice.objects.covered_by(posts), key=lambda office: str(office.label))
