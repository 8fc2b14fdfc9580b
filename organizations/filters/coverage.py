"""What the table of coverage is asked for: the same on the page, in files and in the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.filters.vocabulary import vocabulary
from portal.kit.text import fold
from programmes.models import RegionalOffice

PUBLIC, ON_RECORD = "public", "record"
COUNTED = ((ON_RECORD, _("Every partner on record")), (PUBLIC, _("The public directory")))


class CoverageForm(forms.Form):
    """``area``: the code of a region or a country; ``counted`` is there for UNICEF staff alone."""

    area = forms.ChoiceField(label=_("Area"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    counted = forms.ChoiceField(label=_("Count"), required=False, choices=COUNTED)

    def __init__(self, *args: Any, for_unicef: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_unicef:
            del self.fields["counted"]
        known = vocabulary()
        regions = sorted(((region.code, region.label) for region in RegionalOffice.objects.all()), key=_by_label)
        countries = sorted(((country.code, country.label) for country in known.countries), key=_by_label)
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", _("The world")),
            (_("Regions"), regions),
            (_("Countries"), countries),
        ]
        themes = [theme for theme in known.themes_for(for_unicef) if theme.depth < 2]
        self.fields["theme"].choices = [  # type: ignore[attr-defined]
            ("", _("All themes")),
            *((theme.code, "\u2003" * theme.depth + theme.label) for theme in themes),
        ]

    def areas(self) -> Iterator[tuple[str, str]]:
        """Code and name of every region and country."""
        for _group, choices in self.fields["area"].choices[1:]:  # type: ignore[attr-defined]
            yield from choices

    def chosen(self) -> Iterator[tuple[str, str]]:
        """What is chosen, as an address carries it."""
        return ((name, value) for name, value in self.cleaned_data.items() if value)


def _by_label(choice: tuple[str, str]) -> str:
    return fold(choice[1])
