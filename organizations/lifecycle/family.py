"""When: what headquarters and branches of one organization owe each other.

The headquarters of an international organization registers with UNICEF headquarters, and only then its branches with
the country offices (domain §2, §3). The branches of a national organization wait for theirs too.
"""

from typing import Any

from django.utils.translation import gettext as _

INTERNATIONAL = "international_ngo"


def is_international_head(organization: Any) -> bool:
    return organization.organization_category == INTERNATIONAL and organization.headquarters_id is None


def office_suits_the_organization(registration: Any) -> str | None:
    """UNICEF headquarters takes the headquarters of international organizations, country offices everybody else."""
    organization = registration.organization
    is_for_headquarters = is_international_head(organization)
    if registration.office.is_headquarters and not is_for_headquarters:
        return _(
            "UNICEF headquarters registers the headquarters of international organizations only. Register with the "
            "country office, or choose “International NGO” as UN category under names and identity."
        )
    if is_for_headquarters and not registration.office.is_headquarters:
        return _(
            "The headquarters of an international organization registers with UNICEF headquarters. For a country "
            "office, add the branch in that country on the page of the organization."
        )
    return None


def headquarters_has_registered(registration: Any) -> str | None:
    """A branch is not submitted before its headquarters."""
    headquarters = registration.organization.headquarters
    if headquarters and not _registrations(headquarters).standing().exclude(submitted_at=None).exists():
        return _("The headquarters registers first: %(name)s has not submitted its registration yet.") % {
            "name": headquarters
        }
    return None


def headquarters_is_verified(registration: Any) -> str | None:
    """A branch is not verified before its headquarters."""
    headquarters = registration.organization.headquarters
    if headquarters and not _registrations(headquarters).verified().exists():
        return _("The headquarters is verified first: %(name)s is not verified yet.") % {"name": headquarters}
    return None


def _registrations(headquarters: Any) -> Any:
    """Those that count for its branches: with UNICEF headquarters, if it is an international organization."""
    if headquarters.organization_category == INTERNATIONAL:
        return headquarters.registrations.filter(office__is_headquarters=True)
    return headquarters.registrations.all()
