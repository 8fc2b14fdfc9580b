"""Which of two records stays, and whose facts are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization, OrganizationName
from organizations.models.fact_groups import FACTS, differ, in_words, says_something, suggested

KINDS = OrganizationName.Kind


class MergeForm(forms.Form):
    """One choice for each fact on which the two differ. What only one of them says is kept without asking."""

    kept = forms.TypedChoiceField(label=_("Which record stays?"), coerce=int, widget=forms.RadioSelect)
    name_kind = forms.ChoiceField(
        label=_("The name that gives way is kept as"),
        choices=[(kind.value, kind.label) for kind in (KINDS.OTHER, KINDS.FORMER)],
        initial=KINDS.OTHER.value,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("How do you know that they are one?"),
        help_text=_("The people of both organizations read this."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say how you know that they are one.")},
    )

    def __init__(self, data: Any = None, *, pair: tuple[Organization, Organization], rows: Mapping[int, int]) -> None:
        """``rows``: by key, how many rows each record has; the one with more is suggested to stay."""
        super().__init__(data)
        self.pair = pair
        choices = [(one.pk, one.name) for one in pair]
        stays, goes = sorted(pair, key=lambda one: (-rows[one.pk], one.pk))
        self.fields["kept"].choices = choices
        self.fields["kept"].initial = stays.pk
        for group in FACTS:
            if differ(group, *pair):
                self.fields[f"fact-{group}"] = forms.TypedChoiceField(
                    label=Organization._meta.get_field(group).verbose_name,
                    choices=[(one.pk, in_words(group, one)) for one in pair],
                    coerce=int,
                    initial=suggested(group, stays, goes).pk,
                    widget=forms.RadioSelect,
                )
        for one in pair:
            self.fields[f"version-{one.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=one.version
            )

    @property
    def compared(self) -> list[dict[str, Any]]:
        """The rows of the table: every fact that one of the two states, with a choice where they differ."""
        table = []
        for group in FACTS:
            if any(says_something(group, one) for one in self.pair):
                name = f"fact-{group}"
                radios = list(self[name]) if name in self.fields else [None, None]
                words = [in_words(group, one) if says_something(group, one) else "" for one in self.pair]
                label = Organization._meta.get_field(group).verbose_name
                same = not differ(group, *self.pair) and words[0] == words[1]
                cells = list(zip(words, radios, strict=True))
                table.append({"label": label, "cells": cells, "same": same, "errors": self.errors.get(name)})
        return table

    def told(self) -> dict[str, Any]:
        """What :func:`merge_organizations` is told beside the two records."""
        answers = self.cleaned_data
        prefix = "fact-"
        return {
            "reason": answers["reason"],
            "name_kind": answers["name_kind"],
            "facts": {name.removeprefix(prefix): pk for name, pk in answers.items() if name.startswith(prefix)},
            "expected_versions": {
                one.pk: version for one in self.pair if (version := answers[f"version-{one.pk}"]) is not None
            },
        }
