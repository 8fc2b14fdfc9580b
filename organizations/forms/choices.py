"""Choices among reference records, read once for a whole form: ten rows of places cost the queries of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.models.names import LANGUAGE_CHOICES
from portal.kit.text import SCRIPTS, fold
from programmes.models import Location, ThematicArea

Option = tuple[Any, Any]


@dataclass(frozen=True)
class Offer:
    """The options of a select and the records behind them, by the value that the browser sends."""

    options: list[Option]
    records: dict[str, Any]

    @classmethod
    def of(cls, records: Iterable[Any]) -> Offer:
        by_value = {str(record.pk): record for record in records}
        return cls([(value, str(record)) for value, record in by_value.items()], by_value)

    @classmethod
    def grouped(cls, groups: Iterable[tuple[Any, Iterable[Any]]]) -> Offer:
        options, records = [], {}
        for title, members in groups:
            part = cls.of(members)
            options.append((str(title), part.options))
            records |= part.records
        return cls(options, records)


class RecordField(forms.ChoiceField):
    """A select among the records of an :class:`Offer`; its clean value is the record, or None."""

    def __init__(self, *, offer: Offer | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.records: dict[str, Any] = {}
        if offer is not None:
            self.offer(offer)

    def offer(self, offer: Offer) -> None:
        self.records = offer.records
        self.choices = [("", _("Choose…")), *offer.options]

    def clean(self, value: Any) -> Any:
        return self.records.get(super().clean(value))


def countries() -> Offer:
    """All countries and areas, in the order of the reader's language."""
    places = Location.objects.countries().defer("search_text", "aliases")
    return Offer.of(sorted(places, key=lambda place: fold(place.label)))


def themes() -> Offer:
    """The sectors, each with what belongs to it."""
    branches: dict[str, list[ThematicArea]] = {}
    for theme in ThematicArea.objects.order_by("order", "name").defer("search_text", "synonyms"):
        branches.setdefault(theme.path.partition("/")[0], []).append(theme)
    ordered = [sorted(branch, key=lambda theme: theme.depth) for branch in branches.values()]
    return Offer.grouped((branch[0], branch) for branch in ordered)


def places_for(country_ids: Iterable[int], others: Iterable[int] = ()) -> Offer:
    """The countries named and their regions, and ``others`` that are held already."""
    wanted = set(country_ids)
    found = Location.objects.filter(
        Q(pk__in=wanted) | Q(parent__in=wanted, level=Location.Level.ADMIN_1) | Q(pk__in=set(others))
    ).defer("search_text", "aliases")
    groups: dict[str, list[Location]] = {}
    for place in found.order_by("path"):
        groups.setdefault(place.country_code, []).append(place)
    for places in groups.values():
        places.sort(key=lambda place: (place.level, fold(place.label)))
    return Offer.grouped((places[0].label, places) for places in groups.values())


def languages(*held: str) -> list[Option]:
    """The languages a text may be marked as; one that a record names already is never lost."""
    known = dict(LANGUAGE_CHOICES)
    return [("", _("Not said")), *LANGUAGE_CHOICES, *[(code, code) for code in held if code and code not in known]]


def scripts() -> list[Option]:
    """The scripts a name may be written in; left open, its letters say it."""
    return [("", _("As its letters show")), *SCRIPTS.items()]


def flat(choices: Iterable[Option]) -> dict[str, str]:
    """Return value → label of ``choices``, groups opened."""
    words = {}
    for value, label in choices:
        words |= flat(label) if isinstance(label, list | tuple) else {str(value): str(label)}
    return words
