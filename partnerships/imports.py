"""Taking in projects that UNICEF funds, from the lists of others, as agreements of the past.

One agreement for each partner and project. What another system decided is not decided again here: a partner need not
be verified, no signature is asked for. ``source`` and ``external_id`` say where each comes from, and what was taken in
once is left alone afterwards: people may have gone on working with it.

    plan = plan_agreements("drc.csv", "drc-4w")
    commit_agreements(plan, by=user)
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organizations.imports.errors import ImportProblem, Reject, Warnings
from organizations.imports.layout import Layout, check_headings, load_layout, shipped
from organizations.imports.matching import Doubt, Profile, Spelling
from organizations.imports.places import Place, PlaceFinder
from organizations.imports.presence import Progress, rejects_csv
from organizations.imports.reader import RowReader, Table, read_table
from organizations.imports.records import load_country, load_matcher, load_places, load_sectors
from organizations.imports.rows import KINDS, spelling_of
from organizations.imports.writing import write_events, write_organizations, write_places, write_twins
from organizations.search import deferred
from partnerships.actions import next_references
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement, AgreementKind
from portal.kit.text import fold
from programmes.models import CountryOffice, Location, ThematicArea

LAYOUTS = Path(__file__).parent / "layouts"
ODD_AMOUNT = Decimal(1000)  # below this a budget is taken as written, with a warning


def agreement_layouts() -> dict[str, Path]:
    """The layouts that are shipped, by name."""
    return shipped(LAYOUTS)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One row that is taken: one partner at work on one project in one place."""

    number: int
    spelling: Spelling
    partner_id: str
    project: str
    title: str
    start: date | None
    end: date | None
    amount: Decimal | None
    state: str
    theme: str
    place: str


@dataclass(eq=False)
class Project:
    """The rows of one partner and project, put together: the widest span of dates, the largest budget."""

    partner: Profile
    rows: list[ProjectRow]

    @property
    def external_id(self) -> str:
        """The source's numbers of project and partner; without the latter, the partner's name as first written."""
        first = self.rows[0]
        return f"{first.project}/{first.partner_id or fold(first.spelling.name)}"[:100]

    @property
    def title(self) -> str:
        return Counter(row.title for row in self.rows).most_common(1)[0][0]

    @property
    def start(self) -> date | None:
        return min((row.start for row in self.rows if row.start), default=None)

    @property
    def end(self) -> date | None:
        return max((row.end for row in self.rows if row.end), default=None)

    @property
    def amount(self) -> Decimal | None:
        return max((row.amount for row in self.rows if row.amount is not None), default=None)

    @property
    def is_over(self) -> bool:
        return self.end is not None and self.end < timezone.localdate()

    @property
    def state(self) -> str:
        """The source's state; what the source calls active has ended when its last day has passed since."""
        state = self.rows[-1].state
        return AgreementState.ENDED if state == AgreementState.ACTIVE and self.is_over else state

    @property
    def since(self) -> datetime:
        """When it came into that state, as far as the dates tell."""
        day = self.end if self.state == AgreementState.ENDED else self.start
        return datetime.combine(day, clock.min, UTC) if day else timezone.now()


@dataclass
class AgreementPlan:
    """What a file would do. Nothing is written before :func:`commit_agreements`."""

    layout: Layout
    table: Table
    file_name: str
    warnings: Warnings
    taken: list[ProjectRow] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    created: list[Profile] = field(default_factory=list)
    matched: list[Profile] = field(default_factory=list)
    twins: list[Doubt] = field(default_factory=list)
    new: list[Project] = field(default_factory=list)
    known: list[Project] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """The report in numbers; its keys are those of ``--json``."""
        return {
            "layout": self.layout.name,
            "file": self.file_name,
            "rows": self.table.length,
            "taken": len(self.taken),
            "rejected": len(self.rejects),
            "rejects_by_reason": dict(Counter(reject.reason for reject in self.rejects).most_common()),
            "organizations_created": len(self.created),
            "organizations_matched": len(self.matched),
            "possible_twins": len(self.twins),
            "places_created": len(self.places),
            "presences_created": 0,
            "agreements_created": len(self.new),
            "agreements_known": len(self.known),
            "warnings": self.warnings.totals(),
            "seconds": round(self.seconds, 2),
        }

    def rejects_csv(self) -> str:
        """The rejected rows as CSV: number, reason, cells as they came."""
        return rejects_csv(self.table.headings, self.rejects)


