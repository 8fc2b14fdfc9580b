"""Taking in a national or world-wide register: first a plan that writes nothing, then the same in one transaction.

plan = plan_register("granted.csv", "ecosoc", companions={"renames": "name_changes.csv"})
plan.figures(), plan.rejects_csv(), plan.warnings.lines(), plan.twins
commit_register(plan, by=user)
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem, Reject, Warnings
from organizations.imports.layout import Layout, check_headings, load_layout, shipped
from organizations.imports.presence import Progress, rejects_csv
from organizations.imports.reader import read_table
from organizations.imports.records import kind_of, load_country
from organizations.imports.register_matching import Entry, Pair, Register
from organizations.imports.register_rows import Part, read_register
from organizations.imports.register_writing import write_entries
from organizations.imports.writing import write_events, write_twins
from organizations.models import Identifier, Organization, OrganizationName
from programmes.models import Location

LAYOUTS = Path(__file__).parent / "registers"
WORST_TWINS = 20


def register_layouts() -> dict[str, Path]:
    """The layouts that are shipped, by name."""
    return shipped(LAYOUTS)


@dataclass
class RegisterPlan:
    """What the files of a register would do, against what the portal holds now.

    ``made``: rows for which an organization is made; ``linked``: rows that tell of a former name, by how many names
    they tell.
    """

    parts: list[Part]
    warnings: Warnings
    new: list[Entry] = field(default_factory=list)
    matched: set[Entry] = field(default_factory=set)
    made: int = 0
    linked: Counter = field(default_factory=Counter)
    register: Register | None = None
    seconds: float = 0.0

    @cached_property
    def twins(self) -> list[Pair]:
        """The pairs for a person, the most alike first; looked for once, and only for a plan that is shown or kept."""
        started = time.perf_counter()
        pairs = self.register.look_for_twins() if self.register else []
        self.seconds += time.perf_counter() - started
        return sorted(pairs, key=lambda pair: (-pair.score, pair.first.name, pair.second.name))

    @property
    def layout(self) -> Layout:
        return self.parts[0].layout

    @property
    def rejects(self) -> list[Reject]:
        return [reject for part in self.parts for reject in part.rejects]

    def figures(self) -> dict[str, Any]:
        """The report in numbers; its keys are those of ``--json``. Rows are those of all files: none is lost."""
        twins, taken = self.twins, sum(len(part.taken) for part in self.parts)
        known = [entry for entry in self.matched if entry.pk is not None and entry not in self.new]
        touched = [*self.new, *known]
        return {
            "layout": self.layout.name,
            "file": ", ".join(part.file_name for part in self.parts),
            "rows": sum(part.table.length for part in self.parts),
            "taken": taken,
            "created": self.made,
            "matched": taken - self.made,
            "rejected": len(self.rejects),
            "rejects_by_reason": dict(Counter(reject.reason for reject in self.rejects).most_common()),
            "organizations_created": len(self.new),
            "organizations_matched": len(known),
            "renames_linked": self.linked["rename"],
            "mergers_noted": self.linked["merger"],
            "names_added": sum(len(entry.added) for entry in touched),
            "numbers_added": sum(len(entry.added_numbers) for entry in touched),
            "possible_twins": len(twins),
            "twins_by_reason": dict(Counter(str(twin.reason) for twin in twins).most_common()),
            "first_twins": [f"{twin.first.name} / {twin.second.name}" for twin in twins[:WORST_TWINS]],
            "warnings": self.warnings.totals(),
            "seconds": round(self.seconds, 2),
        }

    def rejects_csv(self) -> str:
        """The rejected rows as CSV, file by file. Mended, they can be imported again."""
        told = [part for part in self.parts if part.rejects] or self.parts[:1]
        return "".join(rejects_csv(part.table.headings, part.rejects) for part in told)


def plan_register(
    file: Any,
    layout: str | Path,
    *,
    file_name: str = "",
    encoding: str | None = None,
    companions: Mapping[str, Any] | None = None,
) -> RegisterPlan:
    """Read the files of a register and work out what they would do.

    ``file`` is a path or an upload; ``companions``: other lists of the same register (renames, mergers), by what the
    layout calls them. Raises ImportProblem with a sentence for the person.
    """
    started = time.perf_counter()
    main = load_layout(layout, kind="register", folder=LAYOUTS)
    parts = [_part(file, main, file_name, encoding)]
    for what, other in (companions or {}).items():
        if what not in main.companions:
            raise ImportProblem(
                _("The layout “%(name)s” knows no list of %(what)s.") % {"name": main.name, "what": what}
            )
        companion = load_layout(main.companions[what], kind="register", folder=LAYOUTS)
        parts.append(_part(other, companion, "", encoding))
    plan = _worked_out(parts)
    plan.seconds = time.perf_counter() - started
    return plan


@transaction.atomic
def commit_register(plan: RegisterPlan, *, by: Any = None, progress: Progress = lambda percent: None) -> RegisterPlan:
    """Write what ``plan`` says, all or nothing, and return the plan as it was carried out.

    The plan is worked out again first, behind a lock: somebody may have imported meanwhile. ``by`` None is the portal
    itself (the command line). What is made is not listed publicly and has no registration.
    """
    started = time.perf_counter()
    code = plan.layout.country
    locked = Location.objects.select_for_update(of=("self",)).order_by("pk")
    # A register of the whole world locks the first country: any one row will do, as long as it is always the same.
    country = locked.get(pk=load_country(code).pk) if code else locked.first()
    plan = _worked_out(plan.parts)
    twins = plan.twins  # before what is new gets its keys
    progress(40)
    changed = write_entries(
        plan.new, sorted(plan.matched, key=lambda entry: entry.pk or 0), country, plan.layout.source
    )
    write_twins(twins)
    progress(80)
    if changed:
        origin = f"{plan.layout.source}, {', '.join(part.file_name for part in plan.parts)}"
        write_events(changed, origin, rows=sum(len(part.taken) for part in plan.parts), by=by)
    plan.seconds = time.perf_counter() - started
    progress(100)
    return plan


def _part(file: Any, layout: Layout, file_name: str, encoding: str | None) -> Part:
    table = read_table(file, encoding or layout.encoding)
    check_headings(layout, table.headings, LAYOUTS)
    return Part(layout, table, file_name or Path(str(getattr(file, "name", file))).name)


def _worked_out(parts: list[Part]) -> RegisterPlan:
    plan = RegisterPlan(parts, Warnings())
    if country := plan.layout.country:
        load_country(country)
    for part in parts:
        read_register(part, plan.warnings)
    register = Register(plan.layout.source, plan.layout.country, load_entries(plan.layout), plan.warnings)
    told = [row for part in parts for row in part.taken]
    # What an organization was called before is told in the order in which it changed.
    for row in [row for row in told if not row.former] + sorted(
        (row for row in told if row.former), key=lambda row: row.date
    ):
        entry, is_new = register.rename(row) if row.former else register.place(row)
        plan.made += is_new
        plan.matched.add(entry)
        if row.former:
            plan.linked["merger" if len(row.former) > 1 else "rename"] += 1
    plan.register, plan.new = register, register.new
    return plan


def load_entries(layout: Layout) -> list[Entry]:
    """The records that a register can mean: those of its country and those that belong to none; three queries."""
    rows = Organization.objects.current().filter(country=None)
    if layout.country:
        rows = Organization.objects.current().filter(country__code=layout.country) | rows
    columns = ("pk", "name", "acronym", "partner_type", "organization_category", "country__code", "source")
    entries = {
        pk: Entry(name, acronym, kind_of(partner_type, category), country or "", pk, source)
        for pk, name, acronym, partner_type, category, country, source in rows.order_by("pk").values_list(*columns)
    }
    keys = rows.order_by().values("pk")
    names = OrganizationName.objects.filter(organization__in=keys).order_by("pk")
    for pk, name, kind in names.values_list("organization_id", "name", "kind"):
        entries[pk].others.append((name, kind))
    numbers = Identifier.objects.filter(organization__in=keys).order_by("pk")
    for pk, scheme, value in numbers.values_list("organization_id", "scheme", "value"):
        entries[pk].numbers.append((scheme, value))
    return list(entries.values())
