"""The door to registration: who may, which office, which organization."""

import pytest
from django.core import mail

from accounts.models import AuditEvent
from organizations.forms.start import TESTS
from organizations.models import Organization, Registration
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory, RegistrationFactory
from tests.factories.programmes import CountryFactory, CountryOfficeFactory

YES = dict.fromkeys(TESTS, "yes")


@pytest.fixture
def new(house):
    """What starts a registration of a new organization."""
    return YES | {
        "office": str(house.office.pk),
        "organization": "new",
        "name": "Rainbow School Parents",
        "country": str(house.country.pk),
        "cso_type": "community",
    }


# --- Signed out -------------------------------------------------------------------------------------------------------


def test_register_signed_out_says_what_it_takes(client, db):
    answer = client.get("/register/")
    assert answer.status_code == 200
    assert "Integrity declaration" in answer.text
    assert "/accounts/signup/?next=/register/start/" in answer.text


def test_register_signed_out_four_times_yes_leads_to_an_account(client, db):
    assert "Your organization can register" in client.get("/register/", YES).text


@pytest.mark.parametrize("test", TESTS)
def test_s0_3_a_no_is_explained_and_is_no_error(client, db, test):
    answer = client.get("/register/", YES | {test: "no"})
    assert answer.status_code == 200
    assert str(TESTS[test][0]) in answer.text
    assert "That is no judgement" in answer.text
    assert "/accounts/signup/" not in answer.text


def test_register_signed_out_unanswered_asks_again(client, db):
    assert "Answer yes or no." in client.get("/register/", {"autonomous": "yes"}).text


def test_register_signed_out_starts_nothing(client, new):
    client.post("/register/start/", new)
    assert not Registration.objects.exists()


# --- Members ----------------------------------------------------------------------------------------------------------


def test_register_a_new_organization(client, house, new):
    client.force_login(house.nobody)
    answer = client.post("/register/start/", new)
    registration = Registration.objects.get()
    assert answer.headers["Location"] == registration.get_absolute_url()
    assert (registration.organization.name, registration.on_behalf) == ("Rainbow School Parents", False)
    assert client.get(answer.headers["Location"]).status_code == 200


def test_register_one_s_own_organization_with_another_office(client, house):
    office = CountryOfficeFactory()
    client.force_login(house.editor)
    answer = client.post("/register/start/", {"office": str(office.pk), "organization": str(house.organization.pk)})
    assert answer.status_code == 302
    assert Registration.objects.get().organization == house.organization


def test_register_somebody_else_s_organization_is_no_choice(client, house):
    client.force_login(house.stranger)
    sent = {"office": str(house.office.pk), "organization": str(house.organization.pk)}
    assert client.post("/register/start/", sent).status_code == 422
    client.force_login(house.reader)
    assert client.post("/register/start/", sent).status_code == 422
    assert not Registration.objects.exists()


def test_register_twice_with_one_office_says_so(client, house):
    registration = RegistrationFactory(organization=house.organization, office=house.office)
    client.force_login(house.editor)
    answer = client.post(
        "/register/start/", {"office": str(house.office.pk), "organization": str(house.organization.pk)}
    )
    assert answer.status_code == 409
    assert registration.get_absolute_url() in answer.text
    assert Registration.objects.count() == 1


def test_register_with_what_is_missing_keeps_what_was_typed(client, house, new):
    client.force_login(house.nobody)
    answer = client.post("/register/start/", new | {"country": "", "autonomous": ""})
    assert answer.status_code == 422
    assert 'value="Rainbow School Parents"' in answer.text
    assert set(answer.context["form"].errors) == {"country", "autonomous"}


def test_s0_3_a_no_signed_in_opens_no_organization(client, house, new):
    client.force_login(house.nobody)
    before = Organization.objects.count()
    answer = client.post("/register/start/", new | {"not_for_profit": "no"})
    assert answer.status_code == 200
    assert "That is no judgement" in answer.text
    assert Organization.objects.count() == before


@pytest.mark.parametrize("office", ["", "999999", "x"])
def test_register_with_an_unknown_office_is_refused(client, house, new, office):
    client.force_login(house.nobody)
    assert client.post("/register/start/", new | {"office": office}).status_code == 422


