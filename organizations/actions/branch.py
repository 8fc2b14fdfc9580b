"""How a headquarters opens the records of its branches."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import record
from accounts.models import User
from organizations.actions.registration import start_registration
from organizations.models import Organization, Registration
from portal.kit.access import NotNow, require

INHERITED = ("acronym", "cso_type", "organization_category", "website")
"""What a branch has from its headquarters at first; it may say otherwise in its own registration."""


@transaction.atomic
def add_branch(headquarters: Organization, *, by: User, name: str, country: Any, office: Any) -> Registration:
    """Open the record of a branch under ``headquarters`` and its registration with ``office``; return the registration.

    Whoever adds it is its first administrator. It is submitted only after its headquarters, and verified only after it.
    """
    require(by, "organizations.add_branch", headquarters)
    if headquarters.headquarters_id is not None:
        raise NotNow([_("A branch has no branches of its own. Add it to the headquarters.")])
    fields = {inherited: getattr(headquarters, inherited) for inherited in INHERITED}
    registration = start_registration(
        by=by, office=office, name=name, country=country, headquarters=headquarters, **fields
    )
    record(headquarters, "branch_added", by=by, changes={"branches": [None, str(registration.organization)]})
    return registration
