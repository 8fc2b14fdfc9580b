"""What people type about agreements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.forms.choices import Offer, themes
from partnerships.actions import FIELDS
from partnerships.models import Agreement
from portal.kit.text import fold
from portal.kit.views import DateInput
from portal.renderers import choices
from programmes.models import Location
from programmes.models.money import currency_choices


class Branches(forms.CheckboxSelectMultiple):
    """Checkboxes in branches that fold away; a branch with a tick in it is open from the start."""

    template_name = "partnerships/branches.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["branches"] = [
            (title, choices(boxes), sum(box["selected"] for box in boxes), len(groups) == 1)
            for title, boxes, _index in groups
        ]
        return context


class RecordsField(forms.MultipleChoiceField):
    """Several of an :class:`Offer`'s records; the clean value is the list of them."""

    widget = Branches

    def offer(self, offer: Offer) -> None:
        self.records = offer.records
        self.choices = offer.options

    def clean(self, value: Any) -> list[Any]:
        return [self.records[key] for key in super().clean(value)]


class AgreementForm(forms.ModelForm):
    """The facts of an agreement. Partner and office are settled before: what may be chosen follows from them."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    themes = RecordsField(
        label=_("Themes"),
        required=False,
        help_text=_("Open a sector; its first line means all of it. At least one before review."),
    )
    locations = RecordsField(
        label=_("Places"),
        required=False,
        help_text=_("Where the work happens. The first line of a branch means all of it."),
    )

    class Meta:
        model = Agreement
        fields = ["kind", "title", "summary", "start", "end", "amount", "currency"]
        widgets = {
            "kind": forms.RadioSelect,
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "summary": forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
            "start": DateInput,
            "end": DateInput,
            "amount": forms.NumberInput(attrs={"min": "0", "step": "0.01", "inputmode": "decimal"}),
        }
        help_texts = {
            "kind": _("A memorandum moves no money. Small-scale funding: at most 50,000 US dollars in twelve months."),
            "summary": _("What it is to achieve, for whom, in a few sentences."),
            "start": _("Both sides have to sign by this day."),
            "end": _("The last day."),
            "amount": _("What UNICEF provides in cash and supplies."),
        }

    field_order = ("kind", "title", "summary", "themes", "locations", "start", "end", "amount", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries = list(self.instance.office.countries.all())
        self.fields["currency"].choices = currency_choices(country.iso2 for country in countries)
        self.fields["themes"].offer(themes())
        self.fields["locations"].offer(places_of(countries))
        if self.instance.pk:
            for name in ("themes", "locations"):
                self.initial[name] = [record.pk for record in getattr(self.instance, name).all()]
        self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean()
        start, end = told.get("start"), told.get("end")
        if start and end and end < start:  # R-22; the database says the same, but not beside the field
            self.add_error("end", _("The end date is before the start date."))
        return told

    @property
    def facts(self) -> dict[str, Any]:
        """What the action is told: every fact, themes and places included."""
        return {name: self.cleaned_data[name] for name in (*FIELDS, "themes", "locations")}


def places_of(countries: list[Location]) -> Offer:
    """The countries, and in each its regions; a region with districts is a branch of its own."""
    below = Q(pk__in=[])
    for country in countries:
        below |= Q(path__startswith=country.path)
    found = sorted(Location.objects.filter(below).defer("search_text", "aliases"), key=lambda place: fold(place.label))
    lie_in: dict[int, list[Location]] = {}
    for place in found:
        if place.parent_id:
            lie_in.setdefault(place.parent_id, []).append(place)
    branches = []
    for country in (place for place in found if place.is_country):
        regions = lie_in.get(country.pk, [])
        branches.append((country.label, [country, *(region for region in regions if region.pk not in lie_in)]))
        branches += [(region.label, [region, *lie_in[region.pk]]) for region in regions if region.pk in lie_in]
    return Offer.grouped(branches)
