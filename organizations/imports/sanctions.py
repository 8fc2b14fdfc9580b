"""The Security Council's consolidated list, in the XML that the United Nations publish."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, create
from organizations.actions.screening import close_matches_of
from organizations.imports.errors import ImportProblem, Reject, Warnings
from organizations.imports.presence import rejects_csv
from organizations.models import SanctionsEntry, SanctionsList
from portal.kit.text import fold

ROOT = "CONSOLIDATED_LIST"
PARTS = {"INDIVIDUAL": SanctionsEntry.Type.PERSON, "ENTITY": SanctionsEntry.Type.ENTITY}
NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
NOTHING = {"", "na", "n/a", "-", "none"}  # what the list writes where it knows nothing
HEADINGS = ["reference", "name"]
LOST_TOO_MANY = 0.5
LONGEST_NAME = 500


@dataclass(frozen=True)
class Entry:
    """One entry as the file tells it."""

    reference: str
    data_id: str
    kind: str
    name: str
    original_name: str
    aliases: list[dict[str, str]]
    list_type: str
    listed_on: date | None
    nationalities: list[str]
    births: list[str]
    comments: str

    def told(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass
class SanctionsPlan:
    """What a list would do, against the entries that are held. Nothing is written before :func:`commit_sanctions`."""

    file_name: str
    generated_at: datetime | None
    entries: dict[str, Entry]
    added: list[Entry] = field(default_factory=list)
    changed: list[SanctionsEntry] = field(default_factory=list)
    removed: list[SanctionsEntry] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    warnings: Warnings = field(default_factory=Warnings)
    twins: list[Any] = field(default_factory=list)
    matches_closed: int = 0
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """The report in numbers; its keys are those of ``--json``."""
        kinds = Counter(entry.kind for entry in self.entries.values())
        return {
            "file": self.file_name,
            "generated_at": self.generated_at.isoformat() if self.generated_at else None,
            "rows": len(self.entries) + len(self.rejects),
            "taken": len(self.entries),
            "rejected": len(self.rejects),
            "rejects_by_reason": dict(Counter(reject.reason for reject in self.rejects).most_common()),
            "individuals": kinds[SanctionsEntry.Type.PERSON],
            "entities": kinds[SanctionsEntry.Type.ENTITY],
            "entries_added": len(self.added),
            "entries_changed": len(self.changed),
            "entries_removed": len(self.removed),
            "matches_closed": self.matches_closed,
            "warnings": self.warnings.totals(),
            "seconds": round(self.seconds, 2),
        }

    def rejects_csv(self) -> str:
        return rejects_csv(HEADINGS, self.rejects)


def sanctions_layouts() -> dict[str, Path]:
    """The one published form, told in the words of a layout."""
    return {"un-consolidated": Path(__file__).with_name("un-consolidated.toml")}


def plan_sanctions(
    file: Any, layout: Any = None, *, file_name: str = "", shorter: bool = False, encoding: str | None = None
) -> SanctionsPlan:
    """Read the list and work out what it would do. ``shorter``: a person has said that it may be so much shorter.

    Raises ImportProblem with a sentence for a file that is no such list, and for one that would take off more than
    half of the entries unless ``shorter``.
    """
    started = time.perf_counter()
    root = _root_of(file)
    file_name = file_name or Path(str(getattr(file, "name", file))).name
    plan = SanctionsPlan(file_name[:200], _moment(root.get("dateGenerated", "")), {})
    for number, (kind, element) in enumerate(_elements(root), start=1):
        _take(plan, number, kind, element)
    if not plan.entries:
        raise ImportProblem(_("The file is a consolidated list without any entry. Nothing was written."))
    _compare(plan)
    held = SanctionsEntry.objects.filter(removed_at=None).count()
    if not shorter and len(plan.removed) > LOST_TOO_MANY * held:
        raise ImportProblem(
            _(
                "The list would lose %(removed)s of its %(held)s entries, more than half. Often the file is cut short."
                " If it is right, say so explicitly and bring it again."
            )
            % {"removed": len(plan.removed), "held": held}
        )
    plan.seconds = time.perf_counter() - started
    return plan


@transaction.atomic
def commit_sanctions(plan: SanctionsPlan, *, by: Any = None) -> SanctionsPlan:
    """Write what ``plan`` says, all or nothing. What an entry's removal leaves undecided is closed."""
    SanctionsEntry.objects.select_for_update().filter(removed_at=None).count()
    _compare(plan)
    now = timezone.now()
    SanctionsEntry.objects.bulk_create([SanctionsEntry(**entry.told()) for entry in plan.added], batch_size=200)
    written = [one.name for one in fields(Entry) if one.name != "reference"]
    SanctionsEntry.objects.bulk_update(plan.changed, [*written, "removed_at"], batch_size=100)
    for entry in plan.removed:
        entry.removed_at = now
    SanctionsEntry.objects.bulk_update(plan.removed, ["removed_at"], batch_size=200)
    plan.matches_closed = close_matches_of(plan.removed)
    taken = SanctionsList(
        generated_at=plan.generated_at,
        taken_by=by,
        file_name=plan.file_name,
        figures=plan.figures(),
        digest=_digest(plan),
    )
    create(taken, by=by, action="imported", audience=OFFICE)
    return plan


# --- Reading ----------------------------------------------------------------------------------------------------------


