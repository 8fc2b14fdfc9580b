"""How the imported presences agree with an answer key in the shape of the Humanitarian Data Exchange (HDX HAPI).

A triple is (organization, place at the level the key has, sector). The key is read as it is: its HXL row is skipped,
its rows without a sector are counted apart, and what it says of its own codes in ``warning`` is taken into account.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organizations.imports.errors import ImportProblem
from organizations.imports.matching import Matcher, Profile, Spelling
from organizations.imports.reader import read_table
from organizations.imports.records import in_countries, load_matcher
from organizations.models import Presence
from portal.kit.text import fold
from programmes.models import Location, ThematicArea

COLUMNS = {
    "location_code", "provider_admin1_name", "provider_admin2_name", "admin1_code", "admin2_code", "admin_level",
    "org_acronym", "org_name", "org_type_description", "sector_code", "warning", "error",
}  # fmt: skip

# HDX's words for kinds of organization ↔ ours.
HDX_TYPES = {
    "international_ngo": "International NGO",
    "national_ngo": "National NGO",
    "community_based": "National NGO",
    "academic_institution": "Academic / Research",
    "red_cross_red_crescent": "Red Cross / Red Crescent",
    "un_agency": "United Nations",
    "government": "Government",
    "intergovernmental": "International Organization",
    "private_sector": "Private sector",
    "other": "Other",
    "unknown": "",
}
_KINDS = {description: kind for kind, description in reversed(HDX_TYPES.items())}
_BRACKETS = re.compile(r"^(.+?)\s*\(([^()]+)\)$")


@dataclass(frozen=True, slots=True)
class KeyTriple:
    """One triple of the key. ``code`` is empty where the key found none; ``name`` is the publisher's for the place."""

    spelling: Spelling
    code: str
    name: str
    sector: str
    warning: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two rows of the key one triple."""
        spelling = self.spelling
        return (spelling.country, fold(spelling.name), fold(spelling.acronym), self.code, self.name, self.sector)

    @property
    def told(self) -> str:
        """The triple for a reader, with the key's own remark."""
        remark = f" [{self.warning}]" if self.warning else ""
        return f"{self.spelling.name} · {self.code or self.name} · {self.sector}{remark}"

    @property
    def doubts_code(self) -> bool:
        """The key itself says that it replaced or could not find the publisher's code."""
        return not self.code or "unknown" in self.warning.lower()


Fact = tuple[Profile, str, str]
"""(organization, code of the place, sector)."""


@dataclass
class Portal:
    """What the portal holds for the key's countries. ``places``: code → (country, folded name, code of the parent)."""

    matcher: Matcher
    facts: set[Fact]
    places: dict[str, tuple[str, str, str]]

    def __post_init__(self) -> None:
        self._held: dict[Profile, dict[tuple[str, str], set[Fact]]] = defaultdict(lambda: defaultdict(set))
        for fact in self.facts:
            profile, code, sector = fact
            self._held[profile][code, sector].add(fact)

    def country(self, code: str) -> str:
        return self.places[code][0]

    def home(self, spelling: Spelling) -> Profile | None:
        """The organization that the key means, by the rules of the import itself: no list of the key's aliases.

        The key leaves acronyms inside names: "Trocaire (Trocaire)".
        """
        match = _BRACKETS.match(spelling.name)
        found = self.matcher.find(spelling)
        return found or (self.matcher.find(replace(spelling, name=match[1], acronym=match[2])) if match else None)

    def in_place(self, home: Profile | None, code: str, sector: str) -> set[Fact]:
        """The facts that say: this organization, in this place or, where none says so exactly, in a place inside it."""
        held = self._held[home] if home else {}
        exact = held.get((code, sector), set())
        inside = (facts for (at, what), facts in held.items() if what == sector and self._lies_in(at, code))
        return exact or set().union(*inside)

    def _lies_in(self, code: str, around: str) -> bool:
        while code and code != around:
            code = self.places[code][2]
        return bool(code)

    def in_named_place(self, home: Profile | None, name: str, sector: str) -> set[Fact]:
        """The facts that say: this organization, in a place of this name."""
        held = self._held[home] if home else {}
        named = (facts for (at, what), facts in held.items() if what == sector and name and self.places[at][1] == name)
        return set().union(*named)

    def sectors(self, home: Profile | None) -> set[str]:
        """The sectors of an organization, wherever."""
        return {sector for _code, sector in self._held[home]} if home else set()


