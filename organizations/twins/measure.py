"""How good the finder is, measured with a list of spellings and the names they mean.

What is measured is what happens in the portal: each canonical name is a record (with its acronym where the list gives
one), each spelling is typed, and the finder proposes records. Recall: spellings for which the right record was
proposed. Precision: proposals that were right.
"""

from __future__ import annotations

import csv
import io
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from organizations.twins.finder import Candidate, Known, MemoryIndex, TwinFinder
from organizations.twins.likeness import THRESHOLD
from organizations.twins.names import LONGEST_ACRONYM, compact
from portal.kit.text import fold

FOLDS = 5
THRESHOLDS = range(70, 97, 2)
PROPOSALS = 20

HEADINGS = {
    "spelling": ("spelling", "lookup", "alias", "variant", "as written", "written", "source name", "name as given"),
    "canonical": ("canonical name", "canonical", "standard name", "preferred name", "official name", "target", "name"),
    "acronym": ("acronym", "abbreviation", "short name"),
}


class ListProblem(Exception):
    """The list cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    spelling: str
    canonical: str
    acronym: str = ""


@dataclass
class Score:
    """Counts that become recall, precision and F1."""

    wanted: int = 0
    found: int = 0
    proposed: int = 0
    right: int = 0

    def figures(self) -> dict[str, float | int]:
        recall = self.found / self.wanted if self.wanted else 0.0
        precision = self.right / self.proposed if self.proposed else 0.0
        both = recall + precision
        return {
            "recall": round(recall, 4),
            "precision": round(precision, 4),
            "f1": round(2 * recall * precision / both, 4) if both else 0.0,
            "wanted": self.wanted,
            "found": self.found,
            "proposed": self.proposed,
            "right": self.right,
        }


@dataclass
class Measured:
    """The whole report; ``misses`` and ``false_hits`` are at the threshold that was asked for."""

    threshold: int
    rows: int
    left_out: int
    spellings: int
    records: int
    organizations: int
    scores: dict[str, Score]
    folds: list[dict[str, Any]]
    misses: list[tuple[str, str]] = field(default_factory=list)
    false_hits: list[tuple[str, str, int, str]] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """The report as one object; the first figures are the headline."""
        headline = self.scores["per_spelling"].figures()
        return {
            **{name: headline[name] for name in ("recall", "precision", "f1")},
            "threshold": self.threshold,
            "headline": "per_spelling",
            **{name: score.figures() for name, score in self.scores.items()},
            "held_out": self.folds,
            **{name: getattr(self, name) for name in ("rows", "left_out", "spellings", "records", "organizations")},
            "seconds": self.seconds,
            "misses": [{"spelling": spelling, "canonical": name} for spelling, name in self.misses],
            "false_hits": [
                {"spelling": spelling, "proposed": name, "score": score, "reason": reason}
                for spelling, name, score, reason in self.false_hits
            ],
        }


# --- The list ---------------------------------------------------------------------------------------------------------


def read_list(path: str | Path) -> list[Row]:
    """Read a CSV of spellings and canonical names. Without headings the first two columns are these."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise ListProblem(f"{path} cannot be read as UTF-8 text: {problem}") from problem
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    table = [cells for cells in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, cells))]
    if not table or len(table[0]) < 2:
        raise ListProblem(f"{path} needs two columns: the spelling and the canonical name.")
    columns = _columns(table[0])
    rows = table[1:] if columns else table
    at = columns or {"spelling": 0, "canonical": 1}
    return [
        Row(*(cells[at[name]].strip() if name in at and at[name] < len(cells) else "" for name in HEADINGS))
        for cells in rows
        if not cells[0].startswith("#")  # tags of the humanitarian exchange language
    ]


def _columns(headings: list[str]) -> dict[str, int]:
    """Which column is what, or nothing where the first row is no heading."""
    folded = [fold(heading) for heading in headings]
    found = {
        name: next(folded.index(word) for word in words if word in folded)
        for name, words in HEADINGS.items()
        if set(words) & set(folded)
    }
    if "canonical" in found and "spelling" not in found:
        found["spelling"] = next(number for number in range(len(folded)) if number != found["canonical"])
    if "spelling" in found and "canonical" not in found:
        found["canonical"] = next(number for number in range(len(folded)) if number != found["spelling"])
    return found if {"spelling", "canonical"} <= set(found) else {}


# --- Measuring --------------------------------------------------------------------------------------------------------


