"""Taking in a presence list: first a plan that writes nothing, then, if a person says so, the same in one transaction.

plan = plan_presence("ethiopia.csv", "ethiopia-4w")
plan.figures(), plan.rejects_csv(), plan.warnings.lines(), plan.twins
commit_presence(plan, by=user)
"""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from organizations.imports.errors import Reject, Warnings
from organizations.imports.layout import Layout, check_headings, load_layout, shipped
from organizations.imports.matching import Doubt, Matcher, Profile, Spelling
from organizations.imports.places import Place
from organizations.imports.reader import Table, read_table
from organizations.imports.records import load_country, load_matcher, load_places, load_sectors
from organizations.imports.rows import PresenceRow, date_in_name, end_of_month, read_presences
from organizations.imports.writing import write_events, write_organizations, write_places, write_twins
from organizations.models import Presence
from organizations.search import deferred, reindex
from portal.kit.exports import guarded_for_csv
from programmes.models import Location, ThematicArea

LAYOUTS = Path(__file__).parent / "layouts"
BATCH = 2000

Progress = Callable[[int], None]


def presence_layouts() -> dict[str, Path]:
    """The layouts that are shipped, by name."""
    return shipped(LAYOUTS)


@dataclass
class PresencePlan:
    """What a file would do, against what the portal holds now. Nothing is written before :func:`commit_presence`.

    ``places`` are to be made; ``codes`` maps codes that nobody knew to the places that their names mean. ``homes`` says
    which organization each spelling is. ``new`` and ``newer``: presences to make and, by key, to bring up to date.
    """

    layout: Layout
    table: Table
    file_name: str
    as_of: date
    warnings: Warnings
    taken: list[PresenceRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    homes: dict[Spelling, Profile] = field(default_factory=dict)
    created: list[Profile] = field(default_factory=list)
    matched: list[Profile] = field(default_factory=list)
    twins: list[Doubt] = field(default_factory=list)
    new: dict[tuple[Profile, str, str], PresenceRow] = field(default_factory=dict)
    newer: dict[int, PresenceRow] = field(default_factory=dict)
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """The report in numbers; its keys are those of ``--json``."""
        return {
            "layout": self.layout.name,
            "file": self.file_name,
            "as_of": max((row.as_of for row in self.taken), default=self.as_of).isoformat(),
            "rows": self.table.length,
            "taken": len(self.taken),
            "rejected": len(self.rejects),
            "rejects_by_reason": dict(Counter(reject.reason for reject in self.rejects).most_common()),
            "organizations_created": len(self.created),
            "organizations_matched": len(self.matched),
            "spellings": len(self.homes),
            "possible_twins": len(self.twins),
            "places_created": len(self.places),
            "presences_created": len(self.new),
            "presences_updated": len(self.newer),
            "warnings": self.warnings.totals(),
            "seconds": round(self.seconds, 2),
        }

    def rejects_csv(self) -> str:
        """The rejected rows as CSV: number, reason, cells as they came. Mended, the file can be imported again."""
        return rejects_csv(self.table.headings, self.rejects)


def rejects_csv(headings: list[str], rejects: list[Reject]) -> str:
    """Rejected rows as CSV text that a spreadsheet opens without running anything in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "reason", "explanation", *map(guarded_for_csv, headings)])
    for reject in rejects:
        writer.writerow([reject.number, reject.reason, *map(guarded_for_csv, [reject.sentence, *reject.cells])])
    return text.getvalue()


def plan_presence(
    file: Any,
    layout: Layout | str | Path,
    *,
    file_name: str = "",
    as_of: date | None = None,
    encoding: str | None = None,
) -> PresencePlan:
    """Read a file and work out what it would do.

    ``file`` is a path or an upload; ``layout`` a shipped name, a path or a layout. ``as_of`` dates rows that say no
    date or no year; without it the file's name is asked. Raises ImportProblem with a sentence for the person.
    """
    started = time.perf_counter()
    if not isinstance(layout, Layout):
        layout = load_layout(layout, kind="presence", folder=LAYOUTS)
    table = read_table(file, encoding or layout.encoding)
    check_headings(layout, table.headings, LAYOUTS)
    file_name = file_name or Path(str(getattr(file, "name", file))).name
    warnings = Warnings()
    day = as_of or date_in_name(file_name)
    if day is None:
        today = timezone.localdate()
        day = end_of_month(today.year, today.month)
        warnings.add("no_year", str(day.year), 1)
    plan = _worked_out(layout, table, file_name, day, warnings)
    plan.seconds = time.perf_counter() - started
    return plan


@transaction.atomic
@deferred()
def commit_presence(plan: PresencePlan, *, by: Any = None, progress: Progress = lambda percent: None) -> PresencePlan:
    """Write what ``plan`` says, all or nothing, and return the plan as it was carried out.

    The plan is worked out again first, behind a lock on the country: somebody may have imported meanwhile. ``by`` None
    is the portal itself (the command line). ``progress`` is told per cents.
    """
    started = time.perf_counter()
    country = Location.objects.select_for_update(of=("self",)).get(pk=load_country(plan.layout.country).pk)
    warnings = Warnings()
    plan = _worked_out(plan.layout, plan.table, plan.file_name, plan.as_of, warnings)
    progress(20)
    locations = write_places(country, plan.places, plan.codes)
    changed = write_organizations(plan.created, plan.matched, country, plan.layout.source)
    progress(40)
    _write_presences(plan, locations, progress)
    write_twins(plan.twins)
    if changed or plan.new or plan.newer or plan.places:
        write_events(
            [*changed, (country, "imported")], f"{plan.layout.source}, {plan.file_name}", rows=len(plan.taken), by=by
        )
    plan.seconds = time.perf_counter() - started
    progress(100)
    return plan


def _worked_out(layout: Layout, table: Table, file_name: str, as_of: date, warnings: Warnings) -> PresencePlan:
    country = load_country(layout.country)
    finder = load_places(country, warnings)
    outcome = read_presences(table, layout, load_sectors(), finder, as_of, warnings)
    counted = Counter(row.spelling for row in outcome.taken)
    matcher: Matcher = load_matcher([layout.country], {spelling.name for spelling in counted})
    homes = matcher.place(counted)
    _warn_of_kinds(outcome.taken, homes, warnings)
    profiles = list(dict.fromkeys(homes.values()))
    plan = PresencePlan(
        layout=layout,
        table=table,
        file_name=file_name,
        as_of=as_of,
        warnings=warnings,
        taken=outcome.taken,
        rejects=outcome.rejects,
        places=finder.made,
        codes=finder.learned,
        homes=homes,
        created=[profile for profile in profiles if profile.pk is None],
        matched=[profile for profile in profiles if profile.pk is not None],
        twins=sorted(matcher.doubts.values(), key=lambda doubt: -doubt.score),
    )
    _compare_with_held(plan, country)
    return plan


def _warn_of_kinds(rows: list[PresenceRow], homes: dict[Spelling, Profile], warnings: Warnings) -> None:
    for row in rows:
        kind, kept = row.spelling.kind, homes[row.spelling].kind
        if kind not in (kept, "unknown"):
            warnings.add("type_differs", f"{homes[row.spelling].name}: {kind} / {kept}", row.number)


def _compare_with_held(plan: PresencePlan, country: Location) -> None:
    """Of the rows that say one thing the latest counts; what the portal holds already is left alone."""
    latest: dict[tuple[Profile, str, str], PresenceRow] = {}
    for row in plan.taken:
        key = (plan.homes[row.spelling], row.sector, row.place)
        if key not in latest or row.as_of >= latest[key].as_of:
            latest[key] = row
    # Keys instead of joins: right after a first import PostgreSQL has no statistics to plan a join by.
    themes = dict(ThematicArea.objects.values_list("code", "pk"))
    places = dict(Location.objects.within(country).values_list("code", "pk"))
    columns = ("pk", "organization_id", "theme_id", "location_id", "as_of", "status")
    held = {
        (organization, theme, place): (pk, as_of, status)
        for pk, organization, theme, place, as_of, status in Presence.objects.filter(source=plan.layout.source)
        .order_by()
        .values_list(*columns)
    }
    for (profile, sector, place), row in latest.items():
        found = held.get((profile.pk, themes[sector], places.get(place)))
        if found is None:
            plan.new[profile, sector, place] = row
        elif found[1] is None or row.as_of > found[1] or (row.as_of == found[1] and row.status != found[2]):
            plan.newer[found[0]] = row


def _write_presences(plan: PresencePlan, locations: dict[str, int], progress: Progress) -> None:
    themes = dict(ThematicArea.objects.values_list("code", "pk"))
    rows = [
        Presence(
            organization_id=profile.pk,
            theme_id=themes[sector],
            location_id=locations[place],
            source=plan.layout.source,
            as_of=row.as_of,
            status=row.status,
        )
        for (profile, sector, place), row in plan.new.items()
    ]
    for start in range(0, len(rows), BATCH):
        Presence.objects.bulk_create(rows[start : start + BATCH])
        progress(40 + 50 * min(start + BATCH, len(rows)) // len(rows))
    newer = [Presence(pk=pk, as_of=row.as_of, status=row.status) for pk, row in plan.newer.items()]
    Presence.objects.bulk_update(newer, ["as_of", "status"], batch_size=BATCH)
    reindex({row.organization_id for row in rows})
