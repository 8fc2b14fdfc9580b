"""Writes the parts of a profile that are rows, for :func:`organizations.actions.organization.change_profile`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from organizations.models import Experience, OfficeHolder, Organization, TrackRecord

# By what a row is known again, the surest first: so a corrected date or spelling changes the row, and makes no other.
_SAME_TERM = (("role", "name", "since"), ("role", "name"), ("role", "since"))


def write_people(organization: Organization, people: list[Mapping[str, Any]]) -> None:
    """Write who holds which office. Whoever is left out leaves, and stays in history once an office has seen it."""
    held = list(organization.office_holders.all())
    told: list[tuple[OfficeHolder | None, Mapping[str, Any]]] = []
    waiting = list(people)
    for keys in _SAME_TERM:
        for row in list(waiting):
            same = next((each for each in held if all(getattr(each, key) == row[key] for key in keys)), None)
            if same is not None:
                held.remove(same)
                waiting.remove(row)
                told.append((same, row))
    _end(organization, held)
    # Those who have left first: the one head makes room for the next.
    for holder, row in sorted([*told, *((None, row) for row in waiting)], key=lambda pair: pair[1]["until"] is None):
        written = holder or OfficeHolder(organization=organization)
        for name, value in row.items():
            setattr(written, name, value)
        written.full_clean()
        written.save()


def _end(organization: Organization, holders: list[OfficeHolder]) -> None:
    """The terms of people who are named no more: over since yesterday, or never there where nobody has read of them."""
    seen = organization.registrations.exclude(submitted_at=None).exists()
    yesterday = timezone.localdate() - timedelta(days=1)
    for holder in holders:
        if not seen:
            holder.delete()
        elif holder.until is None or holder.until > yesterday:
            holder.until = max(holder.since, yesterday)
            holder.full_clean()
            holder.save()


def write_experiences(organization: Organization, experiences: list[tuple[Any, str]]) -> None:
    """Write the years of experience on each theme."""
    wanted = {theme.pk: years for theme, years in experiences}
    organization.experiences.exclude(theme__in=wanted).delete()
    held = {row.theme_id: row for row in organization.experiences.all()}
    for theme, years in wanted.items():
        row = held.get(theme) or Experience(organization=organization, theme_id=theme)
        row.years = years
        row.full_clean()
        row.save()


def write_track_records(organization: Organization, records: list[tuple[str, str, str, int | None]]) -> None:
    """Write the results, endorsements and networks, each as (kind, what, who, year), in the order told."""
    held = list(organization.track_records.order_by("pk"))
    if [(row.kind, row.what, row.who, row.year) for row in held] == records:
        return
    organization.track_records.all().delete()
    rows = [
        TrackRecord(organization=organization, kind=kind, what=what, who=who, year=year)
        for kind, what, who, year in records
    ]
    for row in rows:
        row.full_clean()
    TrackRecord.objects.bulk_create(rows)
