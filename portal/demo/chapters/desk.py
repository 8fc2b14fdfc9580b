"""The work of an office: assigned, late, asleep and nudged, reminded, asked to take over, taken over."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.roles import StaffRole
from organizations.actions.desk import assign_registration, hand_over, nudge_drafts, remind, tell_of_late_registrations
from organizations.actions.invitation import accept_invitation
from organizations.models import Registration
from portal.demo.clock import days_ago

STORIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["organization"]


def play(stage: Any) -> None:
    late, _asleep, taken_over = map(stage.tell, STORIES)
    with days_ago(30):
        assign_registration(late, by=_of(stage, late, StaffRole.HEAD_OF_OFFICE), to=_officer(stage, late))
    _hand_over(stage, taken_over, "سلمى الحديد", "salma@demo.example", days=7)
    with days_ago(4):
        successor = stage.cast.person("salma@demo.example", "سلمى الحديد", "ar")
        accept_invitation(taken_over.handovers.get(), by=successor)
    waits = Registration.objects.get(on_behalf=True, organization__acronym="CRCM")
    _hand_over(stage, waits, "Oumar Guindo", "oumar@demo.example", days=2)
    sent_back = Registration.objects.get(organization__name="Tashkent Legal Aid Foundation")
    with days_ago(3):
        remind(sent_back, by=_officer(stage, sent_back), reason="The call for legal aid closes on Friday.")
    nudge_drafts()
    tell_of_late_registrations()


def _hand_over(stage: Any, registration: Registration, person: str, email: str, days: float) -> None:
    with days_ago(days):
        hand_over(registration, by=_officer(stage, registration), person=person, email=email)


def _officer(stage: Any, registration: Registration) -> User:
    return _of(stage, registration, StaffRole.REGISTRATION_OFFICER)


def _of(stage: Any, registration: Registration, role: StaffRole) -> User:
    found: User = stage.cast.staff(registration.office, role)
    return found
