"""What becomes of a registration after its verification: suspended, reinstated, delisted, lapsed, being renewed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.models import Registration
from portal.demo.clock import days_ago

STORIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["organization"]


def play(stage: Any) -> None:
    """Tell each story of ``verification.toml``: how it was verified, then its ``moves``, oldest first."""
    for story in STORIES:
        registration = stage.tell(story)
        for move in story.get("moves", ()):
            with days_ago(move["days"]):
                registration = Registration.objects.get(pk=registration.pk)
                told = {"reason": move["reason"]} if "reason" in move else {}
                by = _person(stage, registration, move["by"])
                registration = registration.lifecycle.perform(registration, move["name"], by=by, **told)


def _person(stage: Any, registration: Registration, role: str) -> User:
    if role in set(StaffRole):
        found: User = stage.cast.staff(registration.office, StaffRole(role))
        return found
    return User.objects.get(memberships__organization=registration.organization_id, memberships__role=MemberRole(role))