def plan_agreements(
    file: Any, layout: Layout | str | Path, *, file_name: str = "", encoding: str | None = None
) -> AgreementPlan:
    """Read a file and work out what it would do. Raises ImportProblem with a sentence for the person."""
    started = time.perf_counter()
    if not isinstance(layout, Layout):
        layout = load_layout(layout, kind="agreements", folder=LAYOUTS)
    table = read_table(file, encoding or layout.encoding)
    check_headings(layout, table.headings, LAYOUTS)
    plan = _worked_out(layout, table, file_name or Path(str(getattr(file, "name", file))).name)
    plan.seconds = time.perf_counter() - started
    return plan


@transaction.atomic
@deferred()
def commit_agreements(
    plan: AgreementPlan, *, by: Any = None, progress: Progress = lambda percent: None
) -> AgreementPlan:
    """Write what ``plan`` says, all or nothing; return the plan as it was carried out. ``by`` None is the portal."""
    started = time.perf_counter()
    country = Location.objects.select_for_update(of=("self",)).get(pk=load_country(plan.layout.country).pk)
    plan = _worked_out(plan.layout, plan.table, plan.file_name)
    progress(20)
    locations = write_places(country, plan.places, plan.codes)
    changed = write_organizations(plan.created, plan.matched, country, plan.layout.source)
    write_twins(plan.twins)
    progress(50)
    agreements = _write_agreements(plan, _office(country), locations)
    records = [*changed, *((agreement, "imported") for agreement in agreements)]
    write_events(records, f"{plan.layout.source}, {plan.file_name}", rows=len(plan.taken), by=by)
    plan.seconds = time.perf_counter() - started
    progress(100)
    return plan


def _worked_out(layout: Layout, table: Table, file_name: str) -> AgreementPlan:
    country, warnings = load_country(layout.country), Warnings()
    _office(country)
    finder = load_places(country, warnings)
    reading = _Reading(layout, table, load_sectors(), finder, warnings)
    plan = AgreementPlan(
        layout, table, file_name, warnings, reading.taken, reading.rejects, finder.made, finder.learned
    )

    counted = Counter(row.spelling for row in plan.taken)
    matcher = load_matcher([layout.country], {spelling.name for spelling in counted})
    homes = matcher.place(counted)
    profiles = list(dict.fromkeys(homes.values()))
    plan.created = [profile for profile in profiles if profile.pk is None]
    plan.matched = [profile for profile in profiles if profile.pk is not None]
    plan.twins = sorted(matcher.doubts.values(), key=lambda doubt: -doubt.score)

    grouped: dict[tuple[Profile, str], list[ProjectRow]] = defaultdict(list)
    for row in plan.taken:
        grouped[homes[row.spelling], row.project].append(row)
    projects = [Project(partner, rows) for (partner, _project), rows in grouped.items()]
    held = set(Agreement.objects.filter(source=layout.source).values_list("external_id", flat=True))
    plan.new = [project for project in projects if project.external_id not in held]
    plan.known = [project for project in projects if project.external_id in held]
    for project in plan.new:
        _remark(project, warnings)
    return plan