def load_portal(countries: Iterable[str], source: str = "") -> Portal:
    """What was imported for these countries; with ``source``, from that source alone. What partners say is left out."""
    countries = sorted(countries)
    places = {
        code: (path.partition("/")[0], fold(name), above or "")
        for code, name, path, above in Location.objects.filter(in_countries("path", countries)).values_list(
            "code", "name", "path", "parent__code"
        )
    }
    matcher = load_matcher(countries)
    by_pk = {profile.pk: profile for profile in matcher.profiles}
    sectors = _sector_by_theme()
    held = Presence.objects.exclude(source="").filter(in_countries("location__path", countries)).order_by()
    facts = {
        (by_pk[organization], place, sectors[theme])
        for organization, place, theme in (held.filter(source=source) if source else held).values_list(
            "organization_id", "location__code", "theme_id"
        )
    }
    return Portal(matcher, facts, places)


def _sector_by_theme() -> dict[int, str]:
    """Key of a theme → the HDX sector of the theme or of the nearest above it."""
    sectors: dict[int, str] = {}
    for pk, above, sector in ThematicArea.objects.order_by("path").values_list("pk", "parent_id", "hdx_sector"):
        sectors[pk] = sector or sectors.get(above, "")
    return sectors


@dataclass
class Agreement:
    """The figures of one country, or of all. ``share_of_key`` is the recall; the union counts both sides' extras."""

    key_triples: int = 0
    portal_triples: int = 0
    agreeing: int = 0
    agreeing_by_code: int = 0
    portal_only: int = 0
    key_lacks_sector: int = 0
    key_without_sector: int = 0
    types_compared: int = 0
    types_agreeing: int = 0
    types_not_in_key: int = 0

    def figures(self) -> dict[str, Any]:
        """The figures with their shares, for ``--json``."""
        return {
            "triples_in_key": self.key_triples,
            "triples_in_portal": self.portal_triples,
            "triples_agreeing": self.agreeing,
            "triples_agreeing_by_code_alone": self.agreeing_by_code,
            "share_of_key": _share(self.agreeing, self.key_triples),
            "share_of_key_by_code_alone": _share(self.agreeing_by_code, self.key_triples),
            "share_of_union": _share(self.agreeing, self.key_triples + self.portal_only),
            "portal_only": self.portal_only,
            "portal_only_because_key_lacks_sector": self.key_lacks_sector,
            "key_rows_without_sector": self.key_without_sector,
            "types_compared": self.types_compared,
            "types_agreeing": self.types_agreeing,
            "types_share": _share(self.types_agreeing, self.types_compared),
            "types_not_in_key": self.types_not_in_key,
        }

    def __add__(self, other: Agreement) -> Agreement:
        names = [one.name for one in fields(self)]
        return Agreement(**{name: getattr(self, name) + getattr(other, name) for name in names})


Difference = tuple[str, str, str]
"""(country, a key of WHY, what)."""


@dataclass
class Comparison:
    """The figures of each country, and what disagrees."""

    countries: dict[str, Agreement]
    differences: list[Difference]

    @property
    def total(self) -> Agreement:
        return sum(self.countries.values(), Agreement())

    def figures(self) -> dict[str, Any]:
        reasons = Counter(why for _country, why, _what in self.differences)
        return {
            **self.total.figures(),
            "countries": {country: agreement.figures() for country, agreement in self.countries.items()},
            "differences_by_reason": dict(reasons.most_common()),
        }


WHY = {
    "organization_unknown": _("no such organization in the portal"),
    "place_differs": _("the organization works on this sector, in other places"),
    "sector_differs": _("the organization is in the portal, not with this sector"),
    "portal_only": _("in the portal, not in the key"),
    "key_lacks_sector": _("in the portal; the key has the row but could not map its sector"),
    "type_differs": _("another kind of organization (key / portal)"),
    "type_unknown": _("kind of organization not comparable: not in the portal"),
}


