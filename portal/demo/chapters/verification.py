"""What becomes of a registration beyond the straight way: asked for more, suspended, replied to, delisted, renewed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.actions.verification import answer_request, prepare_request
from organizations.models import Registration
from portal.demo.clock import days_ago

TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def play(stage: Any) -> None:
    """Tell each organization of ``verification.toml`` up to its ``moves``, oldest first; then go on with others."""
    for story in TOLD["organization"]:
        _go_on(stage, stage.tell(story), story["moves"])
    for story in TOLD["later"]:
        _go_on(stage, Registration.objects.get(organization__name=story["name"]), story["moves"])


def _go_on(stage: Any, registration: Registration, moves: list[dict[str, Any]]) -> None:
    for move in moves:
        with days_ago(move["days"]):
            registration = Registration.objects.get(pk=registration.pk)
            told = {"reason": move["reason"]} if "reason" in move else {}
            by = _person(stage, registration, move["by"])
            for section, text in move.get("asks", {}).items():
                prepare_request(registration, section, by=by, text=text)
            for section, text in move.get("answers", {}).items():
                answer_request(registration.requests.get(section=section, status="open"), by=by, text=text)
            registration.lifecycle.perform(registration, move["name"], by=by, **told)


def _person(stage: Any, registration: Registration, role: str) -> User:
    if role in set(StaffRole):
        found: User = stage.cast.staff(registration.office, StaffRole(role))
        return found
    return User.objects.get(memberships__organization=registration.organization_id, memberships__role=MemberRole(role))
