"""Where the organization works, on what."""

from functools import cached_property

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.actions.organization import Profile
from organizations.forms.choices import RecordField, places_for, themes
from organizations.forms.section import Repeat, SectionForm
from organizations.models import Organization
from organizations.models.registration import Section


class PlacesForm(SectionForm):
    """Rows of theme, place and year, within the countries of the office and of the organization."""

    section = Section.PLACES
    intro = _("One row for each theme in each place. The directory finds you by these.")
    hint = _("themes, places, since when; about 4 minutes")
    repeats = (
        Repeat(
            name="places",
            title=_("Themes and places"),
            hint=_("Choose the whole country where you work everywhere in it."),
            fields={
                "theme": lambda: RecordField(label=_("Theme")),
                "location": lambda: RecordField(label=_("Place")),
                "since": lambda: forms.IntegerField(
                    label=_("Since (year)"), validators=[MinValueValidator(1850)], widget=forms.NumberInput
                ),
            },
            needed={
                "theme": _("Choose the theme, or empty this row."),
                "location": _("Choose the place, or empty this row."),
            },
            after="",
            most=60,
        ),
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        organization, office = self.registration.organization, self.registration.office
        countries = {*office.countries.values_list("pk", flat=True), organization.country_id} - {None}
        offers = {
            "theme": themes(),
            "location": places_for(countries, others=[row["location"] for row in self.groups["places"].held]),
        }
        for row in self.rows():
            for key, offer in offers.items():
                row[key].field.offer(offer)

    @cached_property
    def _this_year(self):
        return timezone.localdate().year

    def rows_held(self, _repeat):
        own = self.registration.organization.presences.filter(source="").order_by("location__path", "theme__path")
        return list(own.values("theme", "location", "since"))

    def clean_row(self, row, values):
        if values["since"] and values["since"] > self._this_year:
            self.add_error(row["since"].name, _("This year is still to come."))

    def clean(self):
        cleaned = super().clean()
        if not self.filled:
            self.add_error("places-0-theme", _("Add at least one theme and the place where you work on it."))
        return cleaned

    def to_profile(self):
        rows = [(row["theme"], row["location"], row["since"]) for row in self.filled]
        return Profile(presences=rows)
