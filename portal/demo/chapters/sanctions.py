"""A made-up sanctions list in three scripts, and what people decided on the names that resemble its entries."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from organizations.actions.screening import rescreen
from organizations.imports.sanctions import commit_sanctions, plan_sanctions
from organizations.lifecycle import SANCTIONS
from organizations.models import SanctionsMatch
from portal.demo.clock import days_ago

STORY = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["organization"]
BEFORE, TAKEN_OFF, AFTER = Path(__file__).with_suffix(".xml").read_text(encoding="utf-8").split("<!-- taken off -->")

# Of which entry, what was decided, by whom, how many days ago, and why. The other two are still to be compared.
DECISIONS = (
    (
        "DEMOi.001",
        "clear",
        "hq@demo.example",
        27,
        "Ours is 34 years old and never was at sea; the entry is of 1941.",
    ),
    ("DEMOe.001", "recommend", "hq@demo.example", 26, "The same name, the same town, and the same founder."),
    ("DEMOe.001", "confirm", "admin@demo.example", 24, "The bank confirms that it is the listed committee."),
    ("DEMOe.002", "recommend", "hq@demo.example", 5, "The same name and the same line of business."),
)


def play(stage: Any) -> None:
    """Take the list in, screen everybody, decide, and take in a newer list that has lost one entry."""
    stage.tell(STORY)
    hq = stage.cast.accounts["hq@demo.example"]
    _take(BEFORE + TAKEN_OFF + AFTER, "consolidated-1.xml", hq, days=30)
    for reference, move, email, days, reason in DECISIONS:
        with days_ago(days):
            match = SanctionsMatch.objects.filter(entry__reference=reference).first()
            SANCTIONS.perform(match, move, by=stage.cast.accounts[email], reason=reason)
    _take(BEFORE + AFTER, "consolidated-2.xml", hq, days=2)


def _take(content: str, name: str, by: Any, days: float) -> None:
    with days_ago(days):
        commit_sanctions(plan_sanctions(ContentFile(content.encode(), name=name)), by=by)
        rescreen()
