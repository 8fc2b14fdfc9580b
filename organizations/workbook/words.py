"""How a field's choices are written in a cell, and what a cell's words mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.kit.text import fold

YES = _("Yes")
NO = _("No")


def takes_several(field: forms.Field) -> bool:
    """Whether several choices may be ticked: then each has a line of its own."""
    return isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)


def options(field: forms.Field) -> dict[str, str]:
    """Words → value of the choices, in their order. Words that two choices share are told apart by their group."""
    if isinstance(field, forms.BooleanField):
        return {str(YES): "on", str(NO): ""}
    named = [(group, str(label), str(value)) for group, value, label in _flat(getattr(field, "choices", ())) if value]
    shared = {label for label, count in Counter(label for _group, label, _value in named).items() if count > 1}
    words = {}
    for group, label, value in named:
        plain = label not in shared
        words[label if plain else f"{group} – {label}" if group else f"{label} ({value})"] = value
    return words


def _flat(choices: Any, group: str = "") -> Iterator[tuple[str, Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label, str(value))
        else:
            yield group, getattr(value, "value", value), label


def meaning(field: forms.Field, text: str) -> str:
    """The value that a cell's words stand for: a choice, by its words or its value; else the words as typed."""
    words = options(field)
    if text in words.values() or not words:
        return text
    folded = {fold(label): value for label, value in words.items()}
    return words.get(text, folded.get(fold(text), text))
