"""Agreements in every state: about two for every ten organizations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import AuditEvent
from benchmarks.make.loader import write
from benchmarks.make.people import staff
from benchmarks.make.world import World
from partnerships.models import Agreement, Signature
from portal.kit.text import fold

STATES = (
    *("active",) * 9,
    *("ended",) * 5,
    *("draft", "draft", "in_review", "sent_back", "approved", "awaiting_signatures", "suspended"),
    *("terminated", "cancelled"),
)
SIGNED = ("active", "ended", "suspended", "terminated")
WAY = (
    ("submit", "draft", "in_review"),
    ("approve", "in_review", "approved"),
    ("open_for_signature", "approved", "awaiting_signatures"),
    ("activate", "awaiting_signatures", "active"),
)
"""The usual way of an agreement, as the audit trail tells it."""


def make(world: World) -> None:
    drawn = [row for row in world.registered if row[2] in ("verified", "lapsed", "renewing", "suspended")]
    rng = world.rng("agreements")
    share = 0.2 * world.size / max(len(drawn), 1)
    made = [
        (pk, office) for pk, office, _state in drawn for _ in range((rng.random() < share) + (rng.random() < share / 9))
    ]
    columns = (
        *("id", "reference", "kind", "title", "summary", "organization_id", "office_id", "state", "state_since"),
        *("start", "end", "amount", "created_by_id", "created_at", "submitted_at", "search_text"),
    )
    write(Agreement, columns, _agreements(world, made))
    themes = ((key, theme) for key in _keys(made) for theme in rng.sample(world.themes[:40], 1 + key % 2))
    write(Agreement.themes.through, ("agreement_id", "thematicarea_id"), themes)
    places = ((key, world.places[office][key % len(world.places[office])]) for key, (_pk, office) in enumerate(made, 1))
    write(Agreement.locations.through, ("agreement_id", "location_id"), places)
    columns = ("agreement_id", "side", "signatory", "signed_on", "recorded_by_id")
    write(Signature, columns, _signatures(world, made))
    columns = (
        *("at", "actor_id", "actor_label", "subject_type", "subject_id", "subject_label", "action", "from_state"),
        "to_state",
    )
    write(AuditEvent, columns, _events(world, made))


def _keys(made: list[tuple[int, int]]) -> range:
    return range(1, len(made) + 1)


def _begun(key: int) -> int:
    """How many days ago the agreement was drafted."""
    return 100 + key * 7919 % 1200


def _agreements(world: World, made: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    kinds = ("pca", "pca", "ssfa", "mou")
    for key, (pk, office) in enumerate(made, start=1):
        state, begun = STATES[key % len(STATES)], _begun(key)
        at = world.days_ago(begun)
        words = world.language_of[office].name()
        reference = f"{world.offices[office].sign}/{kinds[key % 4].upper()}{at.year}{key:06}"
        start = at.date() + timedelta(days=60)
        yield (
            *(key, reference, kinds[key % 4], words.text, "Together for children.", pk, world.office(office), state),
            *(world.days_ago(begun * 0.5 if state != "draft" else 20), start, start + timedelta(days=700)),
            *(
                Decimal(1000 * (1 + key % 300)),
                staff(office),
                at,
                at + timedelta(days=10) if state != "draft" else None,
            ),
            f"{fold(reference)} {words.folded}",
        )


def _signatures(world: World, made: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    for key, (pk, office) in enumerate(made, start=1):
        state = STATES[key % len(STATES)]
        on = world.today - timedelta(days=_begun(key) - 40)
        if state in SIGNED or (state == "awaiting_signatures" and key % 2):
            yield key, "unicef", "Head of office", on, staff(office, 2)
        if state in SIGNED:
            yield key, "partner", "Authorised officer", on, world.member[pk - 1] or staff(office, 1)


def _events(world: World, made: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    label = Agreement._meta.label_lower
    for key, (_pk, office) in enumerate(made, start=1):
        begun, by = _begun(key), staff(office)
        about = (by, f"Person {by}", label, key, f"Agreement {key}")
        yield world.days_ago(begun), *about, "created", "", "draft"
        steps = len(WAY) if STATES[key % len(STATES)] in SIGNED else key % len(WAY)
        for number, (move, source, target) in enumerate(WAY[:steps], start=1):
            yield world.days_ago(begun - 10 * number), *about, move, source, target
