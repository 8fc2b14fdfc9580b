"""The mark of a flag beside an organization's name, wherever UNICEF staff read that name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from organizations.models import Organization
from organizations.models.standing import Mark, mark_of, standing_of


def mark_seen(organization: Organization, user: Any) -> Mark | None:
    """The mark of an organization for ``user``: nobody but staff sees any, nor about their own organization."""
    if not user.is_authenticated or not (user.is_superuser or user.works_for_unicef) or user.acts_for(organization.pk):
        return None
    return mark_of(organization, organization.stands_against)


def mark_rows(rows: Iterable[Any], user: Any, organization_of: Callable[[Any], Organization]) -> None:
    """Give each of ``rows`` its ``mark``, or None; one query for all."""
    rows = list(rows)
    found = standing_of([organization_of(row) for row in rows])
    for row in rows:
        organization = organization_of(row)
        organization.stands_against = found[organization.pk]
        row.mark = mark_seen(organization, user)
