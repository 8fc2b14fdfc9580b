"""Facets: each number beside the directory is what its link finds, for everybody and for staff."""

import html
import re

import pytest

from accounts.roles import MemberRole
from organizations import facets
from organizations.facets import facets_of
from organizations.lifecycle import RegistrationState
from organizations.search import count_headings, query
from organizations.search import facets as counting
from programmes.models import Location, Strategy
from tests.factories.organizations import MembershipFactory, RegistrationFactory
from tests.factories.programmes import StrategyFactory
from tests.organizations.world import ask, make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db

QUERIES = [
    "",
    "theme=education",
    "country=ETH&theme=education",
    "country=ETH&location=ET05",
    "q=education",
    "q=education+in+Somali",
    "q=somali",
    "q=education+for+hope&country=ETH",
    "q=hope&exact=1",
    "trait=is_opd&type=ngo",
    "strategy=advocacy",
    "q=nobody+at+all",
    "theme=nonsense",
]


@pytest.fixture(autouse=True)
def world(index_at_once):
    """Work that meets and work that does not: education here and health there is no education there."""
    make_world()
    StrategyFactory(code="advocacy", name="Advocacy")
    make_organization("Hope", "early-learning@ET0508", "health@ML77", is_opd=True, languages=["so", "en"])
    make_organization("Education for All", "health@ET02", country=Location.objects.get(code="MLI"))
    make_organization("Both", "education@ET02", "education@CD54", populations=["adolescents"], cso_type="women")
    make_organization("Secret", "unsafe-abortion@ET05", organization_category="national_ngo")
    waiting = make_organization("Waiting", "education@ML09", verified=False, is_women_led=True)
    RegistrationFactory(organization=waiting, state=RegistrationState.SUBMITTED)
    make_organization("Ministry", "education@ET05", verified=False, partner_type="government", cso_type="")
    for name in ("Hope", "Both"):
        waiting.__class__.objects.get(name=name).strategies.add(Strategy.objects.get(code="advocacy"))
    count_headings()


def links(page):
    """Address and number of each choice."""
    found = re.findall(r'<li><a href="([^"]+)">[^<]+</a> <span class="tally">([\d,]+)', page)
    return [(html.unescape(url), int(number.replace(",", ""))) for url, number in found]


def people():
    member = MembershipFactory(organization__name="Own", organization__listed=False, role=MemberRole.EDITOR).user
    return {"public": None, "staff": make_staff(), "member": member}


@pytest.mark.parametrize("who", ["public", "staff", "member"])
def test_every_number_is_what_its_link_finds(client, who):
    if user := people()[who]:
        client.force_login(user)
    seen = set()
    for asked in QUERIES:
        for url, number in links(client.get(f"/organizations/facets/?{asked}").text):
            if url not in seen:
                assert (url, client.get(url).context["page_obj"].count) == (url, number)
            seen.add(url)
    assert len(seen) > 60


def told(user=None, **asked):
    """By facet what is chosen and what can be, with numbers."""
    return {
        facet.name: {choice.value: choice.number for choice in (*facet.chosen, *facet.choices)}
        for facet in facets_of(ask(user, **asked)).facets
    }


def test_a_tree_opens_to_what_lies_in_the_choice():
    assert told()["theme"] == {"education": 2, "health": 2}
    assert told(theme="education")["theme"] == {"education": None, "early-learning": 1}
    assert told()["place"] == {"ETH": 3, "MLI": 2, "COD": 1}
    assert told(country="ETH")["place"] == {"ETH": None, "ET02": 2, "ET05": 1}
    assert told(location="ET05")["place"] == {"ETH": None, "ET05": None, "ET0508": 1}


def test_theme_and_place_meet_in_one_presence():
    assert told(theme="health")["place"] == {"ETH": 1, "MLI": 1}
    assert told(country="MLI")["theme"] == {"health": 1}
    assert told(q="education")["place"] == {"ETH": 3, "COD": 1, "MLI": 1}  # one is called so, and works in both


