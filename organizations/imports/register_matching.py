"""Which organization each row of a register means: a record that is there, one of an earlier row, or a new one.

Sure is the same number with names alike, and the same name where numbers and acronyms do not contradict. All else is
two records, and the pair is put before a person. A second run of the same list finds every row again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from organizations.imports.errors import Warnings
from organizations.imports.matching import WORLDWIDE
from organizations.imports.register_rows import RegisterRow
from organizations.models.names import OrganizationName
from organizations.models.twin import TwinReason
from organizations.twins.finder import Known, MemoryIndex, TwinFinder
from organizations.twins.likeness import THRESHOLD, likeness
from organizations.twins.names import compact
from portal.kit.text import fold

KINDS = OrganizationName.Kind
ALIKE_ENOUGH = 75  # names under one number: slips of typing, a legal form, a word more
SAME_NAME, SAME_NUMBER, FORMER_NAME = 95, 90, 90  # how likely such a pair is one organization

# The quick look that an import takes for twins; the coming night takes the thorough one.
MOST_ROWS, MOST_JUDGED = 100, 4


@dataclass(eq=False)
class Entry:
    """One organization while a register is read. ``others``: its other names and acronyms, with their kind.

    ``added``: names that the register adds, ``added_numbers`` likewise. ``renamed``: its name was changed.
    """

    name: str
    acronym: str
    kind: str
    country: str
    pk: Any = None
    source: str = ""
    others: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    added_numbers: list[tuple[str, str]] = field(default_factory=list)
    renamed: bool = False

    @property
    def names(self) -> list[str]:
        return [self.name, *(name for name, kind in self.others if kind != KINDS.ACRONYM)]

    @property
    def acronyms(self) -> set[str]:
        """Its acronyms, folded."""
        others = (name for name, kind in self.others if kind == KINDS.ACRONYM)
        return {fold(name).replace(" ", "") for name in (self.acronym, *others) if name}

    @property
    def is_changed(self) -> bool:
        return bool(self.pk and (self.added or self.added_numbers or self.renamed))


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one organization. A person decides."""

    first: Entry
    second: Entry
    score: int
    reason: str


