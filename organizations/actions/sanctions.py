"""What people decide about a name that resembles an entry of the sanctions list (R-06)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, move, performing
from accounts.models import User
from organizations import emails
from organizations.actions.registration import suspend
from organizations.lifecycle import REGISTRATION, SANCTIONS
from organizations.models import SanctionsMatch
from portal.kit.text import fold


@SANCTIONS.action("clear")
def clear_match(
    match: SanctionsMatch, *, by: User, reason: str = "", expected_version: int | None = None
) -> SanctionsMatch:
    """Say that the two are not the same. The pair does not return unless the entry gets a nearer name."""
    with performing(
        match, "clear", by=by, reason=reason, expected_version=expected_version, audience=OFFICE
    ) as cleared:
        cleared.known_names = _names_now(cleared)
    return cleared


@SANCTIONS.action("recommend")
@transaction.atomic
def recommend_confirmation(
    match: SanctionsMatch, *, by: User, reason: str = "", expected_version: int | None = None
) -> SanctionsMatch:
    """Headquarters takes the two for one; the administrators are told, since only they confirm."""
    recommended = move(match, "recommend", by=by, reason=reason, expected_version=expected_version, audience=OFFICE)
    emails.confirmation_recommended(recommended, reason=reason)
    return recommended


@SANCTIONS.action("confirm")
@transaction.atomic
def confirm_match(
    match: SanctionsMatch, *, by: User, reason: str = "", expected_version: int | None = None
) -> SanctionsMatch:
    """Say that the two are the same (R-06): every registration of the organization that holds is suspended.

    The organization reads that it is suspended and may reply; what stands on the list it does not read here.
    """
    confirmed = move(match, "confirm", by=by, reason=reason, expected_version=expected_version, audience=OFFICE)
    stopping = REGISTRATION.transition("suspend")
    told = _("UNICEF headquarters has stopped work with the organization after the check that every partner passes.")
    for registration in confirmed.organization.registrations.filter(state__in=stopping.sources):
        if not REGISTRATION.reasons_against(stopping, registration):
            suspend(registration, by=None, reason=told)
    return confirmed


@SANCTIONS.action("withdraw")
def withdraw_confirmation(
    match: SanctionsMatch, *, by: User, reason: str = "", expected_version: int | None = None
) -> SanctionsMatch:
    """Take a confirmation back, as if the match had been cleared. Reinstating is a person's own decision."""
    with performing(
        match, "withdraw", by=by, reason=reason, expected_version=expected_version, audience=OFFICE
    ) as withdrawn:
        withdrawn.known_names = _names_now(withdrawn)
    return withdrawn


def _names_now(match: SanctionsMatch) -> list[str]:
    return sorted({fold(name) for name, _weak in match.entry.all_names})
