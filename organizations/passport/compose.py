"""How a passport is put together. What each part holds stands in ``parts``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent
from organizations.models import Organization, Registration
from portal.kit.lifecycle import Tone

COLUMN_HOLDS = 120
"""How many letters a value may have to stand in a column beside others."""


class Said(NamedTuple):
    """Words of the organization's own, with their language where it is known."""

    text: str
    language: str = ""


def day(moment: date | None) -> str:
    """A day as the page and the PDF write it."""
    return date_format(moment, "DATE_FORMAT") if moment else ""


class Fact(NamedTuple):
    label: Any
    values: tuple[Said, ...]

    @property
    def is_long(self) -> bool:
        """Whether it is running text, which a page does not squeeze into a column."""
        return any(len(said.text) > COLUMN_HOLDS for said in self.values)


@dataclass(frozen=True)
class Check:
    """Who vouches for a part, since when and until when."""

    by: str
    on: date | None
    until: date | None = None

    @property
    def holds(self) -> bool:
        return self.until is None or self.until >= timezone.localdate()


@dataclass
class Part:
    """One part of the passport. ``changed_on``: when the organization changed it after it was checked.

    ``from_offices``: the portal's own records of what offices decided, which nobody has to check.
    """

    code: str
    title: Any
    facts: list[Fact] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    changed_on: date | None = None
    from_offices: bool = False

    @property
    def standing(self) -> tuple[Any, Tone]:
        """How far the part can be relied on: in one word, and in the tone of a badge."""
        if self.from_offices:
            return ON_RECORD
        if not self.checks:
            return STATED
        if not any(check.holds for check in self.checks):
            return LAPSED
        return CHANGED if self.changed_on else CHECKED


ON_RECORD = (gettext_lazy("On record at UNICEF"), Tone.UNDERWAY)
STATED = (gettext_lazy("Stated by the organization"), Tone.PAST)
CHECKED = (gettext_lazy("Checked"), Tone.GOOD)
CHANGED = (gettext_lazy("Changed since the check"), Tone.WAITING)
LAPSED = (gettext_lazy("Lapsed"), Tone.STOPPED)


@dataclass
class Passport:
    """A passport as of now. ``until`` is the last day on which a verification holds, None where none does."""

    organization: Organization
    parts: list[Part]
    until: date | None
    made_at: datetime

    @property
    def standing(self) -> tuple[Any, Tone]:
        return CHECKED_AND_VALID if self.until else NOT_VERIFIED


CHECKED_AND_VALID = (gettext_lazy("Verified"), Tone.GOOD)
NOT_VERIFIED = (gettext_lazy("Not verified at present"), Tone.STOPPED)


class Source:
    """One organization and what all its parts ask about: its registrations and what changed since they were decided."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        rows = organization.registrations.standing().exclude(decided_at=None)
        self.registrations = list(rows.select_related("office", "decided_by").order_by("-valid_until", "pk"))
        self.verified = [row for row in self.registrations if row.holds]
        self._changed = self._changes_since_the_check()

    @property
    def checks(self) -> list[Check]:
        """The verifications on which the profile rests: those that hold, or else the last that lapsed."""
        return [_check_of(row) for row in self.verified or self._lapsed()]

    def changed_on(self, fields: Iterable[str]) -> date | None:
        """The day on which one of ``fields`` was last changed after the newest check."""
        return max((self._changed[name] for name in fields if name in self._changed), default=None)

    def _lapsed(self) -> list[Registration]:
        return [row for row in self.registrations if row.valid_until and row.valid_until < timezone.localdate()][:1]

    def _changes_since_the_check(self) -> dict[str, date]:
        decided = max((row.decided_at for row in self.verified if row.decided_at), default=None)
        if decided is None:
            return {}
        events = AuditEvent.objects.about(self.organization).filter(at__gt=decided)
        changed: dict[str, date] = {}
        for at, changes in events.order_by("at").values_list("at", "changes")[:500]:
            changed |= dict.fromkeys(changes, timezone.localdate(at))
        return changed


def _check_of(registration: Registration) -> Check:
    office = _("UNICEF %(office)s") % {"office": registration.office.label}
    decided = timezone.localdate(registration.decided_at) if registration.decided_at else None
    return Check(office, decided, registration.valid_until)


def compose(organization: Organization) -> Passport:
    """Put the passport of ``organization`` together, in the reader's language. A fixed number of queries."""
    from organizations.passport.parts import PARTS

    source = Source(organization)
    parts = [part for make in PARTS for part in make(source) if part.facts or part.checks]
    until = max((row.valid_until for row in source.verified if row.valid_until), default=None)
    return Passport(organization, parts, until, timezone.now())
