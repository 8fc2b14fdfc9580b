"""A member's desk, and the people who act for an organization."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Notification
from organizations.lifecycle import MatchState, RegistrationState
from organizations.models import Invitation, Membership
from tests.factories.organizations import (
    MembershipFactory,
    ObservationFactory,
    RegistrationFactory,
    SectionDraftFactory,
)
from tests.factories.sanctions import SanctionsMatchFactory


def members(house):
    return f"/organizations/{house.organization.pk}/members/"


def removal(house, membership):
    return f"{members(house)}{membership.pk}/remove/"


def membership_of(house, person):
    return Membership.objects.get(organization=house.organization, user=person)


# --- My organization --------------------------------------------------------------------------------------------------


def test_desk_without_an_organization_says_what_next(client, house):
    client.force_login(house.nobody)
    answer = client.get("/my-organization/")
    assert "You do not act for any organization yet" in answer.text
    assert house.nobody.email in answer.text


def test_desk_says_what_each_registration_waits_for(client, house):
    draft = RegistrationFactory(organization=house.organization)
    SectionDraftFactory(registration=draft, is_complete=True)
    RegistrationFactory(organization=house.organization, state=RegistrationState.SUBMITTED)
    client.force_login(house.administrator)
    answer = client.get("/my-organization/")
    assert "Next: complete 5 sections." in answer.text
    assert "Waits for the country office to check it." in answer.text


def test_desk_offers_another_office_to_those_who_edit(client, house):
    shown = {}
    for person in (house.administrator, house.editor, house.reader):
        client.force_login(person)
        shown[person] = "Register with another office" in client.get("/my-organization/").text
    assert shown == {house.administrator: True, house.editor: True, house.reader: False}


@pytest.mark.parametrize("days_left", [100, -3])
@pytest.mark.parametrize("state", ["draft", "sent_back", "renewing", "verified"])
def test_desk_on_hold_calls_for_nothing_that_is_blocked(client, house, state, days_left):
    """R-07: while the cooperation is on hold nothing is submitted, so no card says that it is next."""
    told = {} if state in ("draft", "sent_back") else {"valid_until": timezone.localdate() + timedelta(days=days_left)}
    RegistrationFactory(organization=house.organization, state=state, complete=True, **told)
    ObservationFactory(organization=house.organization, state="red")
    client.force_login(house.administrator)
    page = client.get("/my-organization/").text
    assert "on hold" in page
    assert "Next:" not in page


@pytest.mark.parametrize("state", RegistrationState)
def test_desk_knows_every_state(client, house, state):
    RegistrationFactory(organization=house.organization, state=state, complete=True)
    client.force_login(house.reader)
    assert client.get("/my-organization/").status_code == 200


def test_desk_shows_all_organizations_of_a_person(client, house):
    other = MembershipFactory(user=house.editor, organization__name="Second Home")
    client.force_login(house.editor)
    names = [desk.organization.name for desk in client.get("/my-organization/").context["desks"]]
    assert names == ["Hope for Children", other.organization.name]


def test_r07_desk_says_that_the_cooperation_is_on_hold_and_not_that_one_may_agree(client, house):
    RegistrationFactory(
        organization=house.organization, state=RegistrationState.VERIFIED, valid_until=date.today() + timedelta(days=90)
    )
    client.force_login(house.reader)
    assert "You can enter into agreements" in client.get("/my-organization/").text
    SanctionsMatchFactory(organization=house.organization, state=MatchState.CONFIRMED)
    shown = client.get("/my-organization/").text
    assert "UNICEF headquarters has put the cooperation with Hope for Children on hold." in shown
    assert "You can enter into agreements" not in shown


def test_desk_leads_to_the_passport_and_the_plan(client, house):
    client.force_login(house.reader)
    shown = client.get("/my-organization/").text
    for page in ("passport", "assessments"):
        address = f"/organizations/{house.organization.pk}/{page}/"
        assert f'href="{address}"' in shown
        assert client.get(address).status_code == 200


def test_desk_costs_the_same_for_one_organization_and_for_many(queries_of, house):
    RegistrationFactory(organization=house.organization, complete=True)
    few = queries_of(house.editor, "/my-organization/", most=10)
    for _number in range(4):
        extra = MembershipFactory(user=house.editor)
        RegistrationFactory.create_batch(2, organization=extra.organization, complete=True)
    assert queries_of(house.editor, "/my-organization/", most=10) == few


def test_desk_signed_out_leads_to_sign_in(client, db):
    assert client.get("/my-organization/").headers["Location"].startswith("/accounts/login/")


# --- People -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees", "invites"),
    [
        ("administrator", 200, 302),
        ("editor", 200, 403),
        ("reader", 200, 403),
        ("officer", 200, 403),
        ("stranger", 404, 404),
        ("nobody", 404, 404),
    ],
)
def test_members_are_seen_by_colleagues_and_invited_by_administrators(client, house, who, sees, invites):
    client.force_login(getattr(house, who))
    assert client.get(members(house)).status_code == sees
    assert client.post(members(house), {"email": "new@example.org", "role": "editor"}).status_code == invites
    assert Invitation.objects.filter(email="new@example.org").exists() == (invites == 302)


def test_members_of_a_listed_organization_stay_private(client, house):
    house.organization.listed = True
    house.organization.save()
    RegistrationFactory(organization=house.organization, state=RegistrationState.VERIFIED)
    client.force_login(house.stranger)
    assert client.get(members(house)).status_code == 403


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"email": "nobody at all", "role": "editor"}, "valid email"),
        ({"email": "a@example.org", "role": "king"}, "valid choice"),
        ({"email": "a@example.org", "role": "editor", "message": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_invite_badly_is_asked_again(client, house, sent, sentence):
    client.force_login(house.administrator)
    answer = client.post(members(house), sent)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_invite_to_a_role_that_is_held_already_says_so(client, house):
    client.force_login(house.administrator)
    answer = client.post(members(house), {"email": house.editor.email, "role": "editor"})
    assert answer.status_code == 422
    assert "This person already has this role." in answer.text


def test_nobody_writes_to_the_whole_world_in_the_name_of_an_organization(client, house, monkeypatch):
    monkeypatch.setattr("organizations.actions.invitation.MEMBERS_A_DAY", 2)
    client.force_login(house.administrator)
    sent = [{"email": f"{number}@example.org", "role": "viewer"} for number in range(3)]
    answers = [client.post(members(house), one) for one in sent]
    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert "Go on tomorrow." in answers[-1].content.decode()
    assert Notification.objects.count() == 2


def test_members_cost_the_same_for_few_and_for_many(queries_of, house):
    few = queries_of(house.administrator, members(house), most=10)
    MembershipFactory.create_batch(6, organization=house.organization)
    assert queries_of(house.administrator, members(house), most=10) == few


def test_remove_asks_first_and_then_does(client, house):
    held = membership_of(house, house.editor)
    client.force_login(house.administrator)
    assert client.get(removal(house, held)).status_code == 200
    assert client.post(removal(house, held)).headers["Location"] == members(house)
    assert not Membership.objects.filter(pk=held.pk).exists()


def test_remove_the_last_administrator_is_refused(client, house):
    held = membership_of(house, house.administrator)
    client.force_login(house.administrator)
    answer = client.post(removal(house, held))
    assert answer.status_code == 409
    assert "Name another administrator first" in answer.text


def test_remove_oneself_leads_home(client, house):
    MembershipFactory(organization=house.organization)
    client.force_login(house.administrator)
    answer = client.post(removal(house, membership_of(house, house.administrator)))
    assert answer.headers["Location"] == "/my-organization/"


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("officer", 403), ("stranger", 404)])
def test_remove_is_for_administrators(client, house, who, status):
    held = membership_of(house, house.reader)
    client.force_login(getattr(house, who))
    assert client.post(removal(house, held)).status_code == status
    assert Membership.objects.filter(pk=held.pk).exists()


def test_remove_a_member_of_another_organization_is_not_found(client, house):
    client.force_login(house.administrator)
    assert client.post(removal(house, MembershipFactory())).status_code == 404


@pytest.mark.parametrize("path", ["/my-organization/", "members"])
def test_people_refuse_other_methods(client, house, path):
    client.force_login(house.administrator)
    assert client.put(members(house) if path == "members" else path).status_code == 405