def test_register_offers_no_closed_office(client, house, new):
    house.office.is_active = False
    house.office.save()
    client.force_login(house.nobody)
    assert client.post("/register/start/", new).status_code == 422


@pytest.mark.parametrize("name", ["Rainbow Schol Parents", "Parents, Rainbow School", "Parents of Rainbow School Intl"])
def test_r03_a_name_nearly_the_same_in_the_country_is_asked_about(client, house, new, name):
    OrganizationFactory(name=name, country=house.country)
    client.force_login(house.nobody)
    answer = client.post("/register/start/", new)
    assert answer.status_code == 422
    assert "tick here if yours is another one" in answer.text
    assert client.post("/register/start/", new | {"another": "on"}).status_code == 302


def test_r03_a_public_organization_of_nearly_that_name_is_shown(client, house, new):
    known = OrganizationFactory(name="Rainbow School Parent", country=house.country, listed=True)
    RegistrationFactory(organization=known, state="verified")
    client.force_login(house.nobody)
    answer = client.post("/register/start/", new)
    assert "These organizations are already here and look alike" in answer.text
    assert f'href="{known.get_absolute_url()}"' in answer.text


def test_r03_the_name_of_an_organization_that_is_not_public_is_not_told(client, house, new):
    OrganizationFactory(name="Rainbow School Parent", country=house.country)
    client.force_login(house.nobody)
    assert "A record that is not public looks alike" in client.post("/register/start/", new).text
    assert ">Rainbow School Parent<" not in client.post("/register/start/", new).text


def test_r03_the_same_name_in_another_country_is_nobody_s_business(client, house, new):
    OrganizationFactory(name="Rainbow School Parents", country=CountryFactory())
    client.force_login(house.nobody)
    assert client.post("/register/start/", new).status_code == 302


# --- On behalf --------------------------------------------------------------------------------------------------------


def test_register_on_behalf_of_a_new_organization(client, house, new):
    client.force_login(house.officer)
    assert client.post("/register/start/", new).status_code == 302
    registration = Registration.objects.get()
    assert registration.on_behalf
    assert AuditEvent.objects.about(registration).get().actor == house.officer


def test_register_on_behalf_finds_what_is_known(client, house):
    client.force_login(house.officer)
    found = client.get("/register/start/", {"q": "hópe CHILDREN"})
    assert [value for value, _label in found.context["form"].fields["organization"].choices] == [
        str(house.organization.pk),
        "new",
    ]
    sent = {"office": str(house.office.pk), "organization": str(house.organization.pk), "q": "hope"}
    assert client.post("/register/start/", sent).status_code == 302


@pytest.mark.parametrize(
    "asked", [{"q": "%"}, {"q": "\x00"}, {"q": "a " * 2000}, {"organization": "x"}, {"organization": "9" * 5000}]
)
def test_register_on_behalf_survives_odd_searches(client, house, asked):
    client.force_login(house.officer)
    assert client.get("/register/start/", asked).status_code == 200
    assert client.post("/register/start/", asked).status_code == 422


@pytest.mark.parametrize("code", ["\x00", "x" * 5000, "%", "１"])
def test_office_in_an_address_may_be_anything(client, house, code):
    assert client.get("/register/form/", {"office": code}).status_code == 200
    assert client.get("/register/form.xlsx", {"office": code}).status_code == 200
    client.force_login(house.nobody)
    assert client.get("/register/start/", {"office": code}).status_code == 200


def test_register_on_behalf_only_for_the_own_office(client, house, new):
    client.force_login(house.other_officer)
    assert client.post("/register/start/", new).status_code == 422


def test_register_is_not_for_other_staff(client, house, new):
    client.force_login(house.staff_viewer)
    assert client.get("/register/start/").status_code == 409
    assert client.post("/register/start/", new).status_code == 409


def test_register_refuses_other_methods(client, house):
    client.force_login(house.nobody)
    assert client.delete("/register/start/").status_code == 405
    assert client.post("/register/").status_code == 405


# --- The start page and what stands before the start ------------------------------------------------------------------


