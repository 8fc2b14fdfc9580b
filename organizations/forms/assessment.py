"""Starting an assessment, rating its criteria, proposing an action."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.forms.choices import Offer, RecordField
from organizations.forms.section import ask_for
from organizations.models import Assessment, AssessmentCriterion, PlanAction
from organizations.models.assessment import AssessmentKind, Level
from organizations.rules import ASSESSORS
from portal.kit.views import DateInput
from programmes.models import CountryOffice


class OfficeForm(forms.Form):
    """For which of the person's offices; not asked where there is only one."""

    office = RecordField(label=_("For which office?"))

    def __init__(self, *args: Any, offices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].offer(Offer.of(offices))
        for field in self.fields.values():
            ask_for(field)
        if len(offices) == 1:
            self.initial["office"] = str(offices[0].pk)


class AssessmentStartForm(OfficeForm):
    kind = forms.ChoiceField(label=_("What is assessed?"), choices=AssessmentKind.choices, widget=forms.RadioSelect)
    field_order = ("kind", "office")


class PlanActionForm(OfficeForm):
    text = forms.CharField(
        label=_("What is to be done"), max_length=PlanAction._meta.get_field("text").max_length, widget=forms.Textarea
    )
    field_order = ("text", "office")


class Rated(NamedTuple):
    """One criterion as the page shows it."""

    criterion: AssessmentCriterion
    level: forms.BoundField
    text: forms.BoundField


class RatingForm(forms.ModelForm):
    """Every criterion with its level and what was found. It can be saved as far as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Assessment
        fields = ["assessed_on", "assessor", "assessor_name", "summary"]
        widgets = {"assessed_on": DateInput(), "summary": forms.Textarea(attrs={"rows": 5, "dir": "auto"})}

    def __init__(self, *args: Any, for_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        if not for_office:
            for name in ("assessed_on", "assessor", "assessor_name"):
                del self.fields[name]
        self.criteria = list(self.instance.criteria())
        held = {finding.criterion_id: finding for finding in self.instance.findings.all()}
        for criterion in self.criteria:
            finding = held.get(criterion.pk)
            self.fields[f"level-{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.label,
                choices=Level.choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                initial=finding.level if finding else None,
            )
            self.fields[f"text-{criterion.pk}"] = forms.CharField(
                label=_("What was found"),
                max_length=4000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
                initial=finding.text if finding else "",
            )

    def rated(self) -> list[Rated]:
        return [Rated(one, self[f"level-{one.pk}"], self[f"text-{one.pk}"]) for one in self.criteria]

    def facts_shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for criterion in self.criteria:
            level, text = f"level-{criterion.pk}", f"text-{criterion.pk}"
            if cleaned.get(text) and cleaned.get(level) is None and level not in self.errors:
                self.add_error(level, _("Say how it is met as well."))
        return cleaned

    def told(self) -> dict[str, Any]:
        """Return what :func:`rate` is told."""
        levels = {
            one: (self.cleaned_data[f"level-{one.pk}"], self.cleaned_data[f"text-{one.pk}"]) for one in self.criteria
        }
        facts = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}
        return {"levels": levels, "expected_version": self.cleaned_data["version"], **facts}


def offices_assessed_for(user: User) -> list[CountryOffice]:
    """The offices for which the person assesses."""
    offices = CountryOffice.objects.active()
    if not user.is_superuser:
        offices = offices.covered_by(post for post in user.posts if post.role in ASSESSORS)
    return list(offices)
