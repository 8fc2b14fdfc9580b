"""Deciding on a name that resembles an entry (R-06): who, what follows, what each side sees."""

import pytest

from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from organizations.actions.registration import reinstate, verify
from organizations.actions.sanctions import clear_match, confirm_match, recommend_confirmation, withdraw_confirmation
from organizations.lifecycle import MatchState, RegistrationState
from organizations.models import Registration, SanctionsList
from portal.kit.access import NotAllowed, NotNow
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, RegistrationFactory
from tests.factories.programmes import StaffAssignmentFactory
from tests.factories.sanctions import SanctionsMatchFactory
from tests.organizations.world import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_staff(StaffRole.HQ_EDITOR, office=None)


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


@pytest.fixture
def match():
    return SanctionsMatchFactory(name="Zubair Tallani", organization__name="Hope for Children")


# --- What is decided --------------------------------------------------------------------------------------------------


def test_r06_only_an_administrator_confirms_and_headquarters_recommends(match, editor, administrator):
    with pytest.raises(NotAllowed):
        confirm_match(match, by=editor, reason="The same date of birth.")
    recommended = recommend_confirmation(match, by=editor, reason="The same date of birth.")
    assert recommended.state == MatchState.RECOMMENDED
    message = Notification.objects.get()
    assert (message.recipient, message.path) == (administrator, match.get_absolute_url())
    assert confirm_match(recommended, by=administrator, reason="The same.").state == MatchState.CONFIRMED


def test_r06_a_confirmed_match_suspends_every_registration_that_holds(match, administrator):
    verified = [
        RegistrationFactory(organization=match.organization, state=RegistrationState.VERIFIED) for _office in range(2)
    ]
    draft = RegistrationFactory(organization=match.organization)
    other = RegistrationFactory(state=RegistrationState.VERIFIED)
    MembershipFactory(organization=match.organization)
    confirm_match(match, by=administrator, reason="Secret detail of the list.")
    states = dict(Registration.objects.values_list("pk", "state"))
    assert {states[registration.pk] for registration in verified} == {RegistrationState.SUSPENDED}
    assert (states[draft.pk], states[other.pk]) == (RegistrationState.DRAFT, RegistrationState.VERIFIED)
    told = [event.reason for event in AuditEvent.objects.about(verified[0]).for_partner()]
    told += Notification.objects.values_list("body", flat=True)
    assert any("stopped work" in text for text in told)
    assert not any("Secret" in text or "Tallani" in text for text in told)


def test_r06_what_a_confirmed_match_stopped_is_reinstated_only_after_it_was_withdrawn(match, administrator):
    registration = RegistrationFactory(organization=match.organization, state=RegistrationState.VERIFIED)
    head = StaffAssignmentFactory(office=registration.office, role=StaffRole.HEAD_OF_OFFICE).user
    confirmed = confirm_match(match, by=administrator, reason="The same.")
    registration.refresh_from_db()
    with pytest.raises(NotNow, match="on hold"):
        reinstate(registration, by=administrator, reason="Please.")
    assert withdraw_confirmation(confirmed, by=administrator, reason="An error.").state == MatchState.CLEARED
    registration.refresh_from_db()
    assert registration.state == RegistrationState.SUSPENDED  # reinstating is a person's decision
    assert reinstate(registration, by=administrator, reason="An error.").state == RegistrationState.VERIFIED
    assert head.works_at(registration.office)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (MatchState.OPEN, "being screened"),
        (MatchState.RECOMMENDED, "being screened"),
        (MatchState.CONFIRMED, "on hold"),
        (MatchState.CLEARED, None),
        (MatchState.CLOSED, None),
    ],
)
@pytest.mark.parametrize("of_headquarters", [False, True])
def test_r06_r08_a_match_of_it_or_its_headquarters_stands_in_the_way(house, state, sentence, of_headquarters):
    registration = RegistrationFactory(
        organization=house.organization, office=house.office, state=RegistrationState.SUBMITTED, complete=True
    )
    owner = house.organization
    if of_headquarters:
        owner = RegistrationFactory(state=RegistrationState.VERIFIED).organization
        house.organization.headquarters = owner
        house.organization.save()
    SanctionsMatchFactory(organization=owner, state=state)
    if sentence:
        with pytest.raises(NotNow, match=sentence):
            verify(registration, by=house.officer)
    else:
        assert verify(registration, by=house.officer).state == RegistrationState.VERIFIED


def test_clearing_asks_why_and_happens_once(match, editor):
    assert clear_match(match, by=editor, reason="Born in 1990.").state == MatchState.CLEARED
    assert {event.audience for event in AuditEvent.objects.about(match)} == {AuditEvent.Audience.OFFICE}
    with pytest.raises(NotNow):
        clear_match(match, by=editor, reason="Again.")


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_undecided_the_nearest_first(client, editor):
    low, high = SanctionsMatchFactory(score=80), SanctionsMatchFactory(score=99)
    recommended = SanctionsMatchFactory(score=85, state=MatchState.RECOMMENDED)
    SanctionsMatchFactory(state=MatchState.CLEARED)
    client.force_login(editor)
    assert list(client.get("/sanctions/").context["object_list"]) == [high, recommended, low]


