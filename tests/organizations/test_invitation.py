"""Becoming a member: invitations and requests to join. Nobody is added without having said yes."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.actions import send_due_notifications
from accounts.models import AuditEvent, Notification, User
from accounts.roles import MemberRole
from organizations.actions.invitation import (
    accept_invitation,
    accept_join_request,
    ask_to_join,
    decline_invitation,
    decline_join_request,
    expire_invitations,
    invite,
    resend,
    withdraw_invitation,
)
from organizations.lifecycle import InvitationState, JoinRequestState
from organizations.models import JoinRequest, Membership
from organizations.views.invitation import join_token
from portal.kit.access import NotAllowed, NotNow
from tests.factories.accounts import UserFactory
from tests.factories.organizations import (
    InvitationFactory,
    JoinRequestFactory,
    OrganizationFactory,
    RegistrationFactory,
)


def roles_of(person, organization):
    return set(Membership.objects.filter(user=person, organization=organization).values_list("role", flat=True))


# --- Invitations ------------------------------------------------------------------------------------------------------


def test_invite_gives_nothing_before_it_is_accepted(house):
    invitation = invite(house.organization, by=house.administrator, email=house.nobody.email, role="editor")
    assert roles_of(house.nobody, house.organization) == set()
    accept_invitation(invitation, by=house.nobody)
    assert roles_of(house.nobody, house.organization) == {MemberRole.EDITOR}
    invitation.refresh_from_db()
    assert (invitation.state, invitation.answered_by) == (InvitationState.ACCEPTED, house.nobody)
    assert Notification.objects.filter(recipient=house.administrator, subject__contains="has accepted").exists()


def test_invite_writes_to_somebody_without_an_account_and_makes_none(house):
    people = User.objects.count()
    invite(house.organization, by=house.administrator, email="New@Example.org", role="viewer", message="Welcome!")
    message = Notification.objects.get()
    assert (message.recipient, message.address, User.objects.count()) == (None, "new@example.org", people)
    assert "Welcome!" in message.body
    send_due_notifications()
    assert mail.outbox[0].to == ["new@example.org"]
    assert "somebody named your address" in mail.outbox[0].body


def test_invite_knows_an_account_by_any_of_its_verified_addresses(house):
    house.nobody.emailaddress_set.create(email="second@example.org", verified=True)
    invitation = invite(house.organization, by=house.administrator, email="second@example.org", role="viewer")
    assert Notification.objects.get().recipient == house.nobody
    accept_invitation(invitation, by=house.nobody)
    assert roles_of(house.nobody, house.organization) == {MemberRole.VIEWER}


def test_accept_is_for_the_verified_address_alone(house):
    claimed = UserFactory(email="wanted@example.org", confirmed=False)
    invitation = InvitationFactory(organization=house.organization, email="wanted@example.org")
    for somebody in (claimed, house.stranger, house.administrator, UserFactory(administrator=True)):
        with pytest.raises(NotAllowed):
            accept_invitation(invitation, by=somebody)
    assert not Membership.objects.filter(user=claimed).exists()


def test_invite_the_same_role_twice_is_refused(house):
    invite(house.organization, by=house.administrator, email="a@example.org", role="editor")
    with pytest.raises(ValidationError, match="has not answered yet"):
        invite(house.organization, by=house.administrator, email="A@example.org", role="editor")
    with pytest.raises(ValidationError, match="already has this role"):
        invite(house.organization, by=house.administrator, email=house.editor.email, role="editor")


def test_accept_a_role_that_came_another_way_meanwhile_is_no_error(house):
    invitation = InvitationFactory(organization=house.organization, email=house.editor.email, role=MemberRole.EDITOR)
    accept_invitation(invitation, by=house.editor)
    assert Membership.objects.filter(user=house.editor, organization=house.organization).count() == 1


def test_an_invitation_lapses_after_14_days_and_can_be_sent_again(house):
    invitation = invite(house.organization, by=house.administrator, email=house.nobody.email, role="editor")
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1), tick=False):
        with pytest.raises(NotNow, match="has lapsed"):  # before the nightly work as well
            accept_invitation(invitation, by=house.nobody)
        assert [expire_invitations(), expire_invitations()] == [1, 0]
        invitation.refresh_from_db()
        assert invitation.state == InvitationState.EXPIRED
        accept_invitation(resend(invitation, by=house.administrator), by=house.nobody)
    assert roles_of(house.nobody, house.organization) == {MemberRole.EDITOR}
    assert Notification.objects.filter(recipient=house.nobody).count() == 2


def test_an_invitation_withdrawn_or_declined_cannot_be_accepted(house):
    told = {"organization": house.organization, "email": house.nobody.email}
    withdrawn, declined = (InvitationFactory(role=role, **told) for role in (MemberRole.EDITOR, MemberRole.VIEWER))
    withdraw_invitation(withdrawn, by=house.administrator)
    decline_invitation(declined, by=house.nobody, reason="Another time.")
    for over in (withdrawn, declined):
        with pytest.raises(NotNow):
            accept_invitation(over, by=house.nobody)
    assert "Another time." in Notification.objects.get(recipient=declined.invited_by).body


def test_sending_again_counts_towards_the_day(house, monkeypatch):
    monkeypatch.setattr("organizations.actions.invitation.MEMBERS_A_DAY", 2)
    invitation = invite(house.organization, by=house.administrator, email="a@example.org", role="editor")
    resend(invitation, by=house.administrator)
    with pytest.raises(NotNow, match="Go on tomorrow"):
        resend(invitation, by=house.administrator)
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("administrator", 200), ("editor", 200), ("reader", 200), ("nobody", 404), ("stranger", 404), ("officer", 404)],
)
def test_page_of_an_invitation_is_for_the_organization_and_the_invited(client, house, who, status):
    invitation = InvitationFactory(organization=house.organization)
    client.force_login(getattr(house, who))
    answer = client.get(invitation.get_absolute_url())
    assert answer.status_code == status
    assert (invitation.email in answer.text) == (status == 200)


def test_link_of_an_invitation_signed_out_says_what_to_do_and_nothing_else(client, house):
    invitation = InvitationFactory(organization=house.organization)
    shown = [client.get(url) for url in (invitation.get_absolute_url(), "/invitations/999999/")]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert f"/accounts/signup/?next=/invitations/{invitation.pk}/" in shown[0].text
    assert house.organization.name not in shown[0].text


def test_invited_person_accepts_by_page(client, house):
    invitation = InvitationFactory(organization=house.organization, email=house.nobody.email)
    client.force_login(house.nobody)
    assert "Invitations for you" in client.get("/my-organization/").text
    assert "You are invited as “Editor”" in client.get(invitation.get_absolute_url()).text
    done = client.post(invitation.transition_url("accept"), follow=True)
    assert "You act for this organization now" in done.text
    assert house.organization.name in client.get("/my-organization/").text


def test_invite_by_api(client, house):
    client.force_login(house.administrator)
    told = {"organization": house.organization.pk, "email": "new@example.org", "role": "viewer"}
    made = client.post("/api/v1/invitations/", told, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "sent")
    again = client.post("/api/v1/invitations/", told, content_type="application/json")
    assert again.status_code == 400
    client.force_login(house.editor)
    told["email"] = "another@example.org"
    assert client.post("/api/v1/invitations/", told, content_type="application/json").status_code == 403
    client.force_login(house.stranger)
    assert client.post("/api/v1/invitations/", told, content_type="application/json").status_code == 400


def test_invitation_page_costs_few_queries(queries_of, house):
    invitation = InvitationFactory(organization=house.organization, email=house.nobody.email)
    queries_of(house.nobody, invitation.get_absolute_url())
    queries_of(house.administrator, invitation.get_absolute_url())


def test_members_page_costs_the_same_for_few_and_many_invitations_and_requests(queries_of, house):
    url = f"/organizations/{house.organization.pk}/members/"
    InvitationFactory(organization=house.organization)
    JoinRequestFactory(organization=house.organization)
    few = queries_of(house.administrator, url)
    InvitationFactory.create_batch(5, organization=house.organization)
    JoinRequestFactory.create_batch(5, organization=house.organization)
    assert queries_of(house.administrator, url) == few


# --- Requests to join -------------------------------------------------------------------------------------------------


@pytest.fixture
def listed(house):
    """The organization stands in the public directory."""
    house.organization.listed = True
    house.organization.save()
    RegistrationFactory(organization=house.organization, office=house.office, state="verified")
    return house.organization


def test_ask_to_join_tells_the_administrators_alone(house):
    asked = ask_to_join(house.organization, by=house.nobody, role="editor", message="I keep the accounts.")
    message = Notification.objects.get()
    assert message.recipient == house.administrator
    assert "I keep the accounts." in message.body
    accept_join_request(asked, by=house.administrator)
    assert roles_of(house.nobody, house.organization) == {MemberRole.EDITOR}
    assert "You now act for" in Notification.objects.get(recipient=house.nobody).subject


def test_ask_to_join_declined_gives_nothing(house):
    asked = ask_to_join(house.organization, by=house.nobody, role="editor")
    decline_join_request(asked, by=house.administrator, reason="We do not know you.")
    assert roles_of(house.nobody, house.organization) == set()
    assert "We do not know you." in Notification.objects.get(recipient=house.nobody).body
    asked.refresh_from_db()
    assert asked.state == JoinRequestState.DECLINED


def test_ask_to_join_is_answered_by_administrators_and_not_by_oneself(house):
    asked = ask_to_join(house.organization, by=house.nobody, role="administrator")
    for somebody in (house.nobody, house.editor, house.stranger):
        with pytest.raises(NotAllowed):
            accept_join_request(asked, by=somebody)


def test_ask_to_join_twice_or_as_a_member_or_where_nobody_is_says_so(house):
    ask_to_join(house.organization, by=house.nobody, role="editor")
    with pytest.raises(ValidationError, match="asked this organization already"):
        ask_to_join(house.organization, by=house.nobody, role="viewer")
    with pytest.raises(NotNow, match="already"):
        ask_to_join(house.organization, by=house.reader, role="editor")
    with pytest.raises(NotNow, match="country office"):
        ask_to_join(OrganizationFactory(), by=house.nobody, role="editor")


def test_page_to_ask_names_no_member(client, house, listed):
    client.force_login(house.nobody)
    url = f"/organizations/{listed.pk}/join/"
    assert f'href="{url}"' in client.get(listed.get_absolute_url()).text
    sent = client.post(url, {"role": "editor", "message": "Me."}, follow=True)
    assert "Waits for" in client.get("/my-organization/").text
    for answer in (client.get(url), sent):
        for person in (house.administrator, house.editor, house.reader):
            assert person.email not in answer.text
            assert person.name not in answer.text


def test_page_to_ask_is_not_there_for_an_organization_one_does_not_see(client, house):
    client.force_login(house.nobody)
    assert client.get(f"/organizations/{house.organization.pk}/join/").status_code == 404
    assert client.get("/join/made-up/").status_code == 404


def test_page_to_ask_badly_is_asked_again(client, house, listed):
    client.force_login(house.nobody)
    answer = client.post(f"/organizations/{listed.pk}/join/", {"role": "king", "message": "Kept."})
    assert answer.status_code == 422
    assert "Kept." in answer.text


def test_join_by_the_name_that_one_typed_tells_no_other_name(client, house):
    client.force_login(house.nobody)
    url = f"/join/{join_token(house.organization, 'Hope for Childern')}/"
    assert client.get(url).status_code == 200
    sent = client.post(url, {"role": "editor"}, follow=True)
    asked = JoinRequest.objects.get()
    assert (asked.organization, asked.called) == (house.organization, "Hope for Childern")
    for answer in (sent, client.get("/my-organization/"), client.get(f"/api/v1/join-requests/{asked.pk}/")):
        assert "Hope for Childern" in answer.text
        assert house.organization.name not in answer.text


def test_join_request_page_is_for_the_person_and_the_administrators(client, house):
    asked = JoinRequestFactory(organization=house.organization, person=house.nobody)
    seen = {}
    for who in ("nobody", "administrator", "editor", "stranger", "officer"):
        client.force_login(getattr(house, who))
        seen[who] = client.get(asked.get_absolute_url()).status_code
    assert seen == {"nobody": 200, "administrator": 200, "editor": 404, "stranger": 404, "officer": 404}


def test_join_request_by_api(client, house, listed):
    client.force_login(house.nobody)
    told = {"organization": listed.pk, "role": "viewer", "message": "Me."}
    assert client.post("/api/v1/join-requests/", told, content_type="application/json").status_code == 201
    assert client.post("/api/v1/join-requests/", told, content_type="application/json").status_code == 400
    assert AuditEvent.objects.filter(action="asked_to_join").count() == 1


def test_join_request_page_costs_few_queries(queries_of, house):
    asked = JoinRequestFactory(organization=house.organization)
    queries_of(house.administrator, asked.get_absolute_url())


def test_invited_person_without_an_account_signs_up_and_comes_back_to_the_invitation(client, house):
    invitation = InvitationFactory(organization=house.organization, email="new@example.org")
    told = {"email": "new@example.org", "name": "New Person", "password1": "a long and winding road"}
    client.post(f"/accounts/signup/?next={invitation.get_absolute_url()}", told)
    assert client.get(invitation.get_absolute_url()).context["user"].is_anonymous  # not before the address is confirmed
    code = re.search(r"^\s*([A-Z0-9]{4,}-?[A-Z0-9]*)\s*$", mail.outbox[-1].body, flags=re.MULTILINE)[1]
    arrived = client.post("/accounts/confirm-email/", {"code": code})
    assert arrived.headers["Location"] == invitation.get_absolute_url()
    assert "You are invited as “Editor”" in client.get(invitation.get_absolute_url()).text


def test_answer_does_not_tell_who_the_administrators_are(client, house):
    """R-03: the organization stays unnamed, and so do its people, until the person is let in."""
    asked = ask_to_join(house.organization, by=house.nobody, role="editor")
    decline_join_request(asked, by=house.administrator, reason="We do not know you.")
    client.force_login(house.nobody)
    assert house.administrator.name not in client.get(asked.get_absolute_url()).text
    client.force_login(house.administrator)
    assert house.administrator.name in client.get(asked.get_absolute_url()).context["events"][0].actor_label
