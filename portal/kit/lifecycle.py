"""When: the states of a thing and the one table of moves between them.

A lifecycle is data. Pages, API, admin, documents and tests all read the same table, so a move that is not in it cannot
happen anywhere. The functions that carry a move out live in each app's ``actions.py`` and sign up with
:meth:`Lifecycle.action`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from portal.kit.access import NotNow

if TYPE_CHECKING:
    from django.db import models
    from django.utils.functional import _StrPromise

    from portal.kit.access import AnyUser

    Text = str | _StrPromise

Blocker = Callable[[Any], "Text | None"]
Action = Callable[..., Any]

LIFECYCLES: dict[str, Lifecycle] = {}
"""Every lifecycle of the portal by the label of its model (``organizations.registration``)."""


class Tone(StrEnum):
    """The five ways a state may look (word, shape and colour go together)."""

    GOOD = "good"
    WAITING = "waiting"
    UNDERWAY = "underway"
    STOPPED = "stopped"
    PAST = "past"


class Reason(StrEnum):
    """Whether the person who makes a move is asked why."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


REASON = gettext_lazy("Reason")
"""What the field of the reason asks, unless a move names it otherwise."""


@dataclass(frozen=True)
class State:
    """One state in business words. ``waits_for`` names who has to move next, ``editable`` the fields left open."""

    value: str
    label: Text
    meaning: Text
    tone: Tone
    waits_for: Text = ""
    editable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Input:
    """Something a move must be told beside the reason: a date, an e-mail address or a line of text."""

    name: str
    label: Text
    kind: str = "text"  # "text", "email", "long" or "date"
    required: bool = True
    hint: Text = ""


@dataclass(frozen=True)
class Transition:
    """One row of the table: who may (``permission``), from where to where, and what may stand in the way.

    ``target`` None keeps the state (a signature does not move an agreement by itself). ``blockers`` return a sentence
    that a person can act on, or None. ``permission`` empty: the portal's own worker alone makes the move. ``concerns``
    says whether the row is about this record at all; to one that it is not about, the move is never offered.
    ``reason_label`` names what the field of the reason asks.
    """

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str | None
    permission: str
    done: Text
    blockers: tuple[Blocker, ...] = ()
    concerns: Callable[[Any], bool] | None = None
    reason: Reason = Reason.NONE
    reason_label: Text = REASON
    inputs: tuple[Input, ...] = ()
    help: Text = ""
    style: str = "secondary"  # "primary", "secondary" or "danger"

    def starts_from(self, instance: Any) -> bool:
        """Whether ``instance`` is in one of the states from which this row leads, and is what the row is about."""
        return instance.state in self.sources and (self.concerns is None or self.concerns(instance))


@dataclass(frozen=True)
class Offer:
    """A move as shown to one person now: ``reasons`` say why it cannot be made yet."""

    transition: Transition
    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons


@dataclass
class Lifecycle:
    """The states and moves of one model; ``path`` is the usual way through, for the line of steps on a page."""

    model: str
    title: Text
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    path: tuple[str, ...]
    actions: dict[str, Action] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._states: Mapping[str, State] = {state.value: state for state in self.states}
        self._transitions: Mapping[str, Transition] = {move.name: move for move in self.transitions}
        known = set(self._states)
        for move in self.transitions:
            if unknown := ({*move.sources, move.target} - {None}) - known:
                raise ValueError(f"{self.model}.{move.name} names unknown states {unknown}")
        LIFECYCLES[self.model] = self

    @property
    def initial(self) -> str:
        return self.states[0].value

    @property
    def choices(self) -> list[tuple[str, Text]]:
        return [(state.value, state.label) for state in self.states]

    def state(self, value: str) -> State:
        return self._states[value]

    def transition(self, name: str) -> Transition:
        """Return the row called ``name``; KeyError when the table has none."""
        return self._transitions[name]

    def action(self, *names: str) -> Callable[[Action], Action]:
        """Register a function as what carries out the named moves."""

        def register(function: Action) -> Action:
            for name in names:
                self.transition(name)
                self.actions[name] = function
            return function

        return register

    def reasons_against(self, move: Transition, instance: models.Model) -> list[str]:
        """Return why ``move`` cannot be made now, in words; empty when it can."""
        current = self.state(instance.state)  # type: ignore[attr-defined]
        if not move.starts_from(instance):
            from django.utils.translation import gettext as _

            return [
                _("“%(move)s” is not possible while it is “%(state)s”.") % {"move": move.label, "state": current.label}
            ]
        return [str(sentence) for blocker in move.blockers if (sentence := blocker(instance))]

    def check(self, name: str, instance: models.Model) -> Transition:
        """Return the row if it can be made now; raise :class:`~portal.kit.access.NotNow` with the reasons if not."""
        move = self.transition(name)
        if reasons := self.reasons_against(move, instance):
            raise NotNow(reasons)
        return move

    def offers(self, instance: models.Model, user: AnyUser) -> list[Offer]:
        """Return the moves out of the present state that ``user`` may make, each with what stands against it."""
        return [
            Offer(move, tuple(self.reasons_against(move, instance)))
            for move in self.transitions
            if move.starts_from(instance) and move.permission and user.has_perm(move.permission, instance)  # type: ignore[union-attr]
        ]

    def perform(self, instance: models.Model, name: str, *, by: AnyUser | None, **told: Any) -> Any:
        """Carry out the move ``name`` through its registered action; every door ends here."""
        return self.actions[name](instance, by=by, **told)

    def is_editable(self, instance: models.Model, field_name: str) -> bool:
        return field_name in self.state(instance.state).editable  # type: ignore[attr-defined]

    def mermaid(self) -> Iterable[str]:
        """Yield the lines of a Mermaid state diagram of the table."""
        yield "stateDiagram-v2"
        yield f"    [*] --> {self.initial}"
        for move in self.transitions:
            for source in move.sources:
                yield f"    {source} --> {move.target or source}: {move.name}"
