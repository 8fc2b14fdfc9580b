"""Finding records by keys in the database, the nightly search, and R-03: one name and one number in one country."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from organizations.actions.organization import Profile, change_profile, create_organization
from organizations.actions.registration import start_registration
from organizations.actions.twin import dismiss_twin, find_twins, note_twin, refresh_keys
from organizations.lifecycle import TwinState
from organizations.models import NameKey, Organization, PossibleTwin, TwinReason
from organizations.twins import TwinFinder
from organizations.twins.alike import look_alikes
from portal.kit.access import NotAllowed
from tests.factories.organizations import (
    IdentifierFactory,
    OrganizationFactory,
    OrganizationNameFactory,
    RegistrationFactory,
)
from tests.factories.programmes import CountryFactory


def found(*names, **asked):
    return [(one.organization_id, str(one.reason)) for one in TwinFinder().candidates(names, **asked)]


# --- The finder -------------------------------------------------------------------------------------------------------


def test_a_record_is_found_by_each_of_its_names_and_numbers(db):
    organization = OrganizationFactory(name="Фонд Надежда", acronym="FNK")
    OrganizationNameFactory(organization=organization, name="Hope Foundation of Kivu")
    IdentifierFactory(organization=organization, scheme="UZ-MOJ", value="00123-45")
    OrganizationFactory(name="Something Else")
    refresh_keys([organization.pk])
    assert found("Fond Nadezhda") == [(organization.pk, "other_script")]
    assert found("Kivu Hope Fundation") == [(organization.pk, "similar_name")]
    assert found("F.N.K.") == [(organization.pk, "acronym_of")]
    assert found("Quite Another", identifiers=[("uz moj", "12345")]) == [(organization.pk, "same_number")]
    assert found("Quite Another") == found("") == found() == []


def test_a_record_at_home_elsewhere_is_less_alike(db):
    organization = OrganizationFactory(name="Action Santé")
    [here] = TwinFinder().candidates(["Action Santé"], country=organization.country_id)
    [there] = TwinFinder().candidates(["Action Santé"], country=CountryFactory().pk)
    assert (here.score, here.reason, there.score, there.reason) == (100, "same_name", 90, "same_name_elsewhere")


def test_a_look_up_costs_five_queries_however_many_records_there_are(db, django_assert_num_queries):
    for number in range(40):
        OrganizationFactory(name=f"Relief and Development {number}")
    with django_assert_num_queries(5):
        assert len(TwinFinder().candidates(["Relief and Development 7"], limit=3)) <= 3


def test_keys_follow_the_names(house):
    change_profile(house.organization, Profile(fields={"name": "Zebra Trust"}), by=house.administrator)
    assert found("Zebra Trust") == [(house.organization.pk, "same_name")]
    assert found("Hope for Children") == []
    assert refresh_keys([house.organization.pk]) == 0


# --- R-03 -------------------------------------------------------------------------------------------------------------


def test_r03_the_same_name_in_the_same_country_opens_no_record(house):
    for name in ("HOPE for Children", "Hope-for-Children ASBL", "Hope for Children (HfC)"):
        with pytest.raises(ValidationError, match="already here in this country"):
            create_organization(by=house.nobody, administrator=house.nobody, name=name, country=house.country)
    assert create_organization(by=house.nobody, name="Hope for Children", country=CountryFactory()).pk


def test_r03_staff_say_that_it_is_another_organization_and_go_on(house):
    told = {"by": house.officer, "office": house.office, "on_behalf": True}
    told |= {"name": "Hope for Children", "country": house.country}
    with pytest.raises(ValidationError, match="say how you know"):
        start_registration(**told)
    registration = start_registration(**told, another="Another board, in another town.")
    pair = PossibleTwin.objects.of(house.organization.pk, registration.organization_id).get()
    assert pair.state == TwinState.DISMISSED
    assert registration.same_named() == []


def test_r03_a_member_s_reason_does_not_count(house):
    with pytest.raises(ValidationError):
        create_organization(by=house.nobody, name="Hope for Children", country=house.country, another="Trust me.")


def test_r03_a_record_is_not_renamed_into_another(house):
    other = OrganizationFactory(name="Light", country=house.country)
    with pytest.raises(ValidationError, match="already here"):
        change_profile(house.organization, Profile(fields={"name": "LIGHT"}), by=house.administrator)
    house.organization.refresh_from_db()
    assert house.organization.name == "Hope for Children"
    assert other.name_keys.exists()


def test_r03_a_number_under_another_spelling_of_its_register_is_refused(house):
    other = OrganizationFactory(name="Light", country=house.country)
    IdentifierFactory(organization=other, scheme="HL-MOJ", value="00471-12")
    refresh_keys([other.pk])
    with pytest.raises(ValidationError, match="already registered with the number"):
        change_profile(house.organization, Profile(identifiers=[("hl moj", "47112")]), by=house.administrator)


def test_r03_a_registration_of_a_name_that_is_there_already_is_not_sent(house):
    registration = RegistrationFactory(organization=house.organization, office=house.office)
    OrganizationFactory(name="Hope for Children", country=house.country)
    blocked = registration.lifecycle.reasons_against(registration.lifecycle.transition("submit"), registration)
    assert any("An organization of this name is already here" in reason for reason in blocked)


def test_r03_a_branch_bears_the_name_of_its_headquarters(house):
    branch = OrganizationFactory(name="Hope for Children", country=house.country, headquarters=house.organization)
    assert not RegistrationFactory(organization=branch).same_named()
    assert find_twins() == 0


def test_r03_the_api_refuses_the_same_name_too(client, house):
    client.force_login(house.nobody)
    told = {"office": house.office.code, "name": "Hope for children", "country": house.country.code}
    answer = client.post("/api/v1/registrations/", told, content_type="application/json")
    assert (answer.status_code, [error["attr"] for error in answer.json()["errors"]]) == (400, ["name"])


def test_r03_the_start_page_and_the_section_refuse_the_same_name(client, house):
    client.force_login(house.nobody)
    told = {
        **dict.fromkeys(("autonomous", "not_public", "not_for_profit", "common_interest"), "yes"),
        **{"office": house.office.pk, "organization": "new", "name": "Hope for Children", "another": "on"},
        **{"country": house.country.pk, "cso_type": "ngo"},
    }
    answer = client.post("/register/start/", told)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    registration = RegistrationFactory(organization=OrganizationFactory(name="Mine", country=house.country))
    client.force_login(house.administrator)
    mine = RegistrationFactory(organization=house.organization, office=house.office)
    answer = client.post(
        f"/registrations/{mine.pk}/sections/identity/",
        {"name": "MINE", "cso_type": "ngo", "country": house.country.pk, "version": "0"},
    )
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    assert registration.organization.name == "Mine"


# --- What people are told ---------------------------------------------------------------------------------------------


def test_people_are_told_names_of_public_records_only(house):
    public = OrganizationFactory(name="Rainbow School Parent", country=house.country, listed=True)
    RegistrationFactory(organization=public, state="verified")
    OrganizationFactory(name="Rainbow School Parentes", country=house.country)
    OrganizationFactory(name="Rainbow School Parents", country=CountryFactory())
    told = look_alikes(house.nobody, ["Rainbow School Parents"], country=house.country.pk)
    assert ([one.name for one, _why in told.shown], len(told.hidden)) == (["Rainbow School Parent"], 1)
    nowhere = look_alikes(house.nobody, ["Rainbow School Parents"])
    assert ([one.name for one, _why in nowhere.shown], nowhere.hidden) == (["Rainbow School Parent"], [])
    assert len(look_alikes(house.officer, ["Rainbow School Parents"], country=house.country.pk).shown) == 3


def test_the_hint_does_not_leak(client, house):
    OrganizationFactory(name="Rainbow School Parentes", acronym="RSPX", country=house.country, mission="Secret.")
    asked = {"name": "Rainbow School Parents", "country": house.country.pk}
    assert client.get("/register/alike/", asked).status_code == 302
    client.force_login(house.nobody)
    answer = client.get("/register/alike/", asked)
    assert "A record that is not public looks alike" in answer.text
    for secret in ("Parentes", "RSPX", "Secret", "/organizations/"):
        assert secret not in answer.text
    assert client.get("/register/alike/", {"name": "Nothing of the kind"}).text.strip() == ""
    assert client.get("/register/alike/", {"name": "\x00", "country": "x", "registration": "y"}).status_code == 200
    assert client.post("/register/alike/").status_code == 405


def test_the_identity_section_shows_look_alikes_without_javascript(client, house):
    OrganizationFactory(name="Hope for the Childern", country=house.country)
    mine = RegistrationFactory(organization=house.organization, office=house.office)
    client.force_login(house.administrator)
    page = client.get(f"/registrations/{mine.pk}/sections/identity/")
    assert "A record that is not public looks alike" in page.text
    assert "Childern" not in page.text


# --- The night --------------------------------------------------------------------------------------------------------


def test_the_night_puts_new_pairs_before_a_person_and_only_once(house, django_assert_max_num_queries):
    twin = OrganizationFactory(name="Hope for Childern", country=house.country)
    assert find_twins() == 1
    pair = PossibleTwin.objects.get()
    assert (pair.state, pair.reason, {pair.first, pair.second}) == (
        TwinState.OPEN,
        TwinReason.SIMILAR_NAME,
        {house.organization, twin},
    )
    assert pair.in_words == "Names nearly alike: “Hope for Children” and “Hope for Childern”"
    with django_assert_max_num_queries(3):
        assert find_twins() == 0
    assert not Organization.objects.filter(twins_due=True).exists()


def test_a_pair_that_was_decided_never_returns(house):
    twin = OrganizationFactory(name="Hope for Childern", country=house.country)
    find_twins()
    dismiss_twin(PossibleTwin.objects.get(), by=house.officer, reason="Two boards.")
    change_profile(house.organization, Profile(fields={"acronym": "HFC"}), by=house.administrator)
    Organization.objects.filter(pk=twin.pk).update(twins_due=True)
    assert (find_twins(), find_twins(everything=True)) == (0, 0)
    assert PossibleTwin.objects.get().state == TwinState.DISMISSED


def test_records_that_were_written_without_keys_are_found_in_the_night(house):
    Organization.objects.bulk_create([Organization(name="HOPE FOR CHILDREN!", country=house.country)])
    NameKey.objects.all().delete()
    assert find_twins() == 1


def test_in_memory_the_night_finds_the_same(house, monkeypatch):
    OrganizationFactory(name="Hope for Childern", country=house.country)
    monkeypatch.setattr("organizations.actions.twin.MEMORY_FROM", 0)
    assert find_twins(everything=True) == 1


def test_the_command_tells_what_it_did(house, capsys):
    OrganizationFactory(name="Hope for Childern", country=house.country)
    call_command("find_twins", "--all", "--json")
    assert '"new_pairs": 1, "open_pairs": 1' in capsys.readouterr().out
    call_command("find_twins")
    assert "looked up" in capsys.readouterr().out


def test_only_staff_who_decide_put_two_records_side_by_side(house):
    other = OrganizationFactory(name="Quite Another")
    with pytest.raises(NotAllowed):
        note_twin(house.organization, other, by=house.administrator)
    pair = note_twin(house.organization, other, by=house.officer)
    assert note_twin(other, house.organization, by=house.officer) == pair


# --- Staff search -----------------------------------------------------------------------------------------------------


def test_staff_look_for_any_names(client, house, django_assert_max_num_queries):
    client.force_login(house.officer)
    with django_assert_max_num_queries(15):
        page = client.get("/twins/search/", {"names": "Nothing\nHope for Childern"})
    assert [row[0] for row in page.context["rows"]] == [house.organization]
    assert "Names nearly alike" in page.text
    assert client.get("/twins/search/").status_code == 200
    assert client.get("/twins/search/", {"names": ""}).status_code == 422
    api = client.get("/api/v1/twins/search/", {"name": ["Hope for Childern"]})
    assert [row["organization"] for row in api.json()] == [house.organization.pk]
    assert client.get("/api/v1/twins/search/").status_code == 400


def test_staff_look_for_the_twins_of_one_organization(client, house):
    twin = OrganizationFactory(name="Hope for Childern", country=house.country)
    client.force_login(house.officer)
    assert "/twins/search/?organization=" in client.get(house.organization.get_absolute_url()).text
    page = client.get("/twins/search/", {"organization": house.organization.pk})
    assert [row[0] for row in page.context["rows"]] == [twin]
    answer = client.post(f"/organizations/{house.organization.pk}/twins/{twin.pk}/")
    assert answer.headers["Location"] == PossibleTwin.objects.get().get_absolute_url()


def test_partners_do_not_search_for_twins(client, house):
    assert client.get("/twins/search/").status_code == 302
    client.force_login(house.administrator)
    other = OrganizationFactory(name="Unseen")
    assert client.get("/twins/search/").status_code == 403
    assert client.post(f"/organizations/{house.organization.pk}/twins/{other.pk}/").status_code == 404
    client.force_login(house.staff_viewer)
    assert client.post(f"/organizations/{house.organization.pk}/twins/{other.pk}/").status_code == 403
