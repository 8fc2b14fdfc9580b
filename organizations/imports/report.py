"""The report of an import in lines for the terminal; the page shows the same in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from organizations.imports.errors import REASONS
from organizations.imports.matching import Profile
from organizations.models import PossibleTwin


def report_lines(plan: Any, *, committed: bool) -> Iterator[str]:
    """Yield the report on a plan: figures, why rows were rejected, what was mended, which records may be twins."""
    figures = plan.figures()
    for name, value in figures.items():
        if not isinstance(value, dict):
            yield f"{name:24}{value}"
    for reason, count in figures["rejects_by_reason"].items():
        yield f"rejected: {count} × {REASONS[reason]}"
    for line in plan.warnings.lines():
        yield f"warning: {line}"
    for twin in plan.twins:
        reason = PossibleTwin.Reason(twin.reason).label
        yield f"possible twins, {twin.score}: {_named(twin.first)} / {_named(twin.second)}: {reason}"
    if not committed:
        yield "Nothing was written. Add --commit to do it."


def _named(profile: Profile) -> str:
    return f"{profile.name} ({profile.acronym})" if profile.acronym else profile.name
