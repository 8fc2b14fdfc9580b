"""Everything in the portal that refers to an organization, found from the models themselves.

A model of a later app that refers to an organization is covered without a word here. Five tables say what is not
simply moved: what stays where it is, pairs, what gives way although it has a life, what ends, what is settled first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core import serializers
from django.db.models import Count, ForeignKey, Model, Q, UniqueConstraint, Value
from django.utils.translation import gettext as _

from accounts.models import Stateful

STAYS = {
    "organizations.listing",
    "organizations.merge",
    "organizations.namekey",
    "organizations.screening",
    "organizations.worduse",
}
"""What tells of a merge itself keeps naming the two records that it names; what is derived from names is made anew."""

PAIRS = {"organizations.possibletwin": ("first", "second")}
"""Rows that name two organizations, the lower number first."""

DECIDED_ALIKE = {"organizations.sanctionsmatch"}
"""Records with a life of which one gives way to its equal, as long as the two stand alike: both cleared, both open."""

ENDS = {"organizations.officeholder": ("since", "until")}
"""Terms of which only one can run: that of the record that gives way ends with the merge, and stays on record."""

SETTLE_FIRST: dict[str, Callable[[Any], str]] = {
    "organizations.registration": lambda row: (
        _("Both have a registration with %(office)s that is not over. End one of the two first.")
        % {"office": row.office}
    ),
}
"""Why two rows that cannot stand beside each other stop a merge, where the general sentence does not help."""


@dataclass(frozen=True)
class Relation:
    """A foreign key by which rows of ``model`` refer to an organization."""

    model: type[Model]
    field: ForeignKey

    @property
    def key(self) -> str:
        """The relation's name in a merge's record, for example ``organizations.presence.organization``."""
        return f"{self.model._meta.label_lower}.{self.field.name}"

    @property
    def label(self) -> Any:
        """What people call these rows; the two columns of a list of choices by the name of the list."""
        if not self.model._meta.auto_created:
            return self.model._meta.verbose_name_plural
        others = (field for field in self.model._meta.get_fields() if isinstance(field, ForeignKey))
        return next(field for field in others if field != self.field).related_model._meta.verbose_name_plural

    def rows(self, organization: Model) -> Any:
        """The rows that refer to ``organization``."""
        return self.model._base_manager.filter(**{self.field.name: organization}).order_by()

    def clashes(self, kept: Model, merged: Model) -> dict[Any, Any]:
        """Rows of ``merged`` that cannot stand beside a row of ``kept``: key of the one → key of the other."""
        found: dict[Any, Any] = {}
        for others, condition in self._unique_together():
            held, coming = (
                {tuple(values): pk for pk, *values in self.rows(one).filter(condition).values_list("pk", *others)}
                for one in (kept, merged)
            )
            # A missing value equals no other.
            found |= {pk: held[values] for values, pk in coming.items() if values in held and None not in values}
        return found

    def _unique_together(self) -> Iterator[tuple[tuple[str, ...], Q]]:
        """For each rule of uniqueness that includes the organization: the other fields, and where the rule holds."""
        meta, name = self.model._meta, self.field.name
        if self.field.unique:
            yield (), Q()
        rules = [(together, None) for together in meta.unique_together]
        rules += [(one.fields, one.condition) for one in meta.constraints if isinstance(one, UniqueConstraint)]
        for fields, condition in rules:
            if name in fields:
                yield tuple(field for field in fields if field != name), condition or Q()


@cache
def relations_to(model: type[Model]) -> tuple[Relation, ...]:
    """Every foreign key to ``model``, also those without a name of their own and the columns of lists of choices."""
    found = (
        Relation(field.related_model, field.field)
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)
    )
    return tuple(sorted(found, key=lambda relation: relation.key))


def moving(model: type[Model]) -> list[Relation]:
    """The relations whose rows simply move to the organization that stays."""
    return [one for one in relations_to(model) if one.model._meta.label_lower not in STAYS | PAIRS.keys()]


def counted(organization: Model) -> dict[Relation, int]:
    """How many rows refer to an organization, by relation; one query however many relations there are."""
    relations = {one.key: one for one in moving(type(organization))}
    counts = [
        one.rows(organization).annotate(relation=Value(key)).values("relation").annotate(rows=Count("pk"))
        for key, one in relations.items()
    ]
    first, *rest = [query.values_list("relation", "rows") for query in counts]
    return {relations[key]: rows for key, rows in first.union(*rest, all=True) if rows}


def clashing(kept: Model, merged: Model, among: Iterable[Relation]) -> dict[Relation, dict[Any, Any]]:
    """The clashes of each relation that has any."""
    found = ((relation, relation.clashes(kept, merged)) for relation in among)
    return {relation: pairs for relation, pairs in found if pairs}


def against_folding(relation: Relation, pairs: Mapping[Any, Any]) -> list[str]:
    """Why rows cannot give way to their equals at the organization that stays; empty when they can.

    A record with a life of its own does not vanish in another, and nothing that other records refer to does.
    """
    model = relation.model
    label, rows = model._meta.label_lower, model._base_manager.in_bulk([*pairs, *pairs.values()])
    if label in DECIDED_ALIKE:
        needed = [pk for pk, other in pairs.items() if rows[pk].state != rows[other].state]
    elif issubclass(model, Stateful) or _are_referred_to(model, pairs):
        needed = list(pairs)
    else:
        needed = []
    say = SETTLE_FIRST.get(label, _only_one)
    return [say(rows[pk]) for pk in needed]


def _are_referred_to(model: type[Model], keys: Iterable[Any]) -> bool:
    keys = list(keys)
    return any(
        other.model._base_manager.filter(**{f"{other.field.name}__in": keys}).exists() for other in relations_to(model)
    )


def _only_one(row: Model) -> str:
    return _("Both have this, and there can be only one: %(row)s (%(kind)s). Settle that first.") % {
        "row": row,
        "kind": row._meta.verbose_name,
    }


def in_full(rows: Iterable[Model]) -> list[Any]:
    """Rows as JSON values, with all that is needed to write them again."""
    told: list[Any] = json.loads(serializers.serialize("json", rows))
    return told


def write_again(told: Iterable[Any]) -> None:
    """Bring back rows that :func:`in_full` told, under their old keys."""
    for row in serializers.deserialize("json", json.dumps(list(told))):
        row.save()
