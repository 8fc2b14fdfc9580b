"""Twins: records that look alike across spellings and scripts, one pair decided, and a name that is there already."""

from typing import Any

from accounts.roles import StaffRole
from organizations.actions.registration import start_registration
from organizations.actions.twin import dismiss_twin, find_twins
from organizations.models import Organization, PossibleTwin
from portal.demo.clock import days_ago

ALIKE = 2  # stories that are registered a second time, in capitals and as an acronym's own name
HOW_KNOWN = "Another board and another town; both have certificates of their own."


def play(stage: Any) -> None:
    """Register two organizations a second time under another spelling, and decide on one pair."""
    known = Organization.objects.filter(partner_type="cso").exclude(country=None).order_by("pk")[:ALIKE]
    for organization in known:
        office = stage.offices.get(organization.country.code)
        if office is None:
            continue
        officer = stage.cast.staff(office, StaffRole.REGISTRATION_OFFICER)
        with days_ago(2):
            start_registration(
                by=officer,
                office=office,
                on_behalf=True,
                name=f"{organization.name.upper()} Intl.",
                cso_type=organization.cso_type,
                country=organization.country,
            )
    with days_ago(1):
        find_twins()
        pair = PossibleTwin.objects.order_by("score", "pk").first()
        if pair is not None:
            officer = stage.cast.staff(next(iter(stage.offices.values())), StaffRole.REGISTRATION_OFFICER)
            dismiss_twin(pair, by=officer, reason=HOW_KNOWN)
