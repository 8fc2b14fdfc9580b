"""What is told of a saved search: its name, the office that it is kept for, and how often news of it is wanted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import SavedSearch
from organizations.models.saved import Rhythm
from programmes.models import CountryOffice


def offices_of(user: Any) -> Any:
    """The offices at which ``user`` works, and so may keep something for."""
    return CountryOffice.objects.all() if user.is_superuser else CountryOffice.objects.covered_by(user.posts)


class SavedSearchForm(forms.ModelForm):
    """Whoever works at one office alone need not choose it; whoever works at none is not asked."""

    class Meta:
        model = SavedSearch
        fields = ["name", "office"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry: Any = self.fields["office"]
        entry.queryset = offices_of(user)
        entry.empty_label = _("None: it stays mine alone")
        if not (user.works_for_unicef or user.is_superuser):
            del self.fields["office"]
        elif self.instance.pk is None and len(user.posts) == 1:
            entry.initial = user.posts[0].office_id

    def _post_clean(self) -> None:
        """The record is checked by the action, once its owner and its question are on it."""


class SavedSearchChangeForm(SavedSearchForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        for name in [name for name in self.fields if name != "version"]:
            if not self.instance.lifecycle.is_editable(self.instance, name):
                del self.fields[name]


class RhythmForm(forms.Form):
    rhythm = forms.ChoiceField(
        label=_("Tell me by e-mail what it newly finds"), choices=Rhythm.choices, widget=forms.RadioSelect
    )
