"""The facts of an organization that a person chooses between when two records are merged."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from organizations.models.organization import Organization

TOGETHER = [
    ("name", "name_language"),
    ("partner_type", "cso_type", "organization_category"),
    ("legal_status", "no_certificate_reason"),
    ("mission", "mission_language"),
    ("budget_band", "budget_year", "budget_currency"),
]
"""Facts that say one thing are taken from one record."""

OWN = {"source"}
"""Facts of the record, not of the organization."""

CONSENT = {"listed"}
"""What an organization agreed to for its own record is not taken over unless a person says so."""


def _groups() -> dict[str, tuple[str, ...]]:
    together = {name: group for group in TOGETHER for name in group}
    columns = [one.name for one in Organization._meta.concrete_fields if one.editable and not one.primary_key]
    first = ["name", "acronym"]
    groups = (together.get(name, (name,)) for name in dict.fromkeys([*first, *columns]) if name not in OWN)
    return {group[0]: group for group in groups}


FACTS: dict[str, tuple[str, ...]] = _groups()
"""Every group of facts by its first field; a field that is added to the model is a group of its own."""


def says_something(group: str, organization: Organization) -> bool:
    """Whether the record knows the fact at all. "No" to a trait is also what nobody has said yet."""
    return getattr(organization, group) not in ("", None, False, [])


def suggested(group: str, kept: Organization, merged: Organization) -> Organization:
    """The record whose fact is kept unless a person chooses: the one that stays, where it says something."""
    is_missing = group not in CONSENT and not says_something(group, kept)
    return merged if is_missing and says_something(group, merged) else kept


def differ(group: str, one: Organization, other: Organization) -> bool:
    """Whether a person has to choose: both say something, or consent differs."""
    if group in CONSENT:
        return getattr(one, group) != getattr(other, group)
    both = says_something(group, one) and says_something(group, other)
    return both and any(getattr(one, name) != getattr(other, name) for name in FACTS[group])


def in_words(group: str, organization: Organization) -> Any:
    """The fact for a reader; of facts that go together, all that the record says."""
    said = [_one_in_words(name, organization) for name in FACTS[group] if says_something(name, organization)]
    return " · ".join(map(str, said)) if len(said) > 1 else _one_in_words(group, organization)


def _one_in_words(group: str, organization: Organization) -> Any:
    if group == "languages":
        return ", ".join(organization.language_names)
    if (labels := getattr(organization, f"{group}_labels", None)) is not None:
        return ", ".join(map(str, labels))
    value = getattr(organization, group)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    display = getattr(organization, f"get_{group}_display", None)
    return display() if display else value
