"""What a register writes: organizations with their names and numbers, in bulk."""

from __future__ import annotations

from collections.abc import Iterable

from organizations.actions.twin import refresh_keys
from organizations.imports.register_matching import Entry
from organizations.imports.rows import KINDS
from organizations.imports.writing import NGO_CATEGORIES
from organizations.models import Identifier, NameKey, Organization, OrganizationName
from organizations.models.organization import CSOType, organization_search_text
from organizations.search import reindex
from organizations.twins.keys import keys_of
from portal.kit.text import fold
from programmes.models import Location

AT_ONCE = 2000


def write_entries(
    new: list[Entry], known: Iterable[Entry], country: Location | None, source: str
) -> list[tuple[Organization, str]]:
    """Make the new organizations and write what the register adds to known ones.

    Returns the records that were made or changed, each with what happened to it. Entries get their ``pk``.
    """
    changed = [entry for entry in known if entry.is_changed]
    made = Organization.objects.bulk_create(
        [_organization(entry, country, source) for entry in new], batch_size=AT_ONCE
    )
    for entry, organization in zip(new, made, strict=True):
        entry.pk = organization.pk
    OrganizationName.objects.bulk_create(
        (
            OrganizationName(organization_id=entry.pk, name=name, kind=kind, source=source, folded=fold(name)[:300])
            for entry in (*new, *changed)
            for name, kind in entry.added
        ),
        batch_size=AT_ONCE,
        ignore_conflicts=True,  # a name that is written otherwise and folds alike was told twice
    )
    Identifier.objects.bulk_create(
        (
            Identifier(organization_id=entry.pk, scheme=scheme, value=value)
            for entry in (*new, *changed)
            for scheme, value in entry.added_numbers
        ),
        batch_size=AT_ONCE,
    )
    NameKey.objects.bulk_create(
        (
            NameKey(organization_id=entry.pk, key=key)
            for entry in new
            for key in sorted(keys_of(_all_names(entry), (value for _scheme, value in entry.numbers)))
        ),
        batch_size=AT_ONCE,
    )
    records = _changed(changed)
    reindex([one.pk for one in (*made, *records)])
    return [(one, "imported") for one in made] + [(one, "names_changed") for one in records]


def _organization(entry: Entry, country: Location | None, source: str) -> Organization:
    partner_type, category = KINDS[entry.kind]
    return Organization(
        name=entry.name,
        acronym=entry.acronym,
        partner_type=partner_type,
        organization_category=category,
        cso_type=CSOType.NGO if category in NGO_CATEGORIES else "",
        country=country if entry.country else None,
        source=source,
        search_text=organization_search_text(entry.name, entry.acronym, [name for name, _kind in entry.others]),
    )


def _changed(entries: list[Entry]) -> list[Organization]:
    """Write the names and the folded text of known organizations anew."""
    records = Organization.objects.in_bulk([entry.pk for entry in entries])
    for entry in entries:
        record = records[entry.pk]
        record.name = entry.name
        others = [name for name, _kind in entry.others]
        record.search_text = organization_search_text(record.name, record.acronym, others, record.mission)
        record.version += 1
    Organization.objects.bulk_update(records.values(), ["name", "search_text", "version"], batch_size=500)
    refresh_keys(list(records))
    return list(records.values())


def _all_names(entry: Entry) -> list[str]:
    return [name for name in (entry.name, entry.acronym, *(name for name, _kind in entry.others)) if name]
