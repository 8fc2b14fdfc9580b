"""The directory and the page of an organization: who sees what, and at what cost."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import MemberRole, StaffRole
from organizations.lifecycle import RegistrationState
from organizations.models import PossibleTwin
from programmes.models import Location, ThematicArea
from tests.factories.organizations import (
    IdentifierFactory,
    MembershipFactory,
    OrganizationNameFactory,
    PresenceFactory,
    RegistrationFactory,
)
from tests.factories.partnerships import AgreementFactory
from tests.organizations.world import make_organization, make_staff, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]


@pytest.fixture(scope="module", autouse=True)
def kept_world(kept):
    kept(make_world)


def html(response):
    return " ".join(response.content.decode().split())


# --- The directory ----------------------------------------------------------------------------------------------------


def test_the_public_sees_verified_organizations_that_agreed_to_be_listed(client):
    make_organization("Listed")
    make_organization("Hidden", listed=False)
    make_organization("Waiting", verified=False)
    page = client.get("/organizations/")
    assert [row.name for row in page.context["object_list"]] == ["Listed"]


def test_staff_see_all_with_where_they_stand(client):
    make_organization("Done")
    waiting = make_organization("Waiting", verified=False)
    RegistrationFactory(organization=waiting, state=RegistrationState.SUBMITTED)
    make_organization("New", verified=False)
    client.force_login(make_staff())
    rows = client.get("/organizations/").context["object_list"]
    assert {row.name: str(row.summary.standing.label) for row in rows} == {
        "Done": "Verified",
        "New": "Not verified",
        "Waiting": "In verification",
    }


def test_a_row_says_kind_places_themes_and_traits(client):
    make_organization(
        "جمعية الأمل",
        *("education@ET0508", "education@ET02", "health@ET02"),
        name_language="ar",
        organization_category="national_ngo",
        is_opd=True,
    )
    page = html(client.get("/organizations/"))
    assert '<bdi lang="ar" dir="rtl">جمعية الأمل</bdi>' in page
    assert "National NGO · Afar and Somali, Ethiopia" in page
    assert page.index('<span class="tag">Education</span>') < page.index('<span class="tag">Health</span>')
    assert '<span class="tag tag-warm">Led by persons with disabilities (OPD)</span>' in page


def test_a_row_shows_the_theme_that_was_asked_for_first(client):
    make_organization("Many", "education@ET0508", "education@ET02", "health@ET02")
    [row] = client.get("/organizations/?theme=health").context["object_list"]
    assert [theme.code for theme in row.summary.themes] == ["health", "education"]


def test_a_row_shows_a_few_themes_and_counts_the_rest(client):
    for number in range(6):
        ThematicArea.objects.create(code=f"t{number}", name=f"T{number}")
    make_organization("Many", *[f"t{number}@ET02" for number in range(6)])
    assert "2 more" in html(client.get("/organizations/"))


def test_a_verification_that_ends_soon_looks_so(client):
    organization = make_organization("Soon", verified=False)
    soon = timezone.localdate() + timedelta(days=30)
    RegistrationFactory(organization=organization, state=RegistrationState.VERIFIED, valid_until=soon)
    [row] = client.get("/organizations/").context["object_list"]
    assert (row.summary.standing.tone, row.summary.standing.until) == ("waiting", soon)


def test_the_page_says_how_it_understood_the_words(client):
    make_organization("Hope", "education@ET05")
    page = client.get("/organizations/", {"q": "Education in Somali region, Ethiopia, national NGOs"})
    assert page.context["understood_as"] == ["theme Education", "place Somali, Ethiopia", "National NGO"]
    assert "exact=1" in page.context["exact_url"]
    assert "Understood as:" in html(page)
    assert "Understood as:" not in html(client.get("/organizations/?q=education&exact=1"))


def test_sorts_have_best_match_only_where_words_were_given(client):
    def labels(query):
        return [str(label) for label, _url, _now in client.get("/organizations/", query).context["page"].sorts]

    assert labels({}) == ["name", "newest"]
    assert labels({"q": "hope"}) == ["best match", "name", "newest"]


def test_pills_show_labels_and_take_a_filter_away(client):
    make_organization("Nursery", "early-learning@ET0508")
    page = client.get("/organizations/?theme=early-learning&country=ETH&location=ET0508").context["page"]
    assert page.pills == [
        ("Early learning", "/organizations/?country=ETH&location=ET0508"),
        ("Ethiopia", "/organizations/?theme=early-learning&location=ET0508"),
        ("Afder", "/organizations/?theme=early-learning&country=ETH"),
    ]


@pytest.mark.parametrize("query", ["theme=nonsense", "country=%00", "location=ET05&country=COD", "type=x&type=y"])
def test_a_wrong_filter_is_a_sentence_and_no_error(client, query):
    page = client.get(f"/organizations/?{query}")
    assert page.status_code == 200
    assert "There is something to correct" in html(page)


@pytest.mark.parametrize(
    "query", ["q=🎉", "q=%00", "q=%25", "q='%22;--", f"q={'x' * 10_000}", "q=%E2%80%AEabc", "sort=no"]
)
def test_any_text_in_the_box_gives_a_page(client, query):
    assert client.get(f"/organizations/?{query}").status_code == 200


@pytest.mark.parametrize("place", ["page=2", "page=x", "after=x", "before=%00", f"after={'x' * 9000}", "after=é:ü"])
def test_a_place_that_is_not_in_the_list_leads_to_its_beginning(client, place):
    response = client.get(f"/organizations/?theme=education&{place}")
    assert (response.status_code, response.headers["Location"]) == (302, "/organizations/?theme=education")


def test_the_list_is_only_read(client):
    assert client.post("/organizations/").status_code == 405


def test_the_export_gives_what_the_page_finds(client):
    make_organization("=Hope", "education@ET0508", acronym="H")
    make_organization("Other", "health@CD54")
    response = client.get("/organizations/?theme=education&format=csv")
    assert response["Content-Disposition"] == 'attachment; filename="partners.csv"'
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))
    shown = [row[heading] for heading in ("Name", "Acronym", "Themes", "Places")]
    assert shown == ["'=Hope", "H", "Education", "Somali, Ethiopia"]


@pytest.mark.parametrize("query", [{}, {"q": "education in Somali region"}, {"q": "organization", "sort": "newest"}])
def test_a_page_of_many_found_costs_the_queries_of_a_page_of_few(client, django_assert_max_num_queries, query):
    """A page on which all fit counts itself, so two that are full are compared; one row costs a query less."""
    client.force_login(make_staff())

    def make(count):
        for number in range(count):
            make_organization(f"Organization {number}", "education@ET0508", "health@ET05")

    def shown():
        return len(client.get("/organizations/", query).context["object_list"])

    make(1)
    shown()  # the words are read once
    costs = []
    for more, rows in ((0, 1), (20, 20), (40, 20)):
        make(more)
        with django_assert_max_num_queries(10) as queries:
            assert shown() == rows
        costs.append(len(queries))
    one, few, many = costs
    assert (one < few, few) == (True, many)


# --- One organization -------------------------------------------------------------------------------------------------


def test_the_public_page_shows_what_is_public(client):
    organization = make_organization(
        "Hope", "education@ET0508", "education@ET05", "unsafe-abortion@ET02", source="OCHA", mission="Wir helfen."
    )
    organization.mission_language = "de"
    organization.save()
    OrganizationNameFactory(organization=organization, name="Hoffnung", language="de", kind="translation")
    OrganizationNameFactory(organization=organization, name="Hopee", kind="misspelling")
    IdentifierFactory(organization=organization, value="R-77")
    page = html(client.get(organization.get_absolute_url()))
    assert '<bdi lang="de" dir="ltr">Hoffnung</bdi>' in page
    assert 'lang="de" dir="auto">Wir helfen.</p>' in page
    assert 'Ethiopia<span class="row-facts">Afder, Somali</span>' in page
    assert "R-77" in page
    for hidden in ("Unsafe abortion", "Hopee", "OCHA", "What happened", "Change the profile"):
        assert hidden not in page


def test_an_organization_that_is_not_public_is_not_found_by_strangers(client):
    organization = make_organization("Draft", verified=False)
    assert client.get(organization.get_absolute_url()).status_code == 404
    client.force_login(MembershipFactory().user)
    assert client.get(organization.get_absolute_url()).status_code == 404


def test_its_own_people_see_it_with_its_history_and_sensitive_themes(client):
    organization = make_organization("Draft", "unsafe-abortion@ET02", verified=False)
    RegistrationFactory(organization=organization)
    client.force_login(MembershipFactory(organization=organization, role=MemberRole.EDITOR).user)
    page = html(client.get(organization.get_absolute_url()))
    for shown in ("Unsafe abortion", "What happened", "Change the profile", "Draft"):
        assert shown in page
    assert "Start an agreement" not in page


def test_staff_see_source_twins_and_the_way_to_an_agreement(client):
    organization = make_organization("Hope", source="OCHA")
    twin = PossibleTwin.objects.create(
        first=organization, second=make_organization("Hoope"), score=97, reason="similar_name"
    )
    client.force_login(make_staff())
    page = html(client.get(organization.get_absolute_url()))
    for shown in ("OCHA", "Hoope", twin.get_absolute_url(), f"/agreements/new/?organization={organization.pk}"):
        assert shown in page
    assert "Change the profile" not in page


def test_a_registration_officer_may_register_it_with_the_own_office(client):
    organization = make_organization("Hope", verified=False)
    client.force_login(make_staff(StaffRole.REGISTRATION_OFFICER))
    assert f"/register/start/?organization={organization.pk}" in html(client.get(organization.get_absolute_url()))


def test_registrations_are_open_to_those_who_may_read_them(client):
    organization = make_organization("Hope")
    verified = organization.registrations.get()
    draft = RegistrationFactory(organization=organization)
    page = html(client.get(organization.get_absolute_url()))
    assert verified.office.name in page and verified.get_absolute_url() not in page
    assert draft.office.name not in page
    client.force_login(make_staff(office=draft.office))
    assert draft.get_absolute_url() in html(client.get(organization.get_absolute_url()))


def test_agreements_show_to_those_who_may_read_them(client):
    organization = make_organization("Hope")
    draft = AgreementFactory(organization=organization)
    assert draft.get_absolute_url() not in html(client.get(organization.get_absolute_url()))
    client.force_login(make_staff(office=draft.office))
    assert draft.get_absolute_url() in html(client.get(organization.get_absolute_url()))


def test_a_page_of_many_costs_the_queries_of_a_page_of_one(client, django_assert_max_num_queries):
    organization = make_organization("Hope", "education@ET0508")
    client.force_login(make_staff(StaffRole.REGISTRATION_OFFICER))
    client.get(organization.get_absolute_url())
    with django_assert_max_num_queries(15) as for_one:
        client.get(organization.get_absolute_url())
    for place in Location.objects.filter(level__gt=0):
        PresenceFactory(organization=organization, location=place, theme=ThematicArea.objects.get(code="health"))
        OrganizationNameFactory(organization=organization)
        RegistrationFactory(organization=organization, state=RegistrationState.VERIFIED)
        IdentifierFactory(organization=organization)
        AgreementFactory(organization=organization)
    client.get(organization.get_absolute_url())
    with django_assert_max_num_queries(15) as for_many:
        client.get(organization.get_absolute_url())
    assert len(for_one) == len(for_many)


def test_the_page_is_only_read(client):
    organization = make_organization("Hope")
    assert client.post(organization.get_absolute_url()).status_code == 405