def measure(rows: list[Row], threshold: int = THRESHOLD) -> Measured:
    """Type each spelling of the list, see what is proposed, and compare with what the list says."""
    started = time.perf_counter()
    usable = [row for row in rows if fold(row.spelling) and fold(row.canonical)]
    names = sorted({row.canonical for row in usable})
    number = {name: pk for pk, name in enumerate(names)}
    acronyms: dict[int, str] = {}
    meant: dict[str, set[int]] = defaultdict(set)
    for row in usable:
        pk = number[row.canonical]
        meant[row.spelling].add(pk)
        if row.acronym and len(row.acronym) <= LONGEST_ACRONYM and fold(row.acronym) != fold(row.canonical):
            acronyms.setdefault(pk, row.acronym)
    records = {pk: Known([name, acronyms[pk]] if pk in acronyms else [name]) for pk, name in enumerate(names)}
    one = _organizations(names, meant)
    finder = TwinFinder(MemoryIndex(records))
    least = min(min(THRESHOLDS), threshold)
    proposed = {spelling: finder.candidates([spelling], limit=PROPOSALS, threshold=least) for spelling in meant}

    def score(at: int, spellings: Iterable[str], same: dict[int, int]) -> Score:
        total = Score()
        for spelling in spellings:
            right = {same[pk] for pk in meant[spelling]}
            found = [same[each.organization_id] for each in proposed[spelling] if each.score >= at]
            hits = [each for each in found if each in right]
            total.wanted += 1
            total.found += bool(hits)
            total.proposed += len(found)
            total.right += len(hits)
        return total

    as_listed = {pk: pk for pk in records}
    other = [spelling for spelling in meant if fold(spelling) not in {fold(names[pk]) for pk in meant[spelling]}]
    result = Measured(
        threshold=threshold,
        rows=len(rows),
        left_out=len(rows) - len(usable),
        spellings=len(meant),
        records=len(records),
        organizations=len(set(one.values())),
        scores={
            "per_spelling": score(threshold, meant, one),
            "per_spelling_as_listed": score(threshold, meant, as_listed),
            "other_spellings_only": score(threshold, other, one),
            "other_spellings_known": _leaving_one_out(usable, number, acronyms, one, threshold),
            "pairwise": _pairwise(meant, one, threshold),
        },
        folds=list(_held_out(meant, one, score)),
    )
    for spelling, right in meant.items():
        found = [each for each in proposed[spelling] if each.score >= threshold]
        if not {one[pk] for pk in right} & {one[each.organization_id] for each in found}:
            result.misses += [(spelling, names[pk]) for pk in sorted(right)]
        for each in found:
            if one[each.organization_id] not in {one[pk] for pk in right}:
                result.false_hits.append((spelling, names[each.organization_id], each.score, str(each.reason)))
    result.seconds = round(time.perf_counter() - started, 2)
    return result


def _organizations(names: list[str], meant: dict[str, set[int]]) -> dict[int, int]:
    """Record → organization. Lists name one organization twice: records are one here where their names are the same
    words (case, accents and an acronym in brackets apart), or where the list gives one spelling to both."""
    parent = list(range(len(names)))

    def root(pk: int) -> int:
        while parent[pk] != pk:
            pk = parent[pk]
        return pk

    groups: dict[str, set[int]] = defaultdict(set)
    for pk, name in enumerate(names):
        groups[f"name {compact(name)}"].add(pk)
    for spelling, pks in meant.items():
        groups[f"spelling {fold(spelling)}"] |= pks
    for pks in groups.values():
        first, *others = sorted(pks)
        for pk in others:
            parent[root(pk)] = root(first)
    return {pk: root(pk) for pk in range(len(names))}


def _held_out(meant: dict[str, set[int]], one: dict[int, int], score: Any) -> Iterator[dict[str, Any]]:
    """Choose the threshold on four fifths of the organizations and score it on the fifth, five times."""
    fold_of = {spelling: one[min(pks)] % FOLDS for spelling, pks in meant.items()}
    for number in range(FOLDS):
        seen = [spelling for spelling in meant if fold_of[spelling] != number]
        unseen = [spelling for spelling in meant if fold_of[spelling] == number]
        best = max(THRESHOLDS, key=lambda at: (score(at, seen, one).figures()["f1"], -at))
        told = score(best, unseen, one).figures()
        yield {"threshold": best, **{name: told[name] for name in ("recall", "precision", "f1", "wanted")}}


def _leaving_one_out(
    rows: list[Row], number: dict[str, int], acronyms: dict[int, str], one: dict[int, int], threshold: int
) -> Score:
    """Each spelling typed where its record holds the canonical name and all its other spellings, but not this one."""
    spelled: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        spelled[number[row.canonical]].setdefault(fold(row.spelling), row.spelling)
    held = {
        pk: Known([name, *([acronyms[pk]] if pk in acronyms else []), *spelled[pk].values()])
        for name, pk in number.items()
    }
    index = MemoryIndex(held)
    finder, total = TwinFinder(index), Score()
    for pk, spellings in spelled.items():
        for folded, spelling in spellings.items():
            whole = held[pk]
            left = Known([name for name in whole.names if fold(name) != folded])
            if set(left.names) <= {acronyms.get(pk)}:
                continue  # no other spelling is known
            index.records[pk] = left
            found = finder.candidates([spelling], limit=PROPOSALS, threshold=threshold)
            index.records[pk] = whole
            hits = [each for each in found if one[each.organization_id] == one[pk]]
            total.wanted += 1
            total.found += bool(hits)
            total.proposed += len(found)
            total.right += len(hits)
    return total


def _pairwise(meant: dict[str, set[int]], one: dict[int, int], threshold: int) -> Score:
    """Every spelling a record of its own, each pair that the finder joins against each pair that the list joins."""
    distinct = {fold(spelling): spelling for spelling in sorted(meant, reverse=True)}
    spellings = list(distinct.values())
    cluster = [{one[pk] for pk in meant[spelling]} for spelling in spellings]
    finder = TwinFinder(MemoryIndex({pk: Known([spelling]) for pk, spelling in enumerate(spellings)}))
    joined = set()
    for pk, spelling in enumerate(spellings):
        found: list[Candidate] = finder.candidates([spelling], limit=100, threshold=threshold, exclude=[pk])
        joined |= {(min(pk, each.organization_id), max(pk, each.organization_id)) for each in found}
    wanted = {pair for pair in combinations(range(len(spellings)), 2) if cluster[pair[0]] & cluster[pair[1]]}
    return Score(len(wanted), len(wanted & joined), len(joined), len(wanted & joined))
