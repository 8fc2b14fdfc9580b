"""Loads the reference data that the portal ships in ``programmes/data``. Running it again adds what is missing."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from django.db import models, transaction

from programmes.models import CountryOffice, Location, RegionalOffice, Strategy, ThematicArea
from programmes.models.base import Node

DATA = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("en", "fr", "ar", "es", "ru", "zh")
NOT_NAMES = {"name", "parent", "aliases"}

Fields = dict[str, Any]
Rows = dict[str, Fields]


@dataclass
class Tally:
    """What became of one kind of rows. ``kept``: rows that differ from the file because somebody edited them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0


@transaction.atomic
def load_reference(*, overwrite: bool = False) -> dict[str, dict[str, int]]:
    """Add the offices, countries, places, themes and strategies that are missing; return the figures by kind.

    A row that an administrator has edited stays as it is, unless ``overwrite`` asks for what the files say.
    """
    themes, strategies = _read("themes")["theme"], _read("strategies")["strategy"]
    said_of_offices = _read("offices")
    regions = said_of_offices["region"]
    countries = dict(_countries())
    headquarters = {said_of_offices["headquarters"]["code"]: _headquarters(said_of_offices["headquarters"])}
    tallies = {
        "countries": _sync(Location, countries, overwrite),
        "places": _sync(Location, dict(_places()), overwrite),
        "themes": _sync(ThematicArea, dict(_themes(themes)), overwrite),
        "strategies": _sync(Strategy, dict(_strategies(strategies)), overwrite),
        "regional offices": _sync(RegionalOffice, dict(_regions(regions)), overwrite),
        "country offices": _sync(CountryOffice, dict(_offices(regions, countries)) | headquarters, overwrite),
    }
    _link_countries(regions, overwrite)
    return {kind: asdict(tally) for kind, tally in tallies.items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


# --- What the files say, as rows: code → fields -----------------------------------------------------------------------


def _countries() -> Iterator[tuple[str, Fields]]:
    said_by_un = _read("countries")
    territories = {language: Locale(language).territories for language in LANGUAGES}
    for pair in said_by_un.pop("iso").split():
        iso3, iso2 = pair.split(":")
        own = said_by_un.get(iso3, {})
        names = {language: own.get(language) or territories[language][iso2] for language in LANGUAGES}
        english = names.pop("en").replace(" & ", " and ").replace("St. ", "Saint ")
        yield (
            iso3,
            {
                "level": Location.Level.COUNTRY,
                "iso2": iso2,
                "name": english,
                "names": names,
                "aliases": own.get("aliases", []),
            },
        )


def _places() -> Iterator[tuple[str, Fields]]:
    for country, places in _read("places").items():
        for code, told in places.items():
            place = {"name": told} if isinstance(told, str) else told
            yield (
                code,
                {
                    "level": Location.Level.ADMIN_2 if "parent" in place else Location.Level.ADMIN_1,
                    "name": place["name"],
                    "names": {language: name for language, name in place.items() if language not in NOT_NAMES},
                    "aliases": place.get("aliases", []),
                    "parent": place.get("parent", country),
                },
            )


def _themes(themes: list[Fields]) -> Iterator[tuple[str, Fields]]:
    for order, theme in enumerate(themes, start=1):
        yield (
            theme["code"],
            {
                "name": theme["en"],
                "names": {language: theme[language] for language in LANGUAGES[1:] if language in theme},
                "synonyms": theme.get("synonyms", {}),
                "hdx_sector": theme.get("hdx_sector", ""),
                "ocha_cluster": theme.get("ocha_cluster", ""),
                "dac_sectors": theme.get("dac_sectors", []),
                "source": theme["source"],
                "is_featured": theme.get("featured", False),
                "is_sensitive": theme.get("sensitive", False),
                "order": order,
                "parent": theme.get("parent"),
            },
        )


def _strategies(strategies: list[Fields]) -> Iterator[tuple[str, Fields]]:
    for order, strategy in enumerate(strategies, start=1):
        yield strategy["code"], {**_without(strategy, "code"), "order": order}


def _regions(regions: list[Fields]) -> Iterator[tuple[str, Fields]]:
    for region in regions:
        yield region["code"], _without(region, "code", "offices")


def _offices(regions: list[Fields], countries: Rows) -> Iterator[tuple[str, Fields]]:
    ids = dict(RegionalOffice.objects.values_list("code", "pk"))
    for region in regions:
        for office in region["offices"]:
            named = office if "name" in office else countries[office["countries"][0]]
            yield (
                office["code"],
                {
                    "name": named["name"],
                    "names": named["names"],
                    "sign": office["countries"][0],
                    "region_id": ids[region["code"]],
                    "is_headquarters": False,
                },
            )


def _headquarters(told: Fields) -> Fields:
    return {**_without(told, "code"), "region_id": None, "is_headquarters": True}


def _without(fields: Fields, *keys: str) -> Fields:
    return {key: value for key, value in fields.items() if key not in keys}


# --- Rows into the database -------------------------------------------------------------------------------------------


def _sync(model: type[models.Model], rows: Rows, overwrite: bool) -> Tally:
    """Bring ``rows`` into ``model``. Parents stand before their children in ``rows`` or are in the database already."""
    known = model.objects.in_bulk(list(rows), field_name="code")
    parents = {fields["parent"] for fields in rows.values() if fields.get("parent")}
    known |= model.objects.in_bulk(list(parents - known.keys()), field_name="code") if parents else {}
    tally = Tally()
    for generation in _generations(rows):
        told = [_instance(model, code, rows[code], known) for code in generation]
        added = [row for row in told if row.code not in known]
        changed = [row for row in told if row.code in known and _differs(row, known[row.code], rows[row.code])]
        model.objects.bulk_create(added)
        known |= {row.code: row for row in added}
        if overwrite:
            for row in changed:
                row.pk = known[row.code].pk
            model.objects.bulk_update(changed, [*rows[generation[0]], *_derived(model)])
            known |= {row.code: row for row in changed}
        tally.added += len(added)
        tally.changed += len(changed) if overwrite else 0
        tally.kept += 0 if overwrite else len(changed)
        tally.unchanged += len(told) - len(added) - len(changed)
    return tally


def _generations(rows: Rows) -> Iterator[list[str]]:
    """The codes of ``rows``, first those whose parent is not among them, then their children, and so on."""
    depth: dict[str, int] = {}
    for code, fields in rows.items():
        depth[code] = depth.get(fields.get("parent"), -1) + 1
    for level in range(max(depth.values()) + 1):
        yield [code for code in rows if depth[code] == level]


def _instance(model: type[models.Model], code: str, fields: Fields, known: Mapping[str, Any]) -> Any:
    if not issubclass(model, Node):
        return model(code=code, **fields)
    row = model(code=code, **{**fields, "parent": known.get(fields.get("parent"))})
    row.derive()
    return row


def _derived(model: type[models.Model]) -> tuple[str, ...]:
    return ("path", "search_text") if issubclass(model, Node) else ()


def _differs(told: models.Model, found: models.Model, fields: Fields) -> bool:
    names = [told._meta.get_field(name).attname for name in (*fields, *_derived(type(told)))]
    return any(getattr(told, name) != getattr(found, name) for name in names)


def _link_countries(regions: list[Fields], overwrite: bool) -> None:
    """Tell each office the countries it serves; an office that serves some already keeps them, unless overwritten."""
    link = CountryOffice.countries.through
    offices = dict(CountryOffice.objects.values_list("code", "pk"))
    countries = dict(Location.objects.countries().values_list("code", "pk"))
    if overwrite:
        link.objects.filter(countryoffice__code__in=[o["code"] for r in regions for o in r["offices"]]).delete()
    linked = set(link.objects.values_list("countryoffice_id", flat=True))
    link.objects.bulk_create(
        link(countryoffice_id=offices[office["code"]], location_id=countries[code])
        for region in regions
        for office in region["offices"]
        if offices[office["code"]] not in linked
        for code in office["countries"]
    )
