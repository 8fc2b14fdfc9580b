"""What an import writes besides presences: places, organizations with their names, possible twins, and the trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AuditEvent
from organizations.actions.twin import refresh_keys
from organizations.imports.matching import Doubt, Profile
from organizations.imports.places import Place
from organizations.imports.rows import KINDS
from organizations.models import Organization, OrganizationName, PossibleTwin
from organizations.models.organization import CSOType, organization_search_text
from organizations.search import reindex
from portal.kit.text import fold
from programmes.models import Location

NGO_CATEGORIES = {"international_ngo", "national_ngo"}


def write_places(country: Location, places: list[Place], codes: dict[str, str]) -> dict[str, int]:
    """Make the places that the tree lacks, region before district, and keep foreign ``codes`` as other spellings.

    Returns the key of every place of the country.
    """
    by_code = {location.code: location for location in Location.objects.within(country)}
    for level in (Location.Level.ADMIN_1, Location.Level.ADMIN_2):
        made = []
        for place in places:
            if place.level == level:
                location = Location(code=place.code, name=place.name, level=level, parent=by_code[place.parent])
                location.derive()
                made.append(location)
        by_code |= {location.code: location for location in Location.objects.bulk_create(made)}
    for foreign, code in codes.items():
        by_code[code].aliases.append(foreign)
        by_code[code].derive()
    Location.objects.bulk_update({by_code[code] for code in codes.values()}, ["aliases", "search_text"])
    return {code: location.pk for code, location in by_code.items()}


def write_organizations(
    new: list[Profile], matched: list[Profile], country: Location, source: str
) -> list[tuple[Organization, str]]:
    """Make the new organizations, add names that existing ones lack, and fold both for the search again.

    Returns the records that were made or changed, each with what happened to it. Profiles get their ``pk``.
    """
    created = Organization.objects.bulk_create([_organization(profile, country, source) for profile in new])
    for profile, organization in zip(new, created, strict=True):
        profile.pk = organization.pk

    made = {organization.pk for organization in created}
    held: dict[int, list[OrganizationName]] = defaultdict(list)
    pks = [profile.pk for profile in (*new, *matched)]
    for name in OrganizationName.objects.filter(organization__in=pks):
        held[name.organization_id].append(name)
    records = Organization.objects.in_bulk(pks)

    added: list[OrganizationName] = []
    changed: list[Organization] = []
    for profile in (*new, *matched):
        organization = records[profile.pk]
        names = _missing_names(profile, organization, held[organization.pk], source)
        if names or organization.pk in made:
            words = [name.name for name in (*held[organization.pk], *names)]
            organization.search_text = organization_search_text(
                organization.name, organization.acronym, words, organization.mission
            )
            added += names
            changed.append(organization)
    OrganizationName.objects.bulk_create(added)
    Organization.objects.bulk_update(changed, ["search_text"], batch_size=500)
    refresh_keys([record.pk for record in changed])
    reindex([record.pk for record in changed])
    return [(record, "imported" if record.pk in made else "names_changed") for record in changed]


def _organization(profile: Profile, country: Location, source: str) -> Organization:
    partner_type, category = KINDS[profile.kind]
    return Organization(
        name=profile.name,
        acronym=profile.acronym,
        partner_type=partner_type,
        organization_category=category,
        cso_type=CSOType.NGO if category in NGO_CATEGORIES else "",
        country=None if profile.is_worldwide else country,
        source=source,
    )


def _missing_names(
    profile: Profile, organization: Organization, held: list[OrganizationName], source: str
) -> list[OrganizationName]:
    """The names that the file, or the table of known bodies, adds to what is on record. Folding decides what is new."""
    kinds = OrganizationName.Kind
    acronyms = {fold(organization.acronym), *(fold(one.name) for one in held if one.kind == kinds.ACRONYM)}
    names = {fold(organization.name), *(fold(one.name) for one in held)} | acronyms
    wanted: list[tuple[str, str, str, str]] = []
    if profile.known:
        wanted += [(name, kinds.TRANSLATION, language, "") for language, name in profile.known.names.items()]
        wanted += [(name, kinds.OTHER, "", "") for name in profile.known.also]
        wanted += [(acronym, kinds.ACRONYM, "", "") for acronym in profile.known.acronyms]
    wanted += [(spelling.acronym, kinds.ACRONYM, "", source) for spelling in profile.spelled]
    wanted += [(spelling.name, kinds.MISSPELLING, "", source) for spelling in profile.spelled]
    missing = []
    for name, kind, language, origin in wanted:
        folded = fold(name)
        # A name may be kept as an acronym as well: by that the next list knows that "UCD" is both.
        if folded and folded not in (acronyms if kind == kinds.ACRONYM else names):
            names.add(folded)
            acronyms |= {folded} if kind == kinds.ACRONYM else set()
            missing.append(
                OrganizationName(
                    organization=organization,
                    name=name,
                    kind=kind,
                    language=language,
                    source=origin,
                    folded=folded[:300],  # bulk_create does not call save()
                )
            )
    return missing


def write_twins(twins: list[Doubt]) -> None:
    """Put the doubtful pairs before a person. A pair on which a person has decided stays decided."""
    PossibleTwin.objects.bulk_create(
        [
            PossibleTwin(
                first_id=min(doubt.first.pk, doubt.second.pk),
                second_id=max(doubt.first.pk, doubt.second.pk),
                score=doubt.score,
                reason=doubt.reason,
            )
            for doubt in twins
        ],
        ignore_conflicts=True,
    )


def write_events(about: Sequence[tuple[Model, str]], origin: str, *, rows: int, by: Any) -> None:
    """One event for each record that was made or changed, as (record, what happened), with the file it came from."""
    count = ngettext("%(count)s row", "%(count)s rows", rows) % {"count": rows}
    AuditEvent.objects.bulk_create(
        AuditEvent(
            actor=by,
            actor_label=str(by) if by else _("The portal"),
            subject_type=record._meta.label_lower,
            subject_id=record.pk,
            subject_label=str(record)[:300],
            action=action,
            to_state=getattr(record, "state", ""),
            reason=f"{origin}: {count}",
        )
        for record, action in about
    )