class Register:
    """Finds or makes the entry behind each row."""

    def __init__(self, source: str, country: str, entries: Iterable[Entry], warnings: Warnings) -> None:
        self.source, self.country, self.warnings = source, country, warnings
        self.entries: list[Entry] = []
        self.pairs: dict[tuple[int, int], Pair] = {}
        self.by_name: dict[str, list[Entry]] = defaultdict(list)
        self.by_number: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            self._take(entry)

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.pk is None]

    def place(self, row: RegisterRow) -> tuple[Entry, bool]:
        """Return the entry of a row that tells of no change, and whether it was made for it."""
        numbers, entry = self._by_number(row)
        entry = entry or self._by_name(row, numbers)
        is_new = entry is None
        if entry is None:
            entry = self._make(row, numbers)
        self._add_name(entry, row.name, KINDS.MISSPELLING)
        self._add_acronym(entry, row.acronym)
        for number in numbers:
            self._add_number(entry, number)
        return entry, is_new

    def rename(self, row: RegisterRow) -> tuple[Entry, bool]:
        """Link the names of a row that says what an organization was called before, or of what it was made.

        One name before: the organization has changed its name. Several: they have become one.
        """
        is_merger = len(row.former) > 1
        entry = self._by_name(row, ())
        before = [(name, self._named(name)) for name in row.former]
        if entry is None and not is_merger and before[0][1] is not None:
            entry = before[0][1]
            self._take_new_name(entry, row)
            return entry, False
        is_new = entry is None
        if entry is None:
            entry = self._make(row, ())
        for name, other in before:
            if other is None:
                self._add_name(entry, name, KINDS.FORMER)
            elif other is not entry:
                self.warnings.add("both_known", f"{name} / {row.name}", row.number)
                self._note(other, entry, FORMER_NAME, TwinReason.FORMER_NAME)
        self._add_acronym(entry, row.acronym)
        return entry, is_new

    def look_for_twins(self) -> list[Pair]:
        """Return all pairs: those noted on the way, and the records that resemble the new ones.

        Few are judged for each, so that thousands take seconds.
        """
        new = [place for place, entry in enumerate(self.entries) if entry.pk is None]
        if new:
            self._compare(new)
        return list(self.pairs.values())

    def _compare(self, new: list[int]) -> None:
        homes: dict[str, int] = {}
        known = {
            place: Known(
                [*entry.names, *((entry.acronym,) if entry.acronym else ())],
                list(entry.numbers),
                homes.setdefault(entry.country, len(homes) + 1) if entry.country else None,
            )
            for place, entry in enumerate(self.entries)
        }
        finder = TwinFinder(MemoryIndex(known), most_rows=MOST_ROWS, most_judged=MOST_JUDGED)
        for place in new:
            one = known[place]
            for found in finder.candidates(one.names, one.numbers, one.country, exclude=[place]):
                pair = Pair(self.entries[place], self.entries[found.organization_id], found.score, found.reason)
                self.pairs.setdefault(
                    _both(pair.first, pair.second), pair
                )  # what the register says of a pair counts more

    # --- Finding ------------------------------------------------------------------------------------------------------

    def _by_number(self, row: RegisterRow) -> tuple[list[tuple[str, str]], Entry | None]:
        """The numbers that the row may keep, and the entry that bears one of them under a name alike."""
        kept, entry = [], None
        for number in row.numbers:
            bearer = self.by_number.get(_folded(number))
            if bearer is None:
                kept.append(number)
            elif any(_alike(row.name, name) for name in bearer.names):
                kept.append(number)
                entry = entry or bearer
        return kept, entry

    def _by_name(self, row: RegisterRow, numbers: Iterable[tuple[str, str]]) -> Entry | None:
        numbers = list(numbers)
        acronym = fold(row.acronym).replace(" ", "")
        found = [one for one in self.by_name[_key(row.name)] if self._can_meet(one, row)]
        agreeing = [one for one in found if _numbers_agree(one, numbers)]
        agreeing = [one for one in agreeing if not acronym or not one.acronyms or acronym in one.acronyms]
        return min(agreeing, key=lambda one: acronym not in one.acronyms, default=None)

    def _named(self, name: str) -> Entry | None:
        """The entry of this register that bears a name, or bore it."""
        found = [one for one in self.by_name[_key(name)] if not one.country or one.country == self.country]
        return found[0] if found else None

    def _can_meet(self, entry: Entry, row: RegisterRow) -> bool:
        """National bodies are those of one country; the others may be on record with one or without."""
        return entry.country == row.country or (
            row.kind in WORLDWIDE and entry.kind not in ("national_ngo", "community_based") and not row.country
        )

    # --- Writing ------------------------------------------------------------------------------------------------------

    def _take(self, entry: Entry) -> None:
        self.entries.append(entry)
        for name in entry.names:
            self._index(entry, name)
        for number in entry.numbers:
            self.by_number.setdefault(_folded(number), entry)

    def _index(self, entry: Entry, name: str) -> None:
        entries = self.by_name[_key(name)]
        if entry not in entries:
            entries.append(entry)

    def _make(self, row: RegisterRow, numbers: Iterable[tuple[str, str]]) -> Entry:
        entry = Entry(row.name, row.acronym, row.kind, row.country, source=self.source)
        for other in self.by_name[_key(row.name)]:
            reason = TwinReason.SAME_NAME if self._can_meet(other, row) else TwinReason.ELSEWHERE
            self._note(entry, other, SAME_NAME, reason)
        for number in row.numbers:
            if number not in numbers and (bearer := self.by_number.get(_folded(number))):
                self.warnings.add("number_taken", f"{' '.join(number)}: {bearer.name} / {row.name}", row.number)
                self._note(entry, bearer, SAME_NUMBER, TwinReason.SAME_NUMBER)
        self._take(entry)
        return entry

    def _take_new_name(self, entry: Entry, row: RegisterRow) -> None:
        """A record that came from this register changes its name; another keeps its own and bears the new one too."""
        if entry.source == self.source:
            old = entry.name
            entry.name, entry.renamed = row.name, True
            entry.others = [(name, kind) for name, kind in entry.others if fold(name) != fold(row.name)]
            self._index(entry, row.name)
            self._add_name(entry, old, KINDS.FORMER)
        else:
            self._add_name(entry, row.name, KINDS.OTHER)
        self._add_acronym(entry, row.acronym)

    def _add_name(self, entry: Entry, name: str, kind: str) -> None:
        if fold(name) and fold(name) not in {fold(one) for one in entry.names}:
            entry.others.append((name, kind))
            entry.added.append((name, kind))
            self._index(entry, name)

    def _add_acronym(self, entry: Entry, acronym: str) -> None:
        folded = fold(acronym).replace(" ", "")
        if not folded or folded in entry.acronyms:
            return
        entry.others.append((acronym, KINDS.ACRONYM))
        entry.added.append((acronym, KINDS.ACRONYM))

    def _add_number(self, entry: Entry, number: tuple[str, str]) -> None:
        if _folded(number) not in self.by_number:
            self.by_number[_folded(number)] = entry
            entry.numbers.append(number)
            entry.added_numbers.append(number)

    def _note(self, first: Entry, second: Entry, score: int, reason: str) -> None:
        if first is not second:
            self.pairs.setdefault(_both(first, second), Pair(first, second, score, reason))


def _both(first: Entry, second: Entry) -> tuple[int, int]:
    return min(id(first), id(second)), max(id(first), id(second))


def _key(name: str) -> str:
    return compact(name) or fold(name) or name


def _folded(number: tuple[str, str]) -> tuple[str, str]:
    """As the database compares them."""
    return number[0].lower(), number[1].lower()


def _alike(one: str, other: str) -> bool:
    mine, theirs = _key(one), _key(other)
    return fuzz.ratio(mine, theirs) >= ALIKE_ENOUGH or likeness(one, other).score >= THRESHOLD


def _numbers_agree(entry: Entry, numbers: Iterable[tuple[str, str]]) -> bool:
    """False where both have a number in a register and share none."""
    mine, theirs = {_folded(number) for number in numbers}, {_folded(number) for number in entry.numbers}
    both = {scheme for scheme, _value in mine} & {scheme for scheme, _value in theirs}
    return not both or bool(mine & theirs)