def _root_of(file: Any) -> Any:
    """The root element; ImportProblem for whatever is no consolidated list."""
    try:
        root = fromstring(_bytes_of(file), forbid_dtd=True)
    except ParseError as error:
        raise ImportProblem(
            _("The file is no complete XML: it breaks off or is damaged in line %(line)s.")
            % {"line": error.position[0]}
        ) from error
    except DefusedXmlException as error:
        raise ImportProblem(
            _("The file declares entities or a document type of its own, which the published list does not.")
        ) from error
    except (LookupError, ValueError) as error:
        raise ImportProblem(_("The file is in an encoding that is not read here. Save it as UTF-8.")) from error
    if _tag(root) != ROOT:
        raise ImportProblem(
            _("The file is XML but no consolidated list: it begins with “%(root)s” rather than “%(wanted)s”.")
            % {"root": _tag(root)[:60], "wanted": ROOT}
        )
    return root


def _bytes_of(file: Any) -> bytes:
    limit = settings.IMPORT_MAX_BYTES
    try:
        size = Path(file).stat().st_size if isinstance(file, str | Path) else file.size
        if size > limit:
            raise ImportProblem(
                _("The file is too large: %(size)s; at most %(limit)s are read.")
                % {"size": filesizeformat(size), "limit": filesizeformat(limit)}
            )
        if isinstance(file, str | Path):
            return Path(file).read_bytes()
        file.seek(0)
        return bytes(file.read())
    except OSError as error:
        raise ImportProblem(_("The file cannot be opened: %(error)s") % {"error": error.strerror or error}) from error


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _elements(root: Any) -> Iterator[tuple[str, Any]]:
    for part in root:
        for element in part:
            if kind := PARTS.get(_tag(element)):
                yield kind, element


def _take(plan: SanctionsPlan, number: int, kind: str, element: Any) -> None:
    reference = _text(element, "REFERENCE_NUMBER").rstrip(". ") or _text(element, "DATAID")
    name = " ".join(filter(None, (_text(element, part) for part in NAMES)))
    if not reference or not name:
        plan.rejects.append(Reject(number, "no_name_listed" if reference else "no_reference", [reference, name]))
    elif reference in plan.entries:
        plan.rejects.append(Reject(number, "listed_twice", [reference, name]))
    else:
        plan.entries[reference] = Entry(
            reference=reference[:40],
            data_id=_text(element, "DATAID")[:40],
            kind=kind,
            name=name[:LONGEST_NAME],
            original_name=_text(element, "NAME_ORIGINAL_SCRIPT")[:LONGEST_NAME],
            aliases=list(_aliases(element)),
            list_type=_text(element, "UN_LIST_TYPE")[:60],
            listed_on=_day(_text(element, "LISTED_ON")),
            nationalities=_values(element, "NATIONALITY"),
            births=list(_births(element)),
            comments=_text(element, "COMMENTS1"),
        )


def _text(element: Any, tag: str) -> str:
    text = " ".join((element.findtext(tag) or "").split())
    return "" if text.casefold() in NOTHING else text


def _values(element: Any, tag: str) -> list[str]:
    return [
        text for part in element.findall(tag) for value in part.findall("VALUE") if (text := (value.text or "").strip())
    ]


def _aliases(element: Any) -> Iterator[dict[str, str]]:
    for tag in ("INDIVIDUAL_ALIAS", "ENTITY_ALIAS"):
        for alias in element.findall(tag):
            for name in _text(alias, "ALIAS_NAME").split(";"):
                if name.strip():
                    yield {"name": name.strip()[:LONGEST_NAME], "quality": _text(alias, "QUALITY")[:20]}


def _births(element: Any) -> Iterator[str]:
    """Dates of birth as the list gives them: a day, a year, or the years between."""
    for birth in element.findall("INDIVIDUAL_DATE_OF_BIRTH"):
        between = "–".join(filter(None, (_text(birth, "FROM_YEAR"), _text(birth, "TO_YEAR"))))
        if told := _text(birth, "DATE")[:10] or _text(birth, "YEAR") or between:
            yield told


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


# --- Against what is held ---------------------------------------------------------------------------------------------


def _compare(plan: SanctionsPlan) -> None:
    held = {entry.reference: entry for entry in SanctionsEntry.objects.all()}
    plan.added = [entry for reference, entry in plan.entries.items() if reference not in held]
    known = [(held[reference], entry) for reference, entry in plan.entries.items() if reference in held]
    plan.changed = [row for row, entry in known if _bring_up(row, entry)]
    plan.removed = [
        entry for reference, entry in held.items() if entry.removed_at is None and reference not in plan.entries
    ]


def _bring_up(held: SanctionsEntry, told: Entry) -> bool:
    """Write into ``held`` what the file tells; say whether anything is new."""
    changed = held.removed_at is not None
    held.removed_at = None
    for name, value in told.told().items():
        if getattr(held, name) != value:
            setattr(held, name, value)
            changed = True
    return changed


def _digest(plan: SanctionsPlan) -> str:
    names = sorted(
        (entry.reference, entry.kind, fold(name), quality)
        for entry in plan.entries.values()
        for name, quality in [
            (entry.name, ""),
            (entry.original_name, ""),
            *((alias["name"], alias["quality"]) for alias in entry.aliases),
        ]
    )
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()
