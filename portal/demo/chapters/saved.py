"""The directory at work: a search saved, shared and followed; what it newly found told; partners tagged and written to.

The index is written once all is told, so what a search finds is read here from the records themselves.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from organizations.actions.saved import close_digest, retire_search, save_search, set_rhythm, share_search
from organizations.bulk import Choice, carry_out
from organizations.models import Organization
from portal.demo.clock import days_ago
from portal.demo.people import HOME


def play(stage: Any) -> None:
    office = stage.offices[HOME]
    programme, manager = (
        stage.cast.staff(office, role) for role in (StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)
    )
    partners = Organization.objects.current().filter(presences__location__path__startswith=f"{HOME}/")
    found = sorted(set(partners.values_list("pk", flat=True)))
    with days_ago(20):
        search = save_search(by=programme, name="Partners in Uzbekistan", query=f"country={HOME}", office=office)
        share_search(search, by=programme)
        old = save_search(by=manager, name="Flood response 2025", query=f"q=water&country={HOME}", office=office)
        retire_search(share_search(old, by=manager), by=manager)
        save_search(by=stage.cast.accounts["partner@demo.example"], name="Networks of parents", query="q=parents")
    _follow(search, found, programme, manager)
    _together(found, programme, office)


def _follow(search: Any, found: list[int], programme: User, manager: User) -> None:
    """The one has been told what is new; for the other the worker looks next."""
    with days_ago(9):
        digest = set_rhythm(search, by=programme, rhythm="weekly", known=found[:-2])
    with days_ago(1.5):
        close_digest(digest, found[:-1], timezone.now())
    with days_ago(2):
        set_rhythm(search, by=manager, rhythm="daily", known=found[:-2])


def _together(found: list[int], programme: User, office: Any) -> None:
    pks = [str(pk) for pk in found[:4]]
    with days_ago(6):
        carry_out(Choice.ticked("tag", pks), by=programme, office=office, label="Back to school 2027")
    with days_ago(5):
        carry_out(
            Choice.ticked("message", pks),
            by=programme,
            office=office,
            subject="Meeting of education partners on 12 December",
            text="We meet at ten in our office to plan the new school year. Please tell me who will come.",
        )