def read_key(file: Any) -> list[KeyTriple]:
    """Read a key. Raises ImportProblem for a file that is none."""
    table = read_table(file)
    if missing := sorted(COLUMNS - set(table.headings)):
        raise ImportProblem(
            gettext("This is not an answer key in the HDX shape: it lacks the columns %(missing)s.")
            % {"missing": ", ".join(missing)}
        )
    triples = []
    for _number, cells in table.rows:
        row = dict(zip(table.headings, cells, strict=True))
        if not row["location_code"].startswith("#"):  # the HXL tags
            triples.append(_triple(row))
    return triples


def _triple(row: dict[str, str]) -> KeyTriple:
    level = int(row["admin_level"] or 0)
    name, acronym = " ".join(row["org_name"].split()), " ".join(row["org_acronym"].split())
    kind = _KINDS.get(row["org_type_description"], "unknown")
    codes = (row["location_code"], row["admin1_code"], row["admin2_code"])
    names = ("", row["provider_admin1_name"], row["provider_admin2_name"])
    return KeyTriple(
        Spelling(name, acronym, kind, row["location_code"]),
        codes[level],
        fold(names[level]),
        row["sector_code"],
        row["warning"],
    )


def compare(key: list[KeyTriple], portal: Portal) -> Comparison:
    """Hold ``key`` against what the portal has."""
    countries: dict[str, Agreement] = defaultdict(Agreement)
    differences: list[Difference] = []
    hits = _compare_triples(key, portal, countries, differences)
    _compare_extras(key, portal, portal.facts - hits, countries, differences)
    _compare_types(key, portal, countries, differences)
    return Comparison(dict(sorted(countries.items())), differences)


def _compare_triples(
    key: list[KeyTriple], portal: Portal, countries: dict[str, Agreement], differences: list[Difference]
) -> set[Fact]:
    """Look up each triple of the key once. Returns the facts of the portal that the key tells as well."""
    hits: set[Fact] = set()
    for triple in {triple.identity: triple for triple in key if triple.sector}.values():
        country = countries[triple.spelling.country]
        country.key_triples += 1
        home = portal.home(triple.spelling)
        by_code = portal.in_place(home, triple.code, triple.sector)
        by_name = portal.in_named_place(home, triple.name, triple.sector) if triple.doubts_code else set()
        hits |= by_code | by_name
        country.agreeing_by_code += bool(by_code)
        country.agreeing += bool(by_code or by_name)
        if not (by_code or by_name):
            why = (
                "organization_unknown" if home is None
                else "place_differs" if triple.sector in portal.sectors(home)
                else "sector_differs"
            )  # fmt: skip
            differences.append((triple.spelling.country, why, triple.told))
    return hits


def _compare_extras(
    key: list[KeyTriple],
    portal: Portal,
    extras: set[Fact],
    countries: dict[str, Agreement],
    differences: list[Difference],
) -> None:
    """Count what the portal has and the key lacks, apart from rows that the key has without being able to map them."""
    without_sector = set()
    for triple in key:
        if not triple.sector:
            countries[triple.spelling.country].key_without_sector += 1
            without_sector.add((portal.home(triple.spelling), triple.code))
    for _profile, code, _sector in portal.facts:
        countries[portal.country(code)].portal_triples += 1
    for profile, code, sector in sorted(extras, key=lambda fact: (fact[0].name, fact[1], fact[2])):
        country = portal.country(code)
        unmapped = (profile, code) in without_sector
        countries[country].portal_only += 1
        countries[country].key_lacks_sector += unmapped
        why = "key_lacks_sector" if unmapped else "portal_only"
        differences.append((country, why, f"{profile.name} · {code} · {sector}"))


def _compare_types(
    key: list[KeyTriple], portal: Portal, countries: dict[str, Agreement], differences: list[Difference]
) -> None:
    for spelling in dict.fromkeys(triple.spelling for triple in key):
        country = countries[spelling.country]
        if spelling.kind == "unknown":
            country.types_not_in_key += 1
            continue
        country.types_compared += 1
        home = portal.home(spelling)
        ours, theirs = HDX_TYPES.get(home.kind, "–") if home else "–", HDX_TYPES[spelling.kind]
        country.types_agreeing += ours == theirs
        if ours != theirs:
            why = "type_differs" if home else "type_unknown"
            differences.append((spelling.country, why, f"{spelling.name}: {theirs} / {ours}"))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
