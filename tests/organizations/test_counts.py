"""The numbers of partners beside the links to the directory."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from organizations.counts import DirectoryCounts
from organizations.filters.organization import OrganizationFilter
from organizations.models import Organization
from organizations.search import count_headings, reindex_all
from programmes.models import Location, ThematicArea
from tests.factories.organizations import OrganizationFactory, PresenceFactory, RegistrationFactory
from tests.factories.programmes import CountryFactory, PlaceFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]


def make_this_world():
    """Two countries, two sectors, and partners who work on both, on one, on what is sensitive, or are not public."""
    here, there = CountryFactory(code="QAA"), CountryFactory(code="QBB")
    place = PlaceFactory(parent=here, code="QA01")
    education, health = ThemeFactory(code="education"), ThemeFactory(code="health")
    meals = ThemeFactory(code="school-meals", parent=education)
    secret = ThemeFactory(code="secret", parent=health, is_sensitive=True)
    for listed, works in [
        (True, [(education, here), (meals, place), (health, there)]),
        (True, [(meals, place)]),
        (True, [(secret, there)]),
        (True, []),
        (False, [(education, here)]),
    ]:
        organization = OrganizationFactory(country=here, listed=listed)
        RegistrationFactory(organization=organization, state="verified")
        for theme, location in works:
            PresenceFactory(organization=organization, theme=theme, location=location)
    PresenceFactory(organization=OrganizationFactory(listed=True), theme=education, location=there)  # not verified
    reindex_all()
    count_headings()


@pytest.fixture(scope="module", autouse=True)
def kept_world(kept):
    kept(make_this_world)


def in_the_directory(**asked):
    request = RequestFactory().get("/", asked)
    request.user = AnonymousUser()
    return OrganizationFilter(request.GET, queryset=Organization.objects.public(), request=request).qs.count()


def test_numbers():
    counts = DirectoryCounts()
    assert counts.by_theme() == {"education": 2, "school-meals": 2, "health": 1}
    assert counts.by_theme(place=Location.objects.get(code="QBB")) == {"health": 1}
    assert counts.by_country() == {"QAA": 4, "QBB": 1}  # where work is sensitive is not told
    assert counts.by_country(theme=ThematicArea.objects.get(code="education")) == {"QAA": 2}


def test_every_number_is_what_the_link_finds():
    counts = DirectoryCounts()
    assert counts.by_theme() == {code: in_the_directory(theme=code) for code in counts.by_theme()}
    assert counts.by_country() == {code: in_the_directory(country=code) for code in counts.by_country()}
    for country in Location.objects.filter(code__in=["QAA", "QBB"]):
        found = counts.by_theme(place=country)
        assert found == {code: in_the_directory(country=country.code, theme=code) for code in found}
    for theme in ThematicArea.objects.sectors():
        found = counts.by_country(theme=theme)
        assert found == {code: in_the_directory(country=code, theme=theme.code) for code in found}
    assert counts.by_place(Location.objects.get(code="QAA")) == {"QA01": in_the_directory(location="QA01")}


def test_a_number_costs_two_looks_at_an_index(django_assert_max_num_queries):
    country, theme = Location.objects.get(code="QAA"), ThematicArea.objects.get(code="education")
    with django_assert_max_num_queries(3):  # the stamp of the data, the codes, their numbers
        DirectoryCounts().by_theme(place=country)
    with django_assert_max_num_queries(3):
        DirectoryCounts().by_country(theme=theme)
    with django_assert_max_num_queries(1):
        DirectoryCounts().by_country(theme=theme)
