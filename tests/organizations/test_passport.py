"""The partner passport: what it vouches for, its files, and the links by which it is shown."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation
from rest_framework.test import APIClient

from accounts.models import AuditEvent
from organizations.actions.organization import Profile, change_profile
from organizations.actions.passport import open_link, revoke_link, share_passport
from organizations.lifecycle import RegistrationState
from organizations.models import PassportLink
from organizations.passport import compose
from organizations.passport.render import as_pdf
from portal.kit.access import NotAllowed, NotNow
from tests.factories.assessments import AssessmentFactory
from tests.factories.organizations import DocumentFactory, OrganizationNameFactory, PresenceFactory, RegistrationFactory

VERIFIED = RegistrationState.VERIFIED


@pytest.fixture
def verified(house):
    return RegistrationFactory(organization=house.organization, office=house.office, state=VERIFIED)


def page(house):
    return f"/organizations/{house.organization.pk}/passport/"


def standings(organization):
    return {part.code: str(part.standing[0]) for part in compose(organization).parts}


def shared(house, **told):
    return share_passport(house.organization, by=house.administrator, label="A donor", **told)


# --- What it vouches for ----------------------------------------------------------------------------------------------


def test_parts_say_which_office_checked_them_and_until_when(house, verified):
    part = compose(house.organization).parts[0]
    [check] = part.checks
    assert (part.code, check.by, check.until) == ("identity", "UNICEF Homeland", verified.valid_until)
    assert standings(house.organization)["identity"] == "Checked"


def test_parts_of_an_organization_that_nobody_verified_are_its_own_words(house):
    RegistrationFactory(organization=house.organization, office=house.office, state=RegistrationState.SUBMITTED)
    passport = compose(house.organization)
    assert (standings(house.organization)["identity"], passport.until) == ("Stated by the organization", None)


def test_lapsed_verification_is_said_to_have_lapsed(house, verified):
    with time_machine.travel(timezone.now() + timedelta(days=1001), tick=False):
        passport = compose(house.organization)
        assert (standings(house.organization)["identity"], passport.until) == ("Lapsed", None)


def test_what_changed_after_the_check_says_so(house, verified):
    change_profile(house.organization, Profile(fields={"mission": "Something else now."}), by=house.editor)
    house.organization.refresh_from_db()
    found = standings(house.organization)
    assert (found["mandate"], found["identity"]) == ("Changed since the check", "Checked")


def test_sensitive_themes_stay_out(house, verified):
    PresenceFactory(organization=house.organization, theme__name="Open", theme__is_sensitive=False)
    PresenceFactory(organization=house.organization, theme__name="Hidden", theme__is_sensitive=True)
    [places] = [part for part in compose(house.organization).parts if part.code == "places"]
    assert [fact.label for fact in places.facts] == ["Open"]


def test_papers_are_named_with_their_dates_and_those_for_the_office_alone_stay_out(house, verified):
    DocumentFactory(organization=house.organization, title="Certificate 4711", issuer="Ministry of Justice")
    DocumentFactory(organization=house.organization, title="Internal", audience="office", from_office=True)
    [part] = [part for part in compose(house.organization).parts if part.code == "documents"]
    said = [value.text for fact in part.facts for value in fact.values]
    assert (len(said), said[0].startswith("Certificate 4711, Ministry of Justice")) == (1, True)


def test_ratings_that_count_are_there_with_their_own_term(house, verified):
    AssessmentFactory(organization=house.organization, office=house.office, kind="psea", state="final", rating="medium")
    AssessmentFactory(organization=house.organization, office=house.office, kind="capacity", state="submitted")
    found = {part.code: part for part in compose(house.organization).parts if part.code.startswith("assessment")}
    assert list(found) == ["assessment-psea"]
    assert [check.by for check in found["assessment-psea"].checks] == ["UNICEF Homeland"]


def test_misspellings_in_sources_stay_out(house, verified):
    OrganizationNameFactory(organization=house.organization, name="Hop for Chidren", kind="misspelling")
    assert "Hop for Chidren" not in json.dumps([str(part.facts) for part in compose(house.organization).parts])


def test_passport_costs_the_same_however_much_it_holds(house, verified, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        compose(house.organization)
    for number in range(5):
        PresenceFactory(organization=house.organization)
        OrganizationNameFactory(organization=house.organization, name=f"Name {number}")
        RegistrationFactory(organization=house.organization, state=VERIFIED)
    with django_assert_max_num_queries(14):
        compose(house.organization)


# --- Its files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
@pytest.mark.parametrize(
    "name", ["أمل للأطفال", "希望儿童", "ተስፋ", "Дети", "आशा", 'Odd #let x = "1" $a$ *b* \\', "ᚠ rune"]
)
def test_pdf_is_tagged_in_every_language_and_script(house, verified, language, name):
    house.organization.name = name
    with translation.override(language):
        made = as_pdf(compose(house.organization))
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made and b"/StructTreeRoot" in made and b"pdfuaid" in made
    assert f"/Lang({language})".encode() in made.replace(b"/Lang (", b"/Lang(")


@pytest.mark.parametrize("form", ["pdf", "json"])
def test_files_are_for_its_people_and_unicef(client, house, verified, form):
    found = {}
    for name in ("administrator", "reader", "officer", "other_officer", "stranger"):
        client.force_login(getattr(house, name))
        found[name] = client.get(f"/organizations/{house.organization.pk}/passport.{form}").status_code
    assert found == dict.fromkeys(["administrator", "reader", "officer", "other_officer"], 200) | {"stranger": 404}


def test_file_of_a_form_that_there_is_not_is_404(client, house, verified):
    client.force_login(house.reader)
    assert client.get(f"/organizations/{house.organization.pk}/passport.exe").status_code == 404


def test_json_is_what_the_api_gives(client, house, verified):
    client.force_login(house.reader)
    file = client.get(f"/organizations/{house.organization.pk}/passport.json").json()
    api = client.get(f"/api/v1/organizations/{house.organization.pk}/passport/").json()
    assert file["parts"] == api["parts"]
    assert file["standing"] == {"verified": True, "label": "Verified", "until": verified.valid_until.isoformat()}


def test_listed_organization_shows_its_passport_to_its_people_alone(client, house, verified):
    house.organization.listed = True
    house.organization.save()
    client.force_login(house.stranger)
    assert client.get(page(house)).status_code == 403
    assert client.get(f"/api/v1/organizations/{house.organization.pk}/passport/").status_code == 403


@pytest.mark.parametrize("code", ["x", "1234", '"><b>', "ar؟", "-"])
def test_language_that_is_none_is_refused_before_it_reaches_print(house, code):
    caller = APIClient()
    caller.force_authenticate(house.editor)
    address, told = f"/api/v1/organizations/{house.organization.pk}/", {"mission": "x", "mission_language": code}
    answer = caller.patch(address, told, format="json")
    assert (answer.status_code, answer.data["errors"][0]["attr"]) == (400, "mission_language")


# --- Links ------------------------------------------------------------------------------------------------------------


def test_administrator_makes_a_link_that_anybody_can_open(client, house, verified):
    client.force_login(house.administrator)
    made = client.post(page(house), {"label": "A donor", "days": "30"})
    address = made.context["address"]
    assert made.text.count(address) == 1
    client.logout()
    answer = client.get(address.removeprefix("http://testserver"))
    assert (answer.status_code, "Hope for Children" in answer.text) == (200, True)
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex, nofollow", "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    link = PassportLink.objects.get()
    assert (link.uses, link.last_used_at is not None) == (1, True)


def test_secret_is_not_kept(house, verified):
    link, secret = shared(house)
    assert secret not in str(PassportLink.objects.values().get(pk=link.pk))


def test_to_whom_it_is_shown_stands_in_no_history_that_others_read(house, verified):
    link, _secret = shared(house)
    revoke_link(link, by=house.administrator)
    events = AuditEvent.objects.about(house.organization).filter(action__startswith="passport").order_by("pk")
    assert [(event.action, event.actor, event.reason) for event in events] == [
        ("passport_shared", house.administrator, ""),
        ("passport_link_revoked", house.administrator, ""),
    ]


def test_link_ends_when_it_is_revoked(client, house, verified):
    link, secret = shared(house)
    client.force_login(house.administrator)
    assert client.post(f"{page(house)}links/{link.pk}/revoke/").status_code == 302
    assert client.get(f"/passports/{secret}/").status_code == 404
    assert client.get(f"/passports/{secret}/passport.pdf").status_code == 404


def test_link_ends_by_itself(house, verified):
    _link, secret = shared(house, days=7)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert open_link(secret) is None


def test_link_shows_at_once_that_a_verification_no_longer_stands(client, house, verified):
    _link, secret = shared(house)
    verified.state = RegistrationState.WITHDRAWN
    verified.save()
    assert "Not verified at present" in client.get(f"/passports/{secret}/").text


def test_link_cannot_be_made_for_an_unverified_organization(house):
    with pytest.raises(NotNow):
        shared(house)


def test_link_cannot_be_made_without_an_end(client, house, verified):
    client.force_login(house.administrator)
    answer = client.post(page(house), {"label": "", "days": "99999"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"label", "days"})


@pytest.mark.parametrize("person", ["editor", "reader", "officer"])
def test_only_administrators_make_and_revoke_links(client, house, verified, person):
    link, _secret = shared(house)
    with pytest.raises(NotAllowed):
        share_passport(house.organization, by=getattr(house, person), label="x")
    with pytest.raises(NotAllowed):
        revoke_link(link, by=getattr(house, person))
    client.force_login(getattr(house, person))
    assert client.post(page(house), {"label": "x", "days": "7"}).status_code == 403
    assert "A donor" not in client.get(page(house)).text


def test_link_of_another_organization_cannot_be_revoked_here(client, house, verified):
    link, _secret = shared(house)
    other = RegistrationFactory(state=VERIFIED).organization
    other.memberships.create(user=house.administrator, role="administrator")
    client.force_login(house.administrator)
    assert client.post(f"/organizations/{other.pk}/passport/links/{link.pk}/revoke/").status_code == 404


def test_links_cannot_be_made_without_end(house, verified, monkeypatch):
    monkeypatch.setattr("organizations.actions.passport.LINKS_OPEN_MOST", 1)
    shared(house)
    with pytest.raises(NotNow):
        shared(house)


def test_page_costs_the_same_for_many_links(client, house, verified, queries_of):
    shared(house)
    client.force_login(house.administrator)
    client.get(page(house))  # themes and places are read once and kept
    few = queries_of(house.administrator, page(house))
    for _each in range(5):
        shared(house)
    assert queries_of(house.administrator, page(house)) == few
