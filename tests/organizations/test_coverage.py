"""Coverage: the table of partners by theme and area, its map and its files."""

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest
from django.core.cache import caches

from organizations.coverage import draw
from organizations.coverage.table import Scope, bounds, cover
from organizations.coverage.tiles import _cells
from organizations.models import Heading
from organizations.search import count_headings, reindex_all
from organizations.search.reader import EVERYBODY, Reader
from programmes import models
from programmes.models import Location
from tests.factories.programmes import CountryOfficeFactory, RegionalOfficeFactory
from tests.organizations.world import make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    """One region with Ethiopia, Mali and Jordan; partners in the first two, one of them not verified."""
    make_world()
    region = RegionalOfficeFactory(code="900R", name="Region")
    countries = Location.objects.filter(code__in=["ETH", "MLI", "JOR"])
    CountryOfficeFactory(region=region, countries=countries)
    make_organization("Both", "education@ET05", "early-learning@ET02", "health@ET02")
    make_organization("Secret", "unsafe-abortion@ML09")
    make_organization("New", "education@ML09", verified=False)
    make_organization("Ministry", "education@ET05", verified=False, partner_type="government", cso_type="")
    reindex_all()
    count_headings()


def told(table):
    names = [theme.code for theme in table.themes]
    rows = [table.whole, *table.rows] if table.whole else table.rows
    return {
        row.place.code: {"all": row.total, **{name: n for name, n in zip(names, row.numbers, strict=True) if n}}
        for row in rows
    }


def test_a_region_shows_each_country_and_its_gaps():
    table = cover(Scope(region="900R"), EVERYBODY)
    assert told(table) == {
        "ETH": {"all": 1, "education": 1, "health": 1},
        "JOR": {"all": 0},
        "MLI": {"all": 0},  # of sensitive work neither the theme nor the place is told
    }
    assert (table.gaps, table.gaps_by_theme) == (2, [2, 2, 3])


def test_a_country_shows_its_regions_and_itself_once():
    assert told(cover(Scope(country="ETH"), EVERYBODY)) == {
        "ETH": {"all": 1, "education": 1, "health": 1},
        "ET02": {"all": 1, "education": 1, "health": 1},
        "ET05": {"all": 1, "education": 1},
    }


def test_a_theme_opens_to_what_is_in_it():
    assert told(cover(Scope(country="ETH", theme="education"), EVERYBODY))["ETH"] == {"all": 1, "early-learning": 1}


def test_the_world_says_in_how_many_countries():
    [row] = [row for row in cover(Scope(), EVERYBODY).regions if row.region.code == "900R"]
    assert (row.total, row.covered, len(row.region.countries)) == (1, [1, 1, 0], 3)


def test_staff_count_every_partner_but_no_other_body():
    assert told(cover(Scope(region="900R"), Reader(for_unicef=True))) == {
        "ETH": {"all": 1, "education": 1, "health": 1},
        "JOR": {"all": 0},
        "MLI": {"all": 2, "education": 1, "health": 1},
    }


@pytest.mark.parametrize("by_staff", [False, True])
def test_every_number_is_what_its_link_finds(client, by_staff):
    if by_staff:
        client.force_login(make_staff())
    found = {}
    for area in ("900R", "ETH"):
        for theme in ("", "health"):
            page = client.get("/coverage/", {"area": area, "theme": theme}).text
            for url, number in re.findall(r'<a href="(/organizations/[^"]+)">(\d+)</a>', page):
                if url not in found:
                    found[url] = client.get(url.replace("&amp;", "&")).context["page_obj"].count
                assert (url, int(number)) == (url, found[url])
    assert len(found) > 6


def test_staff_who_look_at_public_numbers_get_no_links_that_show_more(client):
    client.force_login(make_staff())
    page = client.get("/coverage/", {"area": "900R", "counted": "public"})
    assert "/organizations/?" not in page.text
    assert 'name="counted"' in page.text
    client.logout()
    assert 'name="counted"' not in client.get("/coverage/").text


def test_files_and_api_say_the_same(client):
    file = client.get("/coverage/", {"area": "ETH", "format": "csv"}).getvalue().decode("utf-8-sig")
    lines = [
        (line["Place code"], line["Theme code"], int(line["Partners"])) for line in csv.DictReader(io.StringIO(file))
    ]
    rows = client.get("/api/v1/coverage/", {"area": "ETH"}).json()
    assert lines == [(row["area"], row["theme"], row["partners"]) for row in rows if row["theme"]]
    assert ("ET05", "health", 0) in lines
    assert client.get("/coverage/", {"area": "ETH", "format": "xlsx"}).getvalue()[:2] == b"PK"


@pytest.mark.parametrize("query", ["area=nowhere", "theme=unsafe-abortion", "area=%00", "theme=x&format=csv"])
def test_what_does_not_exist_is_a_sentence(client, query):
    page = client.get(f"/coverage/?{query}")
    assert page.status_code == 422
    assert "There is something to correct" in page.text
    assert client.get(f"/api/v1/coverage/?{query.split('&')[0]}").status_code == 400


def test_the_table_costs_the_same_for_many(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as before:
        client.get("/coverage/", {"area": "900R"})
    most = len(before)
    Heading.objects.update(public_count=1_000_000)
    for number in range(20):
        make_organization(f"Another {number}", "education@ET05")
    caches["memory"].clear()
    with django_assert_max_num_queries(most):
        client.get("/coverage/", {"area": "900R"})


def test_shades_tell_few_from_very_many():
    assert [bounds(most) for most in (0, 1, 3, 40, 1_000_000)] == [
        [1],
        [1],
        [1, 2],
        [1, 3, 6, 20],
        [1, 30, 1000, 30000],
    ]


def test_every_country_of_an_office_has_a_square():
    offices = Path(models.__file__).parents[1] / "data" / "offices.toml"
    regions = tomllib.loads(offices.read_text(encoding="utf-8"))["region"]
    served = {code for region in regions for office in region["offices"] for code in office["countries"]}
    assert served - _cells().keys() == set()
    assert len(set(_cells().values())) == len(_cells())


def test_the_map_of_a_region_is_cut_out_of_the_world():
    whole, part = (draw(cover(Scope(region=region), EVERYBODY)) for region in ("", "900R"))
    assert [tile.code for tile in part.tiles if tile.number is not None] == ["ETH", "JOR", "MLI"]
    assert part.width < whole.width
