"""Reference data for programs."""

import pytest

from tests.factories.programmes import CountryFactory, CountryOfficeFactory, PlaceFactory, StrategyFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme():
    top = ThemeFactory(code="education", name="Education", synonyms={"fr": ["école"]}, hdx_sector="EDU")
    return ThemeFactory(code="school-meals", name="School meals", parent=top)


@pytest.fixture
def place():
    return PlaceFactory(parent=CountryFactory(code="QAA", name="Atlantis"), code="QA01", name="North")


def codes(client, address):
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200
    return [row["code"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("themes/", ["education", "school-meals"]),
        ("themes/?q=ecole", ["education"]),
        ("themes/?within=education", ["education", "school-meals"]),
        ("themes/?within=school-meals", ["school-meals"]),
        ("themes/?hdx_sector=EDU", ["education"]),
    ],
)
def test_themes(client, theme, address, found):
    assert codes(client, address) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("countries/", ["QAA"]),
        ("locations/", ["QAA", "QA01"]),
        ("locations/?level=1", ["QA01"]),
        ("locations/?within=QAA&q=north", ["QA01"]),
    ],
)
def test_locations(client, place, address, found):
    assert codes(client, address) == found


def test_detail_is_known_by_code(client, theme, place):
    answer = client.get("/api/v1/themes/school-meals/").json()
    assert (answer["parent"], answer["path"]) == ("education", "education/school-meals/")
    assert client.get("/api/v1/locations/QA01/").json()["parent"] == "QAA"


@pytest.mark.parametrize("address", ["themes/none/", "countries/QA01/", "offices/0000/", "strategies/none/"])
def test_unknown_code_is_not_found(client, place, address):
    assert client.get(f"/api/v1/{address}").status_code == 404


@pytest.mark.parametrize("address", ["themes/?within=none", "locations/?level=9", "offices/?country=none"])
def test_unknown_filter_value_is_refused(client, address):
    assert client.get(f"/api/v1/{address}").status_code == 400


def test_offices(client):
    office = CountryOfficeFactory(code="9990", countries=[CountryFactory(code="QAA"), CountryFactory(code="QBB")])
    CountryOfficeFactory()
    assert codes(client, "offices/?country=QBB") == ["9990"]
    assert codes(client, f"offices/?region={office.region.code}") == ["9990"]
    assert client.get("/api/v1/offices/9990/").json()["countries"] == ["QAA", "QBB"]


@pytest.mark.parametrize("address", ["themes", "countries", "locations", "strategies", "offices"])
def test_lists_are_for_reading_and_come_as_csv(client, address):
    ThemeFactory()
    StrategyFactory()
    PlaceFactory()
    CountryOfficeFactory()
    assert client.post(f"/api/v1/{address}/", {}).status_code in {401, 403, 405}
    lines = client.get(f"/api/v1/{address}/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("code,")
    assert len(lines) >= 2


@pytest.mark.parametrize("number", [1, 12])
def test_offices_cost_the_same_for_one_and_for_many(client, django_assert_num_queries, settings, number):
    nothing = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = {"default": nothing, "memory": nothing, "pages": nothing}
    CountryOfficeFactory.create_batch(number)
    with django_assert_num_queries(3):
        client.get("/api/v1/offices/")
