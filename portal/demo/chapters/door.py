"""An international organization with its branches; invitations and requests to join in every state."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from accounts.roles import MemberRole
from organizations.actions.branch import add_branch
from organizations.actions.invitation import (
    accept_invitation,
    accept_join_request,
    ask_to_join,
    decline_invitation,
    decline_join_request,
    expire_invitations,
    invite,
    withdraw_invitation,
)
from organizations.models import Organization
from portal.demo.clock import days_ago

STORIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["organization"]


def play(stage: Any) -> None:
    for story in STORIES:
        stage.tell(story)
    _add_a_branch_that_has_only_begun(stage)
    _invite(stage)
    _ask(stage)


def _add_a_branch_that_has_only_begun(stage: Any) -> None:
    headquarters = Organization.objects.get(acronym="LCI", headquarters=None)
    administrator = headquarters.memberships.get(role=MemberRole.ADMINISTRATOR).user
    with days_ago(2):
        add_branch(
            headquarters,
            by=administrator,
            name="Linternas para la Niñez, Colombia",
            country=stage.places["COL"],
            office=stage.offices["COL"],
        )


def _invite(stage: Any) -> None:
    """The administrator of the demonstration has invited before; one invitation waits for somebody with an account."""
    administrator, new = (stage.cast.accounts[f"{name}@demo.example"] for name in ("partner", "new"))
    organization = Organization.objects.filter(memberships__user=administrator).earliest("pk")
    declines = stage.cast.person("declines@demo.example", "Zarina Olimova")
    accepts = stage.cast.person("accepts@demo.example", "Dilshod Rahimov")

    def to(person_or_email: Any, role: MemberRole, message: str = "") -> Any:
        email = getattr(person_or_email, "email", person_or_email)
        return invite(organization, by=administrator, email=email, role=role, message=message)

    with days_ago(30):
        to("left@demo.example", MemberRole.VIEWER)
        accept_invitation(to(accepts, MemberRole.VIEWER), by=accepts)
    with days_ago(12):
        expire_invitations()
        decline_invitation(to(declines, MemberRole.EDITOR), by=declines, reason="I have moved to another organization.")
        withdraw_invitation(to("misspelt@demo.example", MemberRole.EDITOR), by=administrator)
    with days_ago(1):
        to(new, MemberRole.EDITOR, "Welcome, Amina! You would look after our reports in French.")
        to("volunteer@demo.example", MemberRole.VIEWER)


def _ask(stage: Any) -> None:
    administrator = stage.cast.accounts["partner@demo.example"]
    organization = Organization.objects.filter(memberships__user=administrator).earliest("pk")
    known = stage.cast.person("asks@demo.example", "Feruza Mirzaeva")
    stranger = stage.cast.person("stranger@demo.example", "Anvar Sodiqov")
    with days_ago(20):
        asked = ask_to_join(organization, by=known, role=MemberRole.VIEWER, message="I run the Andijan branch.")
        accept_join_request(asked, by=administrator)
        refused = ask_to_join(organization, by=stranger, role=MemberRole.EDITOR)
        decline_join_request(refused, by=administrator, reason="We do not know you. Write to our office first.")
    with days_ago(1):
        asked_by = stage.cast.person("volunteers@demo.example", "Nargiza Hamidova")
        ask_to_join(organization, by=asked_by, role=MemberRole.EDITOR, message="I keep the accounts in Fergana.")
