"""What shows how far an organization can be relied on: papers, assessments, observations, the sanctions list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from benchmarks.make.loader import write
from benchmarks.make.people import HEADQUARTERS, staff
from benchmarks.make.world import World
from organizations.models import (
    Assessment,
    AssessmentCriterion,
    AssessmentFinding,
    Document,
    DocumentVersion,
    Observation,
    PlanAction,
    SanctionsEntry,
    SanctionsList,
    SanctionsMatch,
)
from organizations.models.assessment import AssessmentKind
from portal.kit.text import fold

PAPER = b"%PDF-1.4\n% A paper for the benchmarks.\n%%EOF\n"
PATH = "documents/00/benchmarks"  # the one file of all documents
ENTRIES = 700  # on the sanctions list


def make(world: World) -> None:
    _documents(world)
    _assessments(world)
    _observations(world)
    _sanctions(world)


def _documents(world: World) -> None:
    if not default_storage.exists(PATH):
        default_storage.save(PATH, ContentFile(PAPER))

    def rows() -> Iterator[tuple[Any, ...]]:
        kinds = ("certificate", "statute", "audit", "policy", "financial_statement", "evidence")
        key = 0
        for pk in range(1, world.size + 1):
            for number in range(pk % 3):
                key += 1
                kind = kinds[(pk + number) % 6] if number else "certificate"
                issued = world.today - timedelta(days=200 + pk % 900)
                by = world.member[pk - 1] or staff(world.country[pk - 1])
                state = "withdrawn" if key % 20 == 0 else "current"
                yield (
                    key,
                    pk,
                    kind,
                    f"Paper {key}",
                    "Ministry of Justice",
                    str(key),
                    issued,
                    issued + timedelta(days=1000),
                    state,
                    by,
                )

    columns = (
        "id",
        "organization_id",
        "kind",
        "title",
        "issuer",
        "number",
        "issued_on",
        "expires_on",
        "state",
        "created_by_id",
    )
    documents = list(rows())
    write(Document, columns, documents)
    digest = sha256(PAPER).hexdigest()
    versions = (
        (row[0], PATH, f"paper-{row[0]}.pdf", "application/pdf", len(PAPER), digest, row[-1]) for row in documents
    )
    columns = ("document_id", "file", "file_name", "media_type", "size", "sha256", "uploaded_by_id")
    write(DocumentVersion, columns, versions)


def _assessments(world: World) -> None:
    states = ("final", "final", "final", "draft", "submitted", "self_assessment", "replaced", "cancelled")
    ratings = ("low", "low", "medium", "medium", "significant", "high")
    kinds = AssessmentKind.values
    criteria: dict[str, list[int]] = {}
    for pk, kind in AssessmentCriterion.objects.order_by("kind", "order").values_list("pk", "kind"):
        criteria.setdefault(kind, []).append(pk)
    assessed = [pk for pk in range(1, world.size + 1) if pk % 20 == 0]

    def rows() -> Iterator[tuple[Any, ...]]:
        for key, pk in enumerate(assessed, start=1):
            state, office = states[key % 8], world.country[pk - 1]
            done = state in ("final", "replaced")
            on = world.today - timedelta(days=key % 1500)
            result = (Decimal("1.50"), ratings[key % 6], on + timedelta(days=5 * 365)) if done else (None, "", None)
            since = world.days_ago(key % 300)
            yield key, pk, world.office(office), kinds[key % 4], state, since, on, staff(office), *result

    columns = ("id", "organization_id", "office_id", "kind", "state", "state_since", "assessed_on", "created_by_id")
    write(Assessment, (*columns, "score", "rating", "valid_until"), rows())
    findings = (
        (key, criterion, 1 + (key + criterion) % 4, "As seen on the visit.")
        for key in range(1, len(assessed) + 1)
        if states[key % 8] != "draft"
        for criterion in criteria[kinds[key % 4]]
    )
    write(AssessmentFinding, ("assessment_id", "criterion_id", "level", "text"), findings)
    steps = ("proposed", "agreed", "done", "confirmed", "dropped")
    actions = (
        (
            pk,
            world.office(world.country[pk - 1]),
            f"Write policy {pk}",
            steps[key % 5],
            world.today + timedelta(days=key % 200 - 60),
        )
        for key, pk in enumerate(assessed)
    )
    write(PlanAction, ("organization_id", "office_id", "text", "state", "due_on"), actions)


def _observations(world: World) -> None:
    states = ("note", "note", "note", "note", "yellow", "lifted", "escalated", "red", "invalidated", "note")
    categories = ("programme", "financial", "reputation", "other", "safeguarding")

    def rows() -> Iterator[tuple[Any, ...]]:
        for key, pk in enumerate(range(7, world.size + 1, 20), start=1):
            state, office = states[key % 10], world.country[pk - 1]
            at = world.days_ago(key % 700)
            flagged = (at, at, "We look into it.") if state != "note" else (None, None, "")
            nature = "good" if state == "note" and key % 2 else "concern"
            yield (
                pk,
                world.office(office),
                staff(office),
                nature,
                categories[key // 10 % 5],
                at.date(),
                "Seen there.",
                state,
                at,
                *flagged,
            )

    columns = (
        "organization_id",
        "office_id",
        "author_id",
        "nature",
        "category",
        "observed_on",
        "text",
        "state",
        "state_since",
    )
    write(Observation, (*columns, "flagged_at", "released_at", "for_partner"), rows())


def _sanctions(world: World) -> None:
    rng, words = world.rng("sanctions"), world.languages["en"]
    figures = {"taken": ENTRIES, "entries_added": 9, "entries_changed": 4, "entries_removed": 1}
    columns = ("file_name", "digest", "taken_by_id", "figures", "taken_at", "screened_at", "generated_at")
    lists = (
        (f"consolidated-{day}.xml", f"{day:064x}", HEADQUARTERS, figures, *[world.days_ago(day)] * 3)
        for day in (60, 30, 2)
    )
    write(SanctionsList, columns, lists)
    names = [words.person() for _ in range(ENTRIES)]
    entries = (
        (pk, f"QDi.{pk:04}", "person", name, [{"name": name[::-1], "quality": "good"}])
        for pk, name in enumerate(names, start=1)
    )
    write(SanctionsEntry, ("id", "reference", "kind", "name", "aliases"), entries)
    states = ("open", "open", "cleared", "cleared", "recommended", "confirmed", "closed")
    matches = (
        (
            pk,
            1 + rng.randrange(ENTRIES),
            "head",
            names[pk % ENTRIES],
            fold(names[pk % ENTRIES]),
            names[pk % ENTRIES],
            80 + pk % 20,
            states[pk // 100 % 7],
        )
        for pk in range(33, world.size + 1, 100)
    )
    columns = ("organization_id", "entry_id", "subject", "name", "folded", "listed_name", "score", "state")
    write(SanctionsMatch, columns, matches)
