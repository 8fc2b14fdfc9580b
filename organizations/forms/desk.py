"""What the forms of an office's desk ask: to whom registrations are assigned, and whose figures are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.models import Registration
from programmes.models import CountryOffice, RegionalOffice

MOST = 100  # in one go


class AssignForm(forms.Form):
    """To whom. Beside it stands each registration with the version that was seen, as "12:3": :func:`chosen_rows`."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Assign to"), empty_label=_("Nobody"))

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = officers  # type: ignore[attr-defined]


def chosen_rows(data: Any) -> dict[int, int]:
    """The chosen rows with their versions; ValidationError for what no page of ours has sent."""
    try:
        pairs = [row.split(":") for row in data.getlist("row")[:MOST]]
        return {int(pk[:18]): int(version[:9]) for pk, version in pairs}
    except ValueError as made_up:
        raise ValidationError(_("Choose registrations from the list.")) from made_up


class FiguresForm(forms.Form):
    """One office, one region, or everything the reader may see."""

    office = forms.ModelChoiceField(
        CountryOffice.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Country office"),
        empty_label=_("All"),
    )
    region = forms.ModelChoiceField(
        RegionalOffice.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Region"),
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        regions = RegionalOffice.objects.filter(offices__in=offices).distinct()
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


def offices_covered(user: Any) -> Any:
    """The offices that the posts of ``user`` cover."""
    offices = CountryOffice.objects.all()
    if user.is_superuser:
        return offices
    # One look for each office, however many registrations it has.
    return offices.filter(Exists(Registration.objects.filter(user.offices_condition(), office=OuterRef("pk"))))


def chosen_figures(asked: Any, user: Any) -> tuple[FiguresForm, Any]:
    """The form with what was asked for, and the registrations that it chooses (none while it is not valid)."""
    offices = offices_covered(user)
    form = FiguresForm(asked, offices=offices)
    if not form.is_valid():
        return form, Registration.objects.none()
    rows = Registration.objects.filter(office__in=offices)
    if office := form.cleaned_data["office"]:
        rows = rows.filter(office=office)
    if region := form.cleaned_data["region"]:
        rows = rows.filter(office__region=region)
    return form, rows
