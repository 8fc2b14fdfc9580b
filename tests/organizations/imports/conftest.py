"""A small country with one layout, and files for it."""

import textwrap

import pytest

from organizations.imports.layout import load_layout
from organizations.imports.presence import LAYOUTS
from tests.factories.programmes import CountryFactory, PlaceFactory, ThemeFactory

LAYOUT = """
    title = "Qland list"
    kind = "presence"
    country = "QQQ"
    source = "Qland list"
    empty = ["N/A"]
    placeholders = ["Other"]

    [columns]
    organization = "Partner"
    organization_type = "Type"
    sector = "Sector"
    period = "Month"

    [patterns]
    organization = '^(?P<organization>.+?) \\((?P<acronym>[^()]+)\\)$'

    [[places]]
    level = 1
    name = "Region"
    code = "Code"
    digits = 2

    [[places]]
    level = 2
    name = "District"
    code = "Code"

    [values.organization_type]
    "NNGO" = "national_ngo"
    "INGO" = "international_ngo"
    "UN" = "un_agency"

    [values.sector]
    "Schooling" = "EDU"

    [values.period]
    "May" = "5"
    "June" = "6"
"""
HEADINGS = "Partner,Type,Sector,Month,Region,District,Code"
ROWS = (
    "Hope for All (HFA),NNGO,Schooling,May,North,Upper,QQ0101",
    "HOPE FOR ALL,NNGO,Health,May,North,Lower,QQ0102",
    "Hope for All (HFA),NNGO,Schooling,June,North,Upper,QQ0101",
    "World Vision International (WVI),INGO,Health,June,South,Coast,QQ0201",
)


@pytest.fixture
def layout_path(tmp_path):
    path = tmp_path / "qland.toml"
    path.write_text(textwrap.dedent(LAYOUT), encoding="utf-8")
    return path


@pytest.fixture
def layout(layout_path):
    return load_layout(layout_path, kind="presence", folder=LAYOUTS)


@pytest.fixture
def write(tmp_path):
    """Write a file from its rows, or from its bytes, and return its path."""

    def write(*rows, name="qland_2025-06.csv", content=None):
        path = tmp_path / name
        path.write_bytes(content if content is not None else "\n".join([HEADINGS, *rows, ""]).encode())
        return path

    return write


@pytest.fixture
def country(db):
    """Qland: a region North with two districts. The South is not on the map yet."""
    country = CountryFactory(code="QQQ", name="Qland")
    north = PlaceFactory(parent=country, code="QQ01", name="North")
    PlaceFactory(parent=north, code="QQ0101", name="Upper")
    PlaceFactory(parent=north, code="QQ0102", name="Lower")
    ThemeFactory(code="education", name="Education", hdx_sector="EDU")
    ThemeFactory(code="health", name="Health", hdx_sector="HEA", names={"fr": "Santé"})
    return country
