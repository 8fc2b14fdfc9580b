"""Records that may be one, records that were merged, and files that were brought or asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Export
from benchmarks.make.loader import write
from benchmarks.make.people import HEADQUARTERS, measured_member, staff
from benchmarks.make.world import World
from organizations.models import ImportBatch, Merge, Organization, PossibleTwin
from organizations.models.organization import PartnerType

REJECTS = "imports/benchmarks.csv"
FILES = 200


def make(world: World) -> None:
    write(PossibleTwin, ("first_id", "second_id", "score", "reason", "found", "state"), _twins(world))
    merges = [
        pk for pk in range(58, world.size, 150) if world.kind[pk - 1] != PartnerType.CSO or not world.member[pk - 1]
    ]
    states = ("done", "undone", "final")
    rows = (
        (pk - 1, pk, HEADQUARTERS, "The same people.", states[key % 3], world.days_ago(3 + key % 20), {"names": 1}, {})
        for key, pk in enumerate(merges)
    )
    write(Merge, ("kept_id", "merged_id", "merged_by_id", "reason", "state", "created_at", "counts", "rows"), rows)
    for key, pk in enumerate(merges):
        if states[key % 3] != "undone":
            Organization.objects.filter(pk=pk).update(merged_into=pk - 1)
    _imports(world)
    _exports(world)


def _twins(world: World) -> Iterator[tuple[Any, ...]]:
    states = ("open", "open", "dismissed")
    for key, pk in enumerate(range(20, world.size, 50)):
        names = world.names[pk - 1], world.names[pk]
        yield pk, pk + 1, 80 + key % 20, "similar_name", list(names), states[key % 3]


def _imports(world: World) -> None:
    if not default_storage.exists(REJECTS):
        default_storage.save(
            REJECTS, ContentFile(b"Row,Reason,Explanation,Name\n7,unknown_theme,No such theme,Somebody\n")
        )
    states = ("done", "done", "done", "failed", "discarded", "previewed", "queued")
    figures = {"rows": 900, "taken": 890, "rejected": 10}
    rows = (
        (
            "presence",
            "ethiopia-4w",
            REJECTS,
            f"partners-{key}.csv",
            REJECTS,
            figures,
            100,
            states[key % 7],
            HEADQUARTERS,
            world.days_ago(key),
        )
        for key in range(FILES)
    )
    columns = (
        "kind",
        "layout",
        "file",
        "file_name",
        "rejects",
        "figures",
        "progress",
        "state",
        "created_by_id",
        "created_at",
    )
    write(ImportBatch, columns, rows)


def _exports(world: World) -> None:
    states = ("done", "done", "queued", "running", "failed", "cancelled", "expired")
    people = (staff(0), staff(1), measured_member(world), HEADQUARTERS)
    rows = (
        (people[key % 4], "Organizations", "/organizations/", "theme=education", "organizations", states[key // 4 % 7])
        + ((REJECTS, 900) if key // 4 % 7 < 2 else ("", 0))
        + (world.days_ago(-7), world.days_ago(key % 9))
        for key in range(FILES)
    )
    columns = ("user_id", "title", "path", "query", "name", "state", "file", "rows_done", "expires_at", "created_at")
    write(Export, columns, rows)
