"""The frame of every change: lock, who, when, what, record. Registrations stand for all records."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.actions import change_account, comment, create_token, open_account, revoke_token
from accounts.models import ApiToken, AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from organizations.actions.organization import Profile, change_profile
from organizations.lifecycle import RegistrationState
from organizations.models import Organization
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.organizations import RegistrationFactory
from tests.factories.partnerships import person_at, person_of


@pytest.fixture
def registration(db):
    return RegistrationFactory(state=RegistrationState.SUBMITTED, complete=True)


@pytest.fixture
def officer(registration):
    return person_at(registration.office, StaffRole.REGISTRATION_OFFICER)


def move(registration, name, **told):
    return registration.lifecycle.perform(registration, name, **told)


def test_move_sets_the_state_and_writes_who_what_from_to_and_why(registration, officer):
    moved = move(registration, "send_back", by=officer, reason="Add the statutes.")
    assert (moved.state, moved.version, moved.state_since > registration.state_since) == ("sent_back", 2, True)
    event = AuditEvent.objects.about(registration).get()
    assert (event.actor, event.action, event.from_state, event.to_state, event.reason) == (
        officer, "send_back", "submitted", "sent_back", "Add the statutes."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told", "refusal"),
    [
        ("verify", {"expected_version": 7}, Stale),
        ("submit", {}, NotAllowed),
        ("decline", {"reason": " "}, ValidationError),
    ],
)
def test_move_that_is_refused_leaves_no_trace(registration, officer, name, told, refusal):
    with pytest.raises(refusal):
        move(registration, name, by=officer, **told)
    registration.refresh_from_db()
    assert (registration.state, registration.version) == ("submitted", 1)
    assert (AuditEvent.objects.count(), Notification.objects.count()) == (0, 0)


def test_who_comes_before_when(registration):
    """A stranger does not learn from the reasons what stands in the way."""
    registration.state = RegistrationState.DRAFT
    registration.save()
    with pytest.raises(NotAllowed):
        move(registration, "verify", by=UserFactory())


def test_move_from_another_state_says_so(registration, officer):
    move(registration, "decline", by=officer, reason="No statutes.")
    with pytest.raises(NotNow) as refused:
        move(registration, "verify", by=officer)
    assert refused.value.reasons == ["“Verify” is not possible while it is “Declined”."]


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_counts():
    registration = RegistrationFactory(state=RegistrationState.SUBMITTED)
    officers = [person_at(registration.office, StaffRole.REGISTRATION_OFFICER) for _number in range(2)]
    together, said = threading.Barrier(2), []

    def decide(name, by):
        together.wait()
        try:
            move(registration, name, by=by, reason="Because.")
            said.append("done")
        except NotNow:
            said.append("not now")
        connection.close()

    threads = [
        threading.Thread(target=decide, args=each) for each in zip(("decline", "send_back"), officers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "not now"]
    assert AuditEvent.objects.about(registration).count() == 1


def test_change_keeps_the_fields_before_and_after(registration):
    editor = person_of(registration.organization, MemberRole.EDITOR)
    change_profile(registration.organization, Profile(fields={"acronym": "B"}), by=editor)
    assert AuditEvent.objects.about(registration.organization).get().changes == {"acronym": ["", "B"]}


def test_change_that_makes_the_record_wrong_is_refused_whole(registration):
    editor = person_of(registration.organization, MemberRole.EDITOR)
    with pytest.raises(ValidationError) as refused:
        change_profile(registration.organization, Profile(fields={"acronym": "B", "name": ""}), by=editor)
    assert list(refused.value.error_dict) == ["name"]
    assert Organization.objects.get(pk=registration.organization_id).acronym == ""


def test_comment_for_the_office_alone_is_for_unicef_people(registration, officer):
    member = person_of(registration.organization, MemberRole.EDITOR)
    permission = "organizations.comment_registration"
    comment(registration, permission, by=officer, text="Call them.", audience="office")
    comment(registration, permission, by=member, text="Here it is.")
    with pytest.raises(ValidationError):
        comment(registration, permission, by=member, text="Hush.", audience="office")
    assert [event.reason for event in AuditEvent.objects.about(registration).for_partner()] == ["Here it is."]


def test_trail_cannot_be_changed_or_removed(registration, officer):
    event = comment(registration, "organizations.comment_registration", by=officer, text="Said.")
    for forbidden in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(reason="Never said."),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()


# --- Accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_people_change_their_own_name_and_nothing_more():
    person, colleague = UserFactory(), UserFactory()
    change_account(person, by=person, name="Nodira")
    for by, told in ((colleague, {"name": "N"}), (person, {"is_superuser": True}), (person, {"is_staff": True})):
        with pytest.raises(NotAllowed):
            change_account(person, by=by, **told)
    person.refresh_from_db()
    assert (person.name, person.is_staff, person.is_superuser) == ("Nodira", False, False)


@pytest.mark.django_db
def test_address_is_taken_however_it_is_written():
    UserFactory(email="amina@example.org")
    with pytest.raises(ValidationError) as refused:
        open_account(by=UserFactory(administrator=True), email="Amina@EXAMPLE.org", name="Amina")
    assert refused.value.messages == ["This e-mail address is taken."]


@pytest.mark.django_db
def test_account_is_opened_by_administrators_alone():
    with pytest.raises(NotAllowed):
        open_account(by=UserFactory(), email="amina@example.org", name="Amina")


@pytest.mark.django_db
def test_token_is_kept_as_a_digest_and_ends():
    person = UserFactory()
    token, secret = create_token(by=person, name="Dashboard", scope=ApiToken.Scope.READ, days=7)
    assert (secret.startswith("pp_"), secret in str(vars(token)), token.is_valid) == (True, False, True)
    assert (token.expires_at - token.created_at).days in {6, 7}
    with pytest.raises(NotAllowed):
        revoke_token(token, by=UserFactory())
    revoke_token(token, by=person)
    assert not ApiToken.objects.valid().exists()


@pytest.mark.django_db
def test_token_of_an_unknown_kind_is_refused():
    with pytest.raises(ValidationError):
        create_token(by=ApiTokenFactory().user, name="Dashboard", scope="everything")
