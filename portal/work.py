"""What waits for a person at UNICEF: one row of the table for each kind of step and who takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import StaffRole
from organizations.lifecycle import AssessmentState, MatchState, ObservationState, PlanActionState
from organizations.models import Assessment, Observation, PlanAction, Registration, Reply, SanctionsMatch
from organizations.models.clock import Clock, Targets, targets
from organizations.models.organization import with_names
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal.kit.lifecycle import Tone
from portal.kit.paging import bounded_counts
from portal.templatetags.parts.words import badge, drawn, escaped, since

SHOWN = 10  # of each pile; the lists behind them show the rest


@dataclass(frozen=True)
class Step:
    """A kind of thing that waits, for whom, and how to count and name it."""

    label: Any
    verb: Any
    tone: Tone
    roles: tuple[StaffRole, ...]
    waiting: Callable[[], QuerySet[Any]]
    describe: Callable[[Any], tuple[str, str]]
    of_no_office: bool = False  # who may see it, decides on it
    of_administrators: bool = False
    own: bool | None = None  # whether it is about what is assigned to the person; None: assigned to whomever


@dataclass(frozen=True)
class Task:
    step: Step
    instance: Any
    title: str
    facts: str
    since: datetime
    late_days: int = 0


@dataclass(frozen=True)
class Pile:
    step: Step
    count: int
    tasks: list[Task]
    late: int = 0


def _registration(registration: Registration) -> tuple[str, str]:
    organization = registration.organization
    return str(organization), f"{organization.get_cso_type_display()} · {registration.get_state_display()}"


def _observation(observation: Observation) -> tuple[str, str]:
    return str(observation.organization), f"{observation.get_category_display()} · {observation.place}"


def _match(match: SanctionsMatch) -> tuple[str, str]:
    return match.name, f"{match.get_subject_display()} · {match.entry.reference} · {match.organization}"


def _agreement(agreement: Agreement) -> tuple[str, str]:
    return agreement.title, f"{agreement.reference} · {agreement.organization}"


def _named(rows: QuerySet[Any]) -> QuerySet[Any]:
    return with_names(rows.select_related("organization", "office"))


def _agreements(*states: str, **conditions: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: _named(Agreement.objects.filter(state__in=states, **conditions))


def _registrations(**conditions: Any) -> QuerySet[Any]:
    return _named(Registration.objects.waiting_for_office().filter(**conditions))


def _replied_to() -> QuerySet[Any]:
    """Registrations with a reply that nobody has answered."""
    return _named(Registration.objects.filter(replies__outcome=Reply.Outcome.WAITING))  # one at most for each


_MANAGERS = (StaffRole.PARTNERSHIP_MANAGER,)
_DRAFTERS = (StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)
_HEADS = (StaffRole.HEAD_OF_OFFICE,)
_READERS = (StaffRole.REVIEWER, StaffRole.REVIEW_SECRETARY)

STEPS = (
    Step(
        _("Assigned to you"),
        _("Check"),
        Tone.WAITING,
        (StaffRole.REGISTRATION_OFFICER, StaffRole.HQ_EDITOR),
        _registrations,
        _registration,
        own=True,
    ),
    Step(
        _("To verify"),
        _("Check"),
        Tone.WAITING,
        (StaffRole.REGISTRATION_OFFICER,),
        lambda: _registrations(office__is_headquarters=False),
        _registration,
        own=False,
    ),
    Step(
        _("International organizations to verify"),
        _("Check"),
        Tone.WAITING,
        (StaffRole.HQ_EDITOR,),
        lambda: _registrations(office__is_headquarters=True),
        _registration,
        own=False,
    ),
    Step(
        _("Escalated: to decide"),
        _("Decide"),
        Tone.UNDERWAY,
        (StaffRole.HQ_EDITOR,),
        lambda: _named(Observation.objects.filter(state=ObservationState.ESCALATED)),
        _observation,
    ),
    Step(
        _("To screen"),
        _("Compare"),
        Tone.WAITING,
        (StaffRole.HQ_EDITOR,),
        lambda: SanctionsMatch.objects.filter(state=MatchState.OPEN).select_related("organization", "entry"),
        _match,
        of_no_office=True,
    ),
    Step(
        MatchState.RECOMMENDED.label,
        _("Confirm"),
        Tone.STOPPED,
        (),
        lambda: SanctionsMatch.objects.filter(state=MatchState.RECOMMENDED).select_related("organization", "entry"),
        _match,
        of_no_office=True,
        of_administrators=True,
    ),
    Step(
        _("Replies to answer"),
        _("Answer"),
        Tone.WAITING,
        _HEADS,
        _replied_to,
        _registration,
    ),
    Step(
        _("Assessments to decide"),
        _("Decide"),
        Tone.UNDERWAY,
        (*_MANAGERS, *_HEADS),
        lambda: _named(Assessment.objects.filter(state=AssessmentState.SUBMITTED)),
        lambda row: (str(row.organization), f"{row.get_kind_display()} · UNICEF {row.office}"),
    ),
    Step(
        _("Actions to confirm"),
        _("Confirm"),
        Tone.WAITING,
        _DRAFTERS,
        lambda: _named(PlanAction.objects.filter(state=PlanActionState.DONE)),
        lambda row: (row.text, str(row.organization)),
    ),
    Step(_("To decide"), _("Decide"), Tone.UNDERWAY, _HEADS, _agreements(AgreementState.IN_REVIEW), _agreement),
    Step(_("To review"), _("Read"), Tone.UNDERWAY, _READERS, _agreements(AgreementState.IN_REVIEW), _agreement),
    Step(
        _("To sign"),
        _("Sign"),
        Tone.WAITING,
        _HEADS,
        lambda: _agreements(AgreementState.AWAITING_SIGNATURES)().exclude(signatures__side="unicef"),
        _agreement,
    ),
    Step(
        _("To open for signature"), _("Open"), Tone.WAITING, _MANAGERS, _agreements(AgreementState.APPROVED), _agreement
    ),
    Step(_("To correct"), _("Correct"), Tone.STOPPED, _DRAFTERS, _agreements(AgreementState.SENT_BACK), _agreement),
    Step(_("To finish drafting"), _("Draft"), Tone.PAST, _DRAFTERS, _agreements(AgreementState.DRAFT), _agreement),
)


def piles(user: User) -> list[Pile]:
    """Return what waits for ``user``, a pile for each step they take anywhere: a query for each, and one for counts.

    Nobody counts further than ``COUNT_LIMIT``: one more stands for all beyond.
    """
    held = {post.role for post in user.posts}
    clocks = targets()
    found, uncounted = [], {}
    for place, step in enumerate(STEPS):
        if not (held.intersection(step.roles) or (step.of_administrators and user.is_superuser)):
            continue
        waiting = step.waiting()
        mine = waiting.visible_to(user) if step.of_no_office else waiting.filter(user.offices_condition(*step.roles))
        if step.own is not None:
            to_me = Q(assigned_to=user)
            mine = mine.filter(to_me) if step.own else mine.exclude(to_me)
        waiting = mine.order_by("state_since")
        rows = list(waiting[:SHOWN])
        late = {row.pk: clock.late_days for row in rows if (clock := _clock(clocks, row))}
        tasks = [Task(step, row, *step.describe(row), row.state_since, late.get(row.pk, 0)) for row in rows]
        if len(rows) == SHOWN:
            uncounted |= {f"all{place}": waiting} | ({f"late{place}": waiting.filter(clocks.late())} if late else {})
        found.append((place, Pile(step, len(rows), tasks, sum(days > 0 for days in late.values()))))
    counts = bounded_counts(**uncounted) if uncounted else {}
    return [
        replace(pile, count=counts.get(f"all{place}", pile.count), late=counts.get(f"late{place}", pile.late))
        for place, pile in found
    ]


def _clock(clocks: Targets, row: Any) -> Clock | None:
    return clocks.clock(row) if isinstance(row, Registration) else None


def draw_tasks(tasks: Iterable[Task]) -> SafeString:
    """The rows of the table on the desk. What is drawn a hundred times is drawn in Python: ADR 0017."""
    heading, waiting = escaped(gettext("Step")), escaped(gettext("Waiting"))
    drawn_steps: dict[int, tuple[str, str]] = {}
    html = ""
    for task in tasks:
        title, address, step = escaped(task.title), task.instance.get_absolute_url(), task.step
        if id(step) not in drawn_steps:
            drawn_steps[id(step)] = badge(step.label, step.tone), escaped(step.verb)
        kind, verb = drawn_steps[id(step)]
        late = ""
        if task.late_days:
            words = ngettext("%(n)s day late", "%(n)s days late", task.late_days) % {"n": task.late_days}
            late = f" {badge(words, Tone.STOPPED)}"
        html += (
            f'<tr><td data-label="{heading}">{kind}</td><th scope="row"><a class="row-title" href="{address}">'
            f'<bdi>{title}</bdi></a><p class="muted">{escaped(task.facts)}</p></th>'
            f'<td data-label="{waiting}">{since(task.since)}{late}</td>'
            f'<td><a class="button button-secondary button-small" href="{address}">{verb}'
            f'<span class="visually-hidden">: {title}</span></a></td></tr>'
        )
    return drawn(html)