def test_the_list_is_searched_by_name_number_state_and_kind(client, editor, match):
    entity = SanctionsMatchFactory(entry__kind="entity", subject="name", name="Furqanayn", entry__reference="TEe.9")
    cleared = SanctionsMatchFactory(state=MatchState.CLEARED)
    client.force_login(editor)

    def found(**asked):
        return set(client.get("/sanctions/", asked).context["object_list"])

    assert found(q="TALLANI zubair") == set()
    assert found(q="ZUBAIR tallani") == found(subject="head") == found(kind="person") == found(q="hope for") == {match}
    assert found(q="tee.9") == found(kind="entity") == {entity}
    assert found(state="cleared") == {cleared}
    assert found(q="%", state="no") == set() or client.get("/sanctions/?state=no&q=%00%25").status_code == 200
    rows = client.get("/sanctions/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert (len(rows), rows[0].startswith("Organization,Whose name it is")) == (3, True)


def test_the_lists_cost_the_same_for_few_and_many(client, editor, django_assert_max_num_queries):
    client.force_login(editor)
    for url, more in (("/sanctions/", SanctionsMatchFactory), ("/sanctions/lists/", make_list)):
        more()
        with django_assert_max_num_queries(10) as few:
            client.get(url)
        for _number in range(15):
            more()
        with django_assert_max_num_queries(10) as many:
            client.get(url)
        assert len(few) == len(many)


def make_list():
    figures = {"taken": 3, "entries_added": 3, "entries_changed": 0, "entries_removed": 0}
    return SanctionsList.objects.create(file_name="consolidated.xml", figures=figures, digest="x")


def test_one_match_shows_both_sides(client, editor, match, django_assert_max_num_queries):
    match.entry.births = ["1970"]
    match.entry.save()
    RegistrationFactory.create_batch(3, organization=match.organization)
    SanctionsMatchFactory.create_batch(3, organization=match.organization)
    client.force_login(editor)
    client.get(match.get_absolute_url())
    with django_assert_max_num_queries(15):
        page = client.get(match.get_absolute_url())
    compared = {str(label): (ours, theirs) for label, ours, theirs in page.context["compared"]}
    assert compared["Name"] == ("Zubair Tallani", match.listed_name)
    assert compared["Founded, or date of birth"] == ("", "1970")
    assert [offer.transition.name for offer in match.lifecycle.offers(match, editor)] == ["clear", "recommend"]


def test_headquarters_clears_on_the_page(client, editor, match):
    client.force_login(editor)
    url = f"{match.get_absolute_url()}clear/"
    assert client.post(url, {"version": 1, "reason": ""}).status_code == 422
    assert client.post(url, {"version": 1, "reason": "Another person."}).status_code == 302
    assert client.post(url, {"version": 2, "reason": "Another person."}).status_code == 409
    assert client.post(f"{match.get_absolute_url()}confirm/", {"reason": "x"}).status_code == 403
    assert client.post("/sanctions/").status_code == client.put(match.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("role", [StaffRole.REGISTRATION_OFFICER, StaffRole.HEAD_OF_OFFICE, StaffRole.VIEWER])
def test_an_office_sees_that_names_are_screened_and_not_what_was_found(client, match, role):
    registration = RegistrationFactory(organization=match.organization, state=RegistrationState.SUBMITTED)
    client.force_login(make_staff(role, office=registration.office))
    assert client.get("/sanctions/").status_code == client.get("/sanctions/lists/").status_code == 403
    assert client.get(match.get_absolute_url()).status_code == 404
    page = client.get(registration.get_absolute_url())
    assert "Tallani" not in page.text
    if role == StaffRole.REGISTRATION_OFFICER:
        assert "The names are being screened" in page.text


def test_the_organization_learns_nothing_of_a_match(client, match):
    registration = RegistrationFactory(organization=match.organization, state=RegistrationState.SUBMITTED)
    for role in MemberRole:
        client.force_login(MembershipFactory(organization=match.organization, role=role).user)
        page = client.get(registration.get_absolute_url())
        assert "screened" not in page.text and "Tallani" not in page.text
        assert client.get("/sanctions/").status_code == 403
        assert client.get(match.get_absolute_url()).status_code == 404
        assert client.get(f"/api/v1/sanctions/{match.pk}/").status_code == 404


def test_nobody_is_asked_to_sign_in(client, match):
    for url in ("/sanctions/", "/sanctions/lists/", match.get_absolute_url(), f"{match.get_absolute_url()}clear/"):
        assert client.get(url)["Location"] == f"/accounts/login/?next={url}"


def test_the_api_shows_and_moves(client, editor, match):
    client.force_login(editor)
    [row] = client.get("/api/v1/sanctions/").json()["results"]
    assert (row["name"], row["state"], row["reference"]) == ("Zubair Tallani", "open", match.entry.reference)
    moved = client.post(
        f"/api/v1/sanctions/{match.pk}/transitions/clear/", {"reason": "Another."}, content_type="application/json"
    )
    assert moved.json()["state"] == "cleared"


def test_the_desk_of_headquarters_shows_what_is_to_be_compared(client, editor, match):
    SanctionsMatchFactory(state=MatchState.RECOMMENDED)
    client.force_login(editor)
    assert [task.instance for task in client.get("/my-work/").context["tasks"]] == [match]
    client.force_login(make_staff(StaffRole.HQ_EDITOR))  # a post of that name at one office decides nothing
    assert client.get("/my-work/").context["tasks"] == []


def test_r06_nobody_reads_or_clears_what_resembles_the_own_organization(client, match, editor):
    MembershipFactory(organization=match.organization, user=editor)
    with pytest.raises(NotAllowed):
        clear_match(match, by=editor, reason="It is not us.")
    client.force_login(editor)
    assert client.get(match.get_absolute_url()).status_code == 404
    assert client.get("/sanctions/").context["object_list"] == []
