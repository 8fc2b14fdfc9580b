"""Links to partner passports: open, expired, revoked."""

from typing import Any

from accounts.models import User
from organizations.actions.passport import revoke_link, share_passport
from portal.demo.clock import days_ago


def play(stage: Any) -> None:
    """The demonstration's own organization shows its passport to a donor, to a ministry, and once to too many."""
    administrator = User.objects.get(email="partner@demo.example")
    organization = administrator.memberships.select_related("organization").first().organization
    with days_ago(60):
        share_passport(organization, by=administrator, label="Ministry of Justice, for the annual report", days=30)
    with days_ago(5):
        share_passport(organization, by=administrator, label="Fonds pour l’enfance, Genève", days=90)
        link, _secret = share_passport(organization, by=administrator, label="Mailing list, by mistake", days=7)
    with days_ago(4):
        revoke_link(link, by=administrator)