def test_what_is_sensitive_is_for_staff_alone():
    assert "unsafe-abortion" not in told(theme="health")["theme"]
    staff = make_staff()
    assert told(staff, theme="health")["theme"] == {"health": None, "unsafe-abortion": 1}
    assert told(staff, country="ETH")["place"] == {"ETH": None, "ET02": 2, "ET05": 2}
    assert told(staff)["status"] == {"verified": 4, "in_verification": 1}
    assert "status" not in told()
    assert "risk" not in told()


def test_of_many_the_index_knows_the_numbers_of_a_theme_and_a_place(monkeypatch):
    for module, name in ((facets, "FIRST"), (counting, "FIRST"), (query, "FEW")):
        monkeypatch.setattr(module, name, 1)
    for user in (None, make_staff()):
        for asked in ({}, {"theme": "education"}, {"country": "ETH"}, {"theme": "education", "country": "ETH"}):
            found = facets_of(ask(user, **asked))
            exact = [facet for facet in found.facets if not facet.first_only]
            assert {"theme", "place"} >= {facet.name for facet in exact} or not asked
            assert found.count > 1
            for facet in exact:
                for choice in facet.choices:
                    number = ask(user, **{**asked, choice.name: choice.value}).qs.count()
                    assert (asked, choice.label, choice.number) == (asked, choice.label, number)


def test_otherwise_the_numbers_are_of_the_first_and_say_so(client, monkeypatch):
    for module, name in ((facets, "FIRST"), (counting, "FIRST"), (query, "FEW")):
        monkeypatch.setattr(module, name, 1)
    found = facets_of(ask(strategy="advocacy"))
    assert found.first_only
    assert {choice.number for facet in found.facets for choice in facet.choices} == {1}
    assert "of the first 1,000" in client.get("/organizations/facets/?strategy=advocacy").text


def test_the_list_brings_the_facets_of_what_it_asks(client):
    page = client.get("/organizations/?theme=education&sort=name&x=1").text
    assert 'hx-get="/organizations/facets/?theme=education"' in page
    part = client.get("/organizations/facets/?theme=education", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert links(part) == links(client.get("/organizations/facets/?theme=education").text)


def test_a_choice_is_taken_away_by_its_link(client):
    page = client.get("/organizations/facets/?country=ETH&location=ET0508&theme=early-learning&trait=is_opd").text
    assert [html.unescape(url) for url in re.findall(r'<a class="pill" href="([^"]+)"', page)] == [
        "/organizations/?theme=education&country=ETH&location=ET0508&trait=is_opd",
        "/organizations/?theme=early-learning&trait=is_opd",
        "/organizations/?theme=early-learning&country=ETH&trait=is_opd",
        "/organizations/?theme=early-learning&country=ETH&location=ET05&trait=is_opd",
        "/organizations/?theme=early-learning&country=ETH&location=ET0508",
    ]


def test_the_api_says_the_same(client):
    told = client.get("/api/v1/organizations/facets/", {"theme": "health"}).json()
    assert (told["count"], told["capped"]) == (2, False)
    [place] = [facet for facet in told["facets"] if facet["name"] == "place"]
    assert place["choices"] == [
        {"name": "country", "value": "ETH", "label": "Ethiopia", "number": 1},
        {"name": "country", "value": "MLI", "label": "Mali", "number": 1},
    ]
    assert client.get("/api/v1/organizations/facets/", {"theme": "nonsense"}).status_code == 400


@pytest.mark.parametrize("asked", ["", "theme=education", "country=ETH&theme=education", "strategy=advocacy"])
def test_facets_cost_the_same_for_many(client, django_assert_max_num_queries, asked):
    client.force_login(make_staff())
    client.get("/organizations/facets/?q=warm")
    with django_assert_max_num_queries(10) as captured:
        client.get(f"/organizations/facets/?{asked}")
    most = len(captured)
    for number in range(20):
        make_organization(f"More {number}", "education@ET0508", "health@ET02")
    client.get("/organizations/facets/?q=warm")
    with django_assert_max_num_queries(most):
        client.get(f"/organizations/facets/?{asked}&exact=1")
