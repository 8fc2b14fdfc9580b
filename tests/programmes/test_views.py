"""The public pages of themes, countries and offices."""

import pytest
from django.urls import reverse

from programmes import partners
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    PlaceFactory,
    RegionalOfficeFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


class FixedCounts:
    """Counts as the app above would hand them in."""

    def by_theme(self, *, place=None):
        return {"education": 7 if place else 1200, "school-meals": 3}

    def by_country(self, *, theme=None):
        return {"QAA": 5 if theme else 40}

    def by_place(self, above, *, theme=None):
        return {"QA01": 12}


@pytest.fixture
def counted(monkeypatch):
    monkeypatch.setattr(partners, "_source", FixedCounts())


@pytest.fixture
def education():
    return ThemeFactory(
        code="education", name="Education", names={"fr": "Éducation"}, synonyms={"fr": ["école"]}, is_featured=True
    )


@pytest.fixture
def meals(education):
    return ThemeFactory(code="school-meals", name="School meals", parent=education)


@pytest.fixture
def country():
    return CountryFactory(code="QAA", name="Atlantis")


@pytest.fixture
def office(country):
    return CountryOfficeFactory(
        code="9990", name="Atlantis and Isles", countries=[country, CountryFactory(name="Isles")]
    )


def page(client, name, *args, **query):
    response = client.get(reverse(f"programmes:{name}", args=args), query)
    assert response.status_code == 200
    return response


class TestThemes:
    def test_tree(self, client, meals, counted):
        response = page(client, "theme-list")
        (sector,) = response.context["sectors"]
        assert (sector.theme.code, sector.partners) == ("education", 1200)
        assert [(branch.theme.code, branch.partners) for branch in sector.branches] == [("school-meals", 3)]
        assert "1,200" in response.text

    def test_search_finds_synonyms(self, client, meals):
        response = page(client, "theme-list", q="ecole")
        assert [branch.theme.code for branch in response.context["found"]] == ["education"]

    def test_search_for_nothing_known_shows_the_tree(self, client, meals):
        assert "No theme has these words" in page(client, "theme-list", q="zzz").text

    def test_search_text_is_escaped(self, client, meals):
        assert "<script>alert" not in page(client, "theme-list", q='"><script>alert(1)</script>').text

    def test_detail(self, client, meals, country, counted):
        response = page(client, "theme-detail", "education")
        assert [branch.theme.code for branch in response.context["branches"]] == ["school-meals"]
        assert response.context["countries"] == [(country, 5)]
        assert "?theme=education&amp;country=QAA" in response.text

    def test_detail_below_leads_back_up(self, client, meals):
        assert list(page(client, "theme-detail", "school-meals").context["above"]) == [meals.parent]

    def test_detail_of_a_sensitive_theme_says_so(self, client):
        assert "A sensitive theme" in page(client, "theme-detail", ThemeFactory(is_sensitive=True).code).text

    def test_is_shown_in_the_readers_language(self, client, education):
        response = client.get(reverse("programmes:theme-detail", args=["education"]), headers={"accept-language": "fr"})
        assert "<h1>Éducation</h1>" in response.text


class TestCountries:
    def test_by_region_with_the_shared_office(self, client, office, counted):
        ((region, countries),) = page(client, "country-list").context["regions"]
        assert region == office.region
        assert [(where.name, shared, count) for where, shared, count in countries] == [
            ("Atlantis", office, 40),
            ("Isles", office, None),
        ]

    def test_detail(self, client, office, country, education, counted):
        PlaceFactory(parent=country, code="QA01", name="North")
        response = page(client, "country-detail", "QAA")
        assert response.context["themes"] == [(education, 7)]
        assert "?location=QA01" in response.text
        assert "?office=9990" in response.text

    def test_detail_without_office(self, client, country):
        assert "UNICEF has no programme office for this country." in page(client, "country-detail", "QAA").text

    def test_detail_of_kosovo_carries_the_footnote(self, client):
        CountryFactory(code="XKX", name="Kosovo (UNSCR 1244)")
        assert "resolution 1244 (1999)" in page(client, "country-detail", "XKX").text

    def test_detail_of_a_place(self, client, country, education, counted):
        north = PlaceFactory(parent=country, code="QA01", name="North")
        PlaceFactory(parent=north, code="QA0101", name="Cape")
        response = page(client, "place-detail", "QAA", "QA01")
        assert (response.context["partners"], response.context["themes"]) == (12, [(education, 7)])
        assert "?location=QA01&amp;theme=education" in response.text
        assert "/countries/QAA/QA0101/" in response.text

    def test_a_place_has_one_address(self, client, country):
        PlaceFactory(parent=country, code="QA01")
        CountryFactory(code="QBB")
        for wrong in (["QA01"], ["QBB", "QA01"], ["QAA", "QAA"], ["QAA", "\0"]):
            name = "country-detail" if len(wrong) == 1 else "place-detail"
            assert client.get(reverse(f"programmes:{name}", args=wrong)).status_code == 404


class TestOffices:
    def test_list(self, client, office):
        CountryOfficeFactory(region=office.region, is_active=False)
        assert page(client, "office-list").context["regions"] == [(office.region, [office])]

    def test_detail(self, client, office, counted):
        response = page(client, "office-detail", "9990")
        assert [count for _country, count in response.context["countries"]] == [40, None]
        assert "40 partners" in response.text

    def test_closed_office_takes_no_registrations(self, client):
        office = CountryOfficeFactory(is_active=False)
        assert "takes no new registrations" in page(client, "office-detail", office.code).text


@pytest.mark.parametrize("name", ["theme-detail", "country-detail", "office-detail"])
def test_unknown_code_is_not_found(client, name):
    assert client.get(reverse(f"programmes:{name}", args=["none"])).status_code == 404


@pytest.mark.parametrize("name", ["theme-list", "country-list", "office-list"])
def test_pages_are_for_reading(client, name):
    assert client.post(reverse(f"programmes:{name}")).status_code == 405


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize(
    ("name", "codes", "queries"),
    [
        ("theme-list", [], 1),
        ("theme-detail", ["top"], 3),
        ("country-list", [], 3),
        ("country-detail", ["QTT"], 4),
        ("office-list", [], 3),
        ("office-detail", ["T000"], 2),
    ],
)
def test_pages_cost_the_same_for_one_row_and_for_many(
    client, counted, django_assert_num_queries, name, codes, queries, number
):
    theme, country = ThemeFactory(code="top"), CountryFactory(code="QTT")
    region = RegionalOfficeFactory()
    CountryOfficeFactory(code="T000", region=region, countries=[country, *CountryFactory.create_batch(number)])
    CountryOfficeFactory.create_batch(number, region=region)
    ThemeFactory.create_batch(number, parent=theme)
    PlaceFactory.create_batch(number, parent=country)
    with django_assert_num_queries(queries + 1):  # one asks whether anything has changed
        page(client, name, *codes)