class _Reading:
    """Every row of a file, taken or rejected."""

    def __init__(self, layout: Layout, table: Table, sectors: dict[str, str], finder: PlaceFinder, warnings: Warnings):
        self.layout, self.sectors, self.finder, self.warnings = layout, sectors, finder, warnings
        self.reader = RowReader(layout, table.headings)
        self.taken: list[ProjectRow] = []
        self.rejects: list[Reject] = list(table.misfits)
        for number, cells in table.rows:
            read = self._read(number, cells)
            if isinstance(read, ProjectRow):
                self.taken.append(read)
            else:
                self.rejects.append(Reject(number, read[0], cells, read[1]))
        self.rejects.sort(key=lambda reject: reject.number)

    def _read(self, number: int, cells: list[str]) -> ProjectRow | tuple[str, str]:
        """The row, or (reason, detail) for refusing it."""
        if not any(cell.strip() for cell in cells):
            return "empty_row", ""
        fields = self.reader.fields(cells)
        donor = fields["donor"]
        if not all(pattern.search(fields[name]) for name, pattern in self.layout.only.items()):
            return "not_funded_by_unicef", donor
        spelling = spelling_of(fields, self.layout, self.warnings, number)
        if spelling is None:
            return "no_organization", fields["organization"]
        if KINDS[spelling.kind][0] not in ("cso", "unknown"):
            return "not_civil_society", f"{spelling.name} ({spelling.kind})"
        if not fields["external_id"] or not fields["title"]:
            return "no_project", fields["external_id"]
        state = self.layout.value("status", fields["status"])
        if state not in AgreementState.values:
            return "unknown_state", fields["status"]
        word = fields.get("sector", "")
        theme = self.sectors.get(fold(self.layout.value("sector", word) or word), "")
        if word and not theme:
            return "unknown_sector", word
        try:
            start, end = self._day(fields["starts"]), self._day(fields["ends"])
        except ValueError:
            return "bad_date", f"{fields['starts']} / {fields['ends']}"
        if start and end and start > end:
            return "ends_before_start", f"{start} > {end}"
        try:
            amount = self._amount(fields.get("budget", ""))
        except InvalidOperation:
            return "bad_amount", fields["budget"]
        place = self.finder.find(self.reader.places(cells), number)
        if place is None:
            return "no_place", ""
        if any(pattern.sub("", donor).strip() for pattern in self.layout.only.values()):
            self.warnings.add("co_funded", donor, number)
        return ProjectRow(
            number, spelling, fields.get("partner_id", ""), fields["external_id"], fields["title"][:300],
            start, end, amount, state, theme, place,
        )  # fmt: skip

    def _day(self, text: str) -> date | None:
        return datetime.strptime(text, self.layout.date_format).date() if text else None

    @staticmethod
    def _amount(text: str) -> Decimal | None:
        """The budget; thousands may be set apart by spaces. Raises InvalidOperation for what is no amount of money."""
        if not text:
            return None
        amount = Decimal(text.replace(" ", "")).quantize(Decimal("0.01"))
        if not 0 <= amount < Decimal(10) ** 12:  # NaN fails here as well
            raise InvalidOperation
        return amount


def _remark(project: Project, warnings: Warnings) -> None:
    """Say what looks odd about a project that is taken all the same."""
    first, rows = project.rows[0].number, project.rows
    name = f"{project.external_id} {project.title[:60]}"
    oddities = {
        "dates_differ": len({(row.start, row.end) for row in rows}) > 1,
        "amounts_differ": len({row.amount for row in rows}) > 1,
        "no_start": project.start is None,
        "no_amount": project.amount is None,
        "odd_amount": project.amount is not None and project.amount < ODD_AMOUNT,
        "over": project.state != rows[-1].state,
    }
    for kind, is_so in oddities.items():
        if is_so:
            warnings.add(kind, f"{name} ({project.amount})" if kind == "odd_amount" else name, first)


def _office(country: Location) -> CountryOffice:
    office = CountryOffice.objects.serving(country).first()
    if office is None:
        raise ImportProblem(_("No country office serves %(country)s.") % {"country": country})
    return office


def _write_agreements(plan: AgreementPlan, office: CountryOffice, locations: dict[str, int]) -> list[Agreement]:
    themes = dict(ThematicArea.objects.values_list("code", "pk"))
    kind = AgreementKind(plan.layout.defaults.get("kind", AgreementKind.PCA))
    by_year: dict[int, list[Project]] = defaultdict(list)
    for project in plan.new:
        by_year[(project.start or project.end or timezone.localdate()).year].append(project)
    agreements, projects = [], []
    for year, of_year in sorted(by_year.items()):
        for project, reference in zip(of_year, next_references(office, kind, len(of_year), year), strict=True):
            projects.append(project)
            agreements.append(
                Agreement(
                    reference=reference,
                    kind=kind,
                    title=project.title,
                    organization_id=project.partner.pk,
                    office=office,
                    start=project.start,
                    end=project.end,
                    amount=project.amount,
                    currency=plan.layout.defaults.get("currency", "USD"),
                    state=project.state,
                    state_since=project.since,
                    source=plan.layout.source,
                    external_id=project.external_id,
                    search_text=fold(f"{reference} {project.title}"),  # bulk_create does not call save()
                )
            )
    Agreement.objects.bulk_create(agreements)
    theme_rows, place_rows = Agreement.themes.through, Agreement.locations.through
    pairs = list(zip(agreements, projects, strict=True))
    theme_rows.objects.bulk_create(
        theme_rows(agreement=agreement, thematicarea_id=themes[theme])
        for agreement, project in pairs
        for theme in sorted({row.theme for row in project.rows if row.theme})
    )
    place_rows.objects.bulk_create(
        place_rows(agreement=agreement, location_id=locations[place])
        for agreement, project in pairs
        for place in sorted({row.place for row in project.rows})
    )
    return agreements
