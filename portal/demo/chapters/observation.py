"""What colleagues have noted about organizations: every state from a note to a lifted flag; one is inherited."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.actions.observation import add_observation
from organizations.actions.organization import create_organization
from organizations.models import Observation, Organization
from portal.demo.clock import days_ago

STORIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["observation"]
FACTS = ("nature", "category", "text", "for_partner", "flag")


def play(stage: Any) -> None:
    """Tell each story of ``observation.toml``, then of an international organization whose branch inherits its flag."""
    organizations = {row.name: row for row in Organization.objects.filter(name__in=[one["about"] for one in STORIES])}
    for story in STORIES:
        organization = organizations[story["about"]]
        office = organization.registrations.select_related("office").earliest("created_at").office
        facts = {name: story[name] for name in FACTS if name in story}
        with days_ago(story["days"]):
            by = _person(stage, organization, office, story["by"])
            observation = add_observation(by=by, organization=organization, office=office, **facts)
        for move in story.get("moves", ()):
            told = {name: move[name] for name in ("reason", "reply") if name in move}
            with days_ago(move["days"]):
                fresh = Observation.objects.get(pk=observation.pk)
                by = _person(stage, organization, office, move["by"])
                fresh.lifecycle.perform(fresh, move["name"], by=by, **told)
    _inherited(stage)


def _inherited(stage: Any) -> None:
    """Headquarters flags an international organization; its branch in Mali carries the same flag (R-08)."""
    editor = stage.cast.accounts["hq@demo.example"]
    with days_ago(45):
        headquarters = create_organization(
            by=editor, name="Enfance Sans Frontières", name_language="fr", acronym="ESF", cso_type="ngo"
        )
        create_organization(
            by=editor,
            name="Enfance Sans Frontières, bureau du Mali",
            name_language="fr",
            cso_type="ngo",
            country=stage.places["MLI"],
            headquarters=headquarters,
        )
        add_observation(
            by=editor,
            organization=headquarters,
            office=None,
            flag=True,
            category="financial",
            text="The accounts of the last year are not signed by an auditor.",
            for_partner="Les comptes de l’année passée ne sont pas signés par un auditeur.",
        )


def _person(stage: Any, organization: Organization, office: Any, role: str) -> User:
    if role == StaffRole.HQ_EDITOR:
        person: User = stage.cast.accounts["hq@demo.example"]
    elif role in set(StaffRole):
        person = stage.cast.staff(office, StaffRole(role))
    else:
        person = User.objects.get(memberships__organization=organization, memberships__role=MemberRole(role))
    return person
