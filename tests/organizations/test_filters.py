"""The one FilterSet of organizations: every filter, who has it, and the same answer at every door."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from organizations.filters.vocabulary import forget_vocabulary
from organizations.lifecycle import RegistrationState
from organizations.models import Organization
from organizations.models.organization import TRAITS
from tests.factories.organizations import RegistrationFactory
from tests.factories.programmes import CountryOfficeFactory, StrategyFactory
from tests.organizations.world import ask, found, make_organization, make_staff, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]


@pytest.fixture(scope="module", autouse=True)
def kept_world(kept):
    kept(make_world)


# --- Each filter ------------------------------------------------------------------------------------------------------


def test_theme_finds_what_lies_below_it():
    make_organization("Nursery", "early-learning@ET05")
    make_organization("Clinic", "health@ET05")
    assert found(theme="education") == ["Nursery"]


def test_theme_and_place_have_to_meet_in_one_presence():
    make_organization("Apart", "education@ET02", "health@ET0508")
    make_organization("Together", "education@ET0508")
    assert found(theme="education", country="ETH", location="ET05") == ["Together"]
    assert found(theme="education", country="ETH") == ["Apart", "Together"]


def test_theme_from_the_box_and_place_from_the_list_have_to_meet_too():
    make_organization("Apart", "education@ET02", "health@CD54")
    make_organization("Together", "education@CD54")
    assert found("education", country="COD") == ["Together"]


def test_a_name_from_the_box_keeps_to_the_filters():
    make_organization("Education here", "health@CD54")
    make_organization("Education there", "health@ET02")
    assert found("education", country="COD") == ["Education here"]
    assert found("education", theme="health", country="COD") == ["Education here"]
    assert found("education", theme="disability", country="COD") == []


def test_location_has_to_lie_in_the_country():
    make_organization("Here", "education@ET05")
    assert ask(country="COD", location="ET05").errors == {
        "location": ["Nobody works in this place, or it is not in the country that is chosen."]
    }
    assert found(location="ET05") == ["Here"]


def test_location_offers_the_regions_of_the_country_and_the_districts_where_somebody_works():
    def offered(**asked):
        return [code for code, _label in ask(**asked).form.fields["location"].choices]

    assert offered(country="ETH") == ["", "ET02", "ET05"]
    assert offered(location="CD54") == ["", "CD54"]
    assert offered() == offered(country="nowhere") == [""]
    make_organization("Here", "education@ET0508")
    forget_vocabulary()
    assert offered(country="ETH") == ["", "ET02", "ET05", "ET0508"]


def test_types_and_categories_add_up_and_traits_narrow():
    make_organization("Faith", cso_type="faith", is_women_led=True)
    make_organization("Women", cso_type="women", is_women_led=True, is_opd=True)
    make_organization("National", cso_type="ngo", organization_category="national_ngo")
    assert found(type=["faith", "women"]) == ["Faith", "Women"]
    assert found(category=["national_ngo", "international_ngo"]) == ["National"]
    assert found(trait=["is_women_led"]) == ["Faith", "Women"]
    assert found(trait=["is_women_led", "is_opd"]) == ["Women"]


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_can_be_asked_for(trait):
    make_organization("Has it", **{trait: True})
    make_organization("Has it not")
    assert found(trait=trait) == ["Has it"]


def test_strategy():
    strategy = StrategyFactory(code="advocacy")
    make_organization("Advocates").strategies.add(strategy)
    make_organization("Others")
    assert found(strategy="advocacy") == ["Advocates"]


def test_status_for_staff():
    staff = make_staff()
    make_organization("Verified")
    make_organization("Draft", verified=False)
    checked = make_organization("Checked", verified=False)
    RegistrationFactory(organization=checked, state=RegistrationState.SENT_BACK)
    lapsed = make_organization("Lapsed", verified=False)
    yesterday = timezone.localdate() - timedelta(days=1)
    RegistrationFactory(organization=lapsed, state=RegistrationState.VERIFIED, valid_until=yesterday)
    assert found(user=staff, status="verified") == ["Verified"]
    assert found(user=staff, status="in_verification") == ["Checked"]
    assert found(user=staff, status="not_verified") == ["Draft", "Lapsed"]
    assert found(user=staff) == ["Checked", "Draft", "Lapsed", "Verified"]


def test_office_and_status_go_together():
    here, there = CountryOfficeFactory(code="1111"), CountryOfficeFactory(code="2222")
    staff = make_staff(office=here)
    both = make_organization("Both", office=here)
    RegistrationFactory(organization=both, office=there, state=RegistrationState.SUBMITTED)
    assert found(user=staff, office="1111", status="verified") == ["Both"]
    assert found(user=staff, office="2222", status="verified") == []
    assert found(user=staff, office="2222", status="in_verification") == ["Both"]
    assert found(user=staff, office="2222") == ["Both"]
    assert found(office="2222") == [], "the public learns of verified registrations alone"
    assert found(office="1111") == ["Both"]


def test_partner_type_for_staff_is_civil_society_unless_asked_otherwise():
    staff = make_staff()
    make_organization("CSO")
    make_organization("Ministry", partner_type="government", cso_type="", verified=False)
    assert found(user=staff) == ["CSO"]
    assert found(user=staff, partner_type="government") == ["Ministry"]
    assert found(user=staff, partner_type="all") == ["CSO", "Ministry"]
    assert found(partner_type="government") == ["CSO"], "the public has no such filter"


def test_the_public_has_no_filters_for_staff():
    assert {"status", "partner_type"} & set(ask().form.fields) == set()
    assert {"status", "partner_type"} <= set(ask(make_staff()).form.fields)


@pytest.mark.parametrize(
    "name",
    ["theme", "country", "location", "type", "category", "trait", "strategy", "office", "status", "partner_type"],
)
@pytest.mark.parametrize("value", ["nonsense", "🎉", "%", "\u0000", "1" * 5000])
def test_a_wrong_value_is_an_error_of_its_field(name, value):
    asked = ask(make_staff(), **{name: value})
    assert list(asked.errors) == [name]
    assert list(asked.qs) == []


def test_a_sensitive_theme_is_a_choice_for_staff_alone():
    assert list(ask(theme="unsafe-abortion").errors) == ["theme"]
    assert ask(make_staff(), theme="unsafe-abortion").errors == {}


def test_without_a_request_the_filters_read_nothing(django_assert_num_queries):
    from organizations.filters import OrganizationFilter

    with django_assert_num_queries(0):
        OrganizationFilter(queryset=Organization.objects.none())


# --- Page, API and export ---------------------------------------------------------------------------------------------


def by_page(client, query):
    return {row.pk for row in client.get("/organizations/", query).context["object_list"]}


def by_api(client, query):
    return {row["id"] for row in client.get("/api/v1/organizations/", query).json()["results"]}


def by_csv(client, query):
    content = client.get("/organizations/", {**query, "format": "csv"}).getvalue().decode("utf-8-sig")
    return {int(row["Number"]) for row in csv.DictReader(io.StringIO(content))}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "education in Somali region, Ethiopia"},
        {"q": "éducation Ituri"},
        {"q": "hope", "exact": "1"},
        {"theme": "education", "country": "ETH", "location": "ET05"},
        {"type": ["faith", "women"]},
        {"trait": "is_women_led"},
        {"status": "in_verification"},
        {"partner_type": "all"},
    ],
)
@pytest.mark.parametrize("for_staff", [False, True])
def test_page_api_and_export_find_the_same(query, for_staff):
    make_organization("Hope", "education@ET05", "health@CD54", cso_type="faith", is_women_led=True)
    make_organization("Teachers", "education@CD54", cso_type="women")
    make_organization("Unknown", "education@ET0508", verified=False)
    make_organization("Ministry", "education@ET0508", verified=False, partner_type="government", cso_type="")
    client = Client()
    if for_staff:
        client.force_login(make_staff())
    assert by_page(client, query) == by_api(client, query) == by_csv(client, query)