def test_s0_2_start_page_shows_informal_groups_their_way(client, db):
    answer = client.get("/register/").text
    assert "No certificate? You can register all the same" in answer
    assert "a letter from each" in answer


def test_start_page_signed_in_leads_to_the_start(client, house):
    client.force_login(house.nobody)
    assert 'href="/register/start/"' in client.get("/register/", YES).text
    named = client.get("/register/", {"office": house.office.code, "organization": "7", "other": "1"})
    assert named.headers["Location"] == f"/register/start/?organization=7&office={house.office.code}"


def test_start_signed_out_keeps_the_office_through_the_sign_up(client, house):
    assert (
        f"next=/register/start/%3Foffice%3D{house.office.code}"
        in client.get("/register/", {"office": house.office.code}).text
    )
    assert client.get("/register/start/").headers["Location"].startswith("/accounts/login/")


def test_start_takes_the_office_of_the_link(client, house):
    client.force_login(house.nobody)
    form = client.get("/register/start/", {"office": house.office.code}).context["form"]
    assert form["office"].value() == str(house.office.pk)


def test_start_first_offers_the_organization_one_acts_for(client, house):
    MembershipFactory(user=house.editor, organization__name="A Second Home")
    client.force_login(house.editor)
    client.get(f"/my-organization/?organization={house.organization.pk}")
    form = client.get("/register/start/").context["form"]
    assert form["organization"].value() == str(house.organization.pk)


def test_nobody_starts_before_the_address_is_verified_by_page(client, house, new):
    person = UserFactory(confirmed=False)
    client.force_login(person)
    for answer in (client.get("/register/start/"), client.post("/register/start/", new)):
        assert answer.status_code == 409
        assert "Confirm your e-mail address first" in answer.text
    assert not Registration.objects.exists()


def test_code_is_sent_again_and_confirms_the_address(client, house):
    person = UserFactory(confirmed=False)
    person.emailaddress_set.create(email=person.email, verified=False, primary=True)
    client.force_login(person)
    sent = client.post("/accounts/email/", {"action_send": "", "email": person.email})
    assert sent.status_code == 302
    assert mail.outbox[-1].to == [person.email]


def test_nobody_starts_before_the_address_is_verified_by_api(client, house):
    client.force_login(UserFactory(confirmed=False))
    told = {"office": house.office.code, "name": "Too Early"}
    answer = client.post("/api/v1/registrations/", told, content_type="application/json")
    assert (answer.status_code, Registration.objects.count()) == (409, 0)


def test_a_second_office_counts_what_is_answered_except_the_declaration(client, house):
    first = RegistrationFactory(organization=house.organization, office=house.office, complete=True)
    client.force_login(house.editor)
    office = CountryOfficeFactory()
    assert "everything already answered counts again" in client.get("/register/start/").text
    client.post("/register/start/", {"office": str(office.pk), "organization": str(house.organization.pk)})
    second = Registration.objects.get(office=office)
    assert set(second.drafts.values_list("section", flat=True)) == set(
        first.drafts.exclude(section="declaration").values_list("section", flat=True)
    )


def test_hidden_look_alike_may_be_asked_to_join(client, house, new):
    OrganizationFactory(name="Rainbow School Parent", country=house.country)
    client.force_login(house.nobody)
    answer = client.post("/register/start/", new)
    [token] = answer.context["hidden"]
    assert f'href="/join/{token}/"' in answer.text


# --- For whom one acts ------------------------------------------------------------------------------------------------


def test_every_page_names_the_organization_one_has_turned_to(client, house):
    other = MembershipFactory(user=house.editor, organization__name="A Second Home").organization
    client.force_login(house.editor)
    client.get("/my-organization/")
    assert client.session["acting_for"] == [other.pk, "A Second Home"]
    client.get(f"/my-organization/?organization={house.organization.pk}")
    assert "<bdi>Hope for Children</bdi></span>" in client.get("/themes/").text
    client.get(other.get_absolute_url())
    assert "<bdi>A Second Home</bdi></span>" in client.get("/themes/").text
    other.memberships.all().delete()
    assert "<bdi>A Second Home</bdi></span>" not in client.get("/themes/").text
