"""Registrations in every state, with what was typed, asked, answered and decided about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from accounts.models import AuditEvent
from benchmarks.make.loader import write
from benchmarks.make.people import staff
from benchmarks.make.world import World
from organizations.lifecycle import WITH_OFFICE
from organizations.models import (
    Registration,
    RenewalReminder,
    Reply,
    SectionDraft,
    SectionRequest,
    Verification,
    VerificationAnswer,
    VerificationQuestion,
)
from organizations.models.declaration import declaration_items, declaration_version
from organizations.models.registration import CORE_SECTIONS, EXTRA_SECTIONS

WRITTEN_OUT = 500
"""Of so many registrations of the measured office, and of one in ten elsewhere, all that was typed is kept."""

DECIDED = ("verified", "lapsed", "renewing", "suspended", "delisted")
MOVES = {
    "submitted": ("submit",),
    "sent_back": ("submit", "send_back"),
    "resubmitted": ("submit", "send_back", "resubmit"),
    "verified": ("submit", "verify"),
    "lapsed": ("submit", "verify"),
    "renewing": ("submit", "verify", "renew"),
    "suspended": ("submit", "verify", "suspend"),
    "delisted": ("submit", "verify", "delist"),
    "declined": ("submit", "decline"),
    "withdrawn": ("submit", "withdraw"),
    "draft": (),
}
"""How each state was reached; "lapsed" is a verification past its date."""

TARGETS = {
    "submit": "submitted",
    "send_back": "sent_back",
    "resubmit": "resubmitted",
    "verify": "verified",
    "renew": "renewing",
    "suspend": "suspended",
    "delist": "delisted",
    "decline": "declined",
    "withdraw": "withdrawn",
}
PARTNERS = ("submit", "resubmit", "renew", "withdraw")  # moves of the organization


def make(world: World) -> None:
    columns = (
        *("id", "organization_id", "office_id", "state", "state_since", "created_at", "created_by_id", "declaration"),
        *("declaration_version", "submitted_at", "submitted_by_id", "decided_at", "decided_by_id", "valid_until"),
        *("assigned_to_id", "on_behalf"),
    )
    write(Registration, columns, _registrations(world))
    columns = (
        *("at", "actor_id", "actor_label", "subject_type", "subject_id", "subject_label", "action", "from_state"),
        "to_state",
    )
    write(AuditEvent, columns, _events(world))
    write(
        Verification,
        ("registration_id", "outcome", "decided_at", "decided_by_id", "valid_until", "answers"),
        _verifications(world),
    )
    drafts = ("registration_id", "section", "data", "is_complete", "saved_at", "saved_by_id")
    write(SectionDraft, drafts, _drafts(world))
    columns = ("registration_id", "question_id", "answer", "comment", "answered_by_id", "answered_at")
    write(VerificationAnswer, columns, _answers(world))
    columns = ("registration_id", "section", "round", "text", "status", "asked_by_id", "asked_at", "answer")
    write(SectionRequest, columns, _requests(world))
    write(Reply, ("registration_id", "decision", "text", "written_by_id"), _replies(world))
    write(RenewalReminder, ("registration_id", "valid_until", "days", "sent_on"), _reminders(world))


def life(world: World, key: int, state: str) -> tuple[float, float]:
    """How many days ago the registration ``key`` was begun, and how many it took until now or the decision."""
    spread = (key * 2654435761 % 2**32) / 2**32
    if state in ("draft", "submitted", "sent_back", "resubmitted"):
        return 60 * spread + 30, 30
    if state == "lapsed":
        return 5 * 365 + 60 + 300 * spread, 10 + 30 * spread
    return 40 + 1500 * spread, 10 + 30 * spread


def _by(world: World, pk: int, office: int) -> int:
    """Who acts for the organization ``pk``: its own people, else the office on its behalf."""
    return world.member[pk - 1] or staff(office)


def _registrations(world: World) -> Iterator[tuple[Any, ...]]:
    said = {item["code"]: "yes" for item in declaration_items()}
    version = declaration_version()
    for key, (pk, office, state) in enumerate(world.registered, start=1):
        begun, took = life(world, key, state)
        moves, by = MOVES[state], _by(world, pk, office)
        decided = world.days_ago(begun - took) if state in (*DECIDED, "declined") else None
        yield (
            *(key, pk, world.office(office), "verified" if state == "lapsed" else state),
            *(decided or world.days_ago(begun * 0.3), world.days_ago(begun), by, said if moves else {}),
            version if moves else 0,
            *((world.days_ago(begun - took / 2), by) if moves else (None, None)),
            *((decided, staff(office)) if decided else (None, None)),
            (decided + timedelta(days=5 * 365)).date() if decided and state != "declined" else None,
            staff(office) if state in WITH_OFFICE and key % 3 else None,
            not world.member[pk - 1],
        )


def _events(world: World) -> Iterator[tuple[Any, ...]]:
    for key, (pk, office, state) in enumerate(world.registered, start=1):
        begun, took = life(world, key, state)
        by, label = _by(world, pk, office), f"{world.names[pk - 1]}"[:300]
        at, before = begun, ""
        about = (Registration._meta.label_lower, key, label)
        yield world.days_ago(at), by, f"Person {by}", *about, "created", "", "draft"
        before = "draft"
        for step, move in enumerate(MOVES[state], start=1):
            at = begun - took * step / 2
            who = by if move in PARTNERS else staff(office)
            yield world.days_ago(max(at, 0.1)), who, f"Person {who}", *about, move, before, TARGETS[move]
            before = TARGETS[move]


def _verifications(world: World) -> Iterator[tuple[Any, ...]]:
    for key, (_pk, office, state) in enumerate(world.registered, start=1):
        if state in (*DECIDED, "declined"):
            begun, took = life(world, key, state)
            at = world.days_ago(begun - took)
            until = (at + timedelta(days=5 * 365)).date()
            yield key, "declined" if state == "declined" else "verified", at, staff(office), until, []


def written_out(world: World) -> Iterator[tuple[int, int, int, str]]:
    """The registrations (key, organization, office, state) of which everything is kept."""
    left = count(WRITTEN_OUT, -1)
    for key, (pk, office, state) in enumerate(world.registered, start=1):
        if key % 10 == 0 or (office == 0 and next(left) > 0):
            yield key, pk, office, state


def _drafts(world: World) -> Iterator[tuple[Any, ...]]:
    for key, pk, office, state in written_out(world):
        sections = CORE_SECTIONS[: 1 + key % 4] if state == "draft" else CORE_SECTIONS
        if key % 4 == 0:
            sections = (*sections, *EXTRA_SECTIONS)
        for section in sections:
            typed = {"name": [world.names[pk - 1]]} if section == "identity" else {"mission": ["As in our statute."]}
            begun, _took = life(world, key, state)
            yield key, section.value, typed, state != "draft", world.days_ago(begun), _by(world, pk, office)


def _answers(world: World) -> Iterator[tuple[Any, ...]]:
    questions = list(VerificationQuestion.objects.order_by("order", "pk").values_list("pk", "expected"))
    for key, _pk, office, state in written_out(world):
        if state in DECIDED or (state in WITH_OFFICE and key % 2):
            begun, took = life(world, key, state)
            for question, expected in questions:
                yield key, question, expected, "Seen.", staff(office), world.days_ago(begun - took)


def _requests(world: World) -> Iterator[tuple[Any, ...]]:
    statuses = {"sent_back": "open", "resubmitted": "answered"}
    for key, (_pk, office, state) in enumerate(world.registered, start=1):
        if state in statuses:
            for section in ("legal", "people"):
                answer = "It is there now." if state == "resubmitted" else ""
                asked = world.days_ago(20)
                yield key, section, 1, "Please add the year.", statuses[state], staff(office), asked, answer


def _replies(world: World) -> Iterator[tuple[Any, ...]]:
    for key, (pk, office, state) in enumerate(world.registered, start=1):
        if state in ("suspended", "delisted", "declined") and key % 3 == 0:
            yield key, state, "We have put it right.", _by(world, pk, office)


def _reminders(world: World) -> Iterator[tuple[Any, ...]]:
    for key, (_pk, _office, state) in enumerate(world.registered, start=1):
        if state == "lapsed":
            begun, took = life(world, key, state)
            until = (world.days_ago(begun - took) + timedelta(days=5 * 365)).date()
            yield key, until, 0, until
