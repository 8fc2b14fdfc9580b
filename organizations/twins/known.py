"""Bodies that sign in several languages: the UN system, the Red Cross movement, international networks."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from organizations.twins.names import compact

TABLE = Path(__file__).parent / "known.toml"


@dataclass(frozen=True)
class KnownBody:
    """One body with its names and acronyms; ``kind`` as in the import."""

    acronym: str
    kind: str
    name: str
    names: dict[str, str]
    acronyms: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def all_names(self) -> tuple[str, ...]:
        return (self.name, *self.names.values(), *self.also)


@cache
def known_bodies() -> tuple[KnownBody, ...]:
    """The table of known bodies."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["body"]
    return tuple(
        KnownBody(
            acronym=row["acronym"],
            kind=row["kind"],
            name=row["name"],
            names=row.get("names", {}),
            acronyms=(row["acronym"], *row.get("acronyms", ())),
            also=tuple(row.get("also", ())),
        )
        for row in rows
    )


@cache
def _by_name() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    names: dict[str, set[str]] = defaultdict(set)
    acronyms: dict[str, set[str]] = defaultdict(set)
    for body in known_bodies():
        for name in body.all_names:
            names[compact(name)].add(body.acronym)
        for acronym in body.acronyms:
            acronyms[compact(acronym)].add(body.acronym)
    return names, acronyms


def bodies_called(compacted: str, *, bare: bool = False) -> set[str]:
    """The known bodies of a name; with ``bare`` also those whose acronym it is, for whoever gives nothing else."""
    names, acronyms = _by_name()
    found = names.get(compacted, set())
    return found | acronyms.get(compacted, set()) if bare and len(compacted) > 2 else found
