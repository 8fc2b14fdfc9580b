"""Who holds which office in an organization, from when to when (S2-20)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent
from organizations.actions.organization import Profile, change_profile
from organizations.models import OfficeHolder
from tests.factories.organizations import OfficeHolderFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration(house):
    return RegistrationFactory(organization=house.organization, office=house.office, created_by=house.administrator)


@pytest.fixture
def seen(registration):
    """An office has read of the organization's people."""
    registration.submitted_at, registration.submitted_by = timezone.now(), registration.created_by
    registration.save()


def row(name="Almaz Bekele", role="head", since=date(2019, 3, 1), until=None, title="", email=""):
    return {"role": role, "name": name, "title": title, "email": email, "since": since, "until": until}


def tell(house, *people):
    change_profile(house.organization, Profile(people=people), by=house.editor)
    return list(house.organization.office_holders.order_by("since").values_list("name", "since", "until"))


def typed(*people):
    sent = {"email": "info@hope.example", "version": "0"}
    for number, person in enumerate(people):
        sent |= {f"people-{number}-{key}": str(value or "") for key, value in person.items()}
    return sent


def post(client, registration, person, *people):
    client.force_login(person)
    return client.post(f"/registrations/{registration.pk}/sections/people/", typed(*people))


# --- What the section accepts -----------------------------------------------------------------------------------------


def test_one_head_today_is_complete_whatever_was_before_and_comes_after(client, house, registration):
    future = timezone.localdate() + timedelta(days=30)
    answer = post(
        client,
        registration,
        house.editor,
        row("Before", until=date(2020, 1, 1)),
        row("Now", since=date(2020, 1, 2), until=future),
        row("Next", since=future + timedelta(days=1)),
        row("Board", role="board"),
    )
    assert answer.status_code == 302
    assert house.organization.office_holders.current().get(role="head").name == "Now"


@pytest.mark.parametrize(
    ("people", "field", "sentence"),
    [
        ([row(role="board")], "people-0-role", "Name the head"),
        ([row(until=date(2020, 1, 1))], "people-0-role", "Name the head"),
        ([row(), row("Another")], "people-1-role", "one head at a time"),
        ([row(until=date(2018, 1, 1))], "people-0-until", "cannot be before the first"),
        ([row(since="")], "people-0-since", "Give the first day"),
        ([row(name="")], "people-0-name", "Write the name"),
        ([row(role="")], "people-0-role", "Choose the role"),
        ([row(email="no address")], "people-0-email", "Enter a valid email"),
        ([row(since="soon")], "people-0-since", "Enter a valid date"),
    ],
)
def test_section_says_what_is_wrong_beside_the_field_and_keeps_it(client, house, registration, people, field, sentence):
    answer = post(client, registration, house.editor, *people)
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field][0]
    assert registration.drafts.get().data["people-0-name"] == [people[0]["name"]]
    assert not house.organization.office_holders.exists()


def test_database_keeps_one_open_head_and_the_order_of_days(house):
    OfficeHolderFactory(organization=house.organization)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHolderFactory(organization=house.organization)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHolderFactory(organization=house.organization, role="board", until=date(2019, 1, 1))


# --- Past people stay -------------------------------------------------------------------------------------------------


def test_a_row_taken_away_before_an_office_saw_it_was_never_there(house, registration):
    tell(house, row(), row("Slip", role="board"))
    assert tell(house, row()) == [("Almaz Bekele", date(2019, 3, 1), None)]


def test_whoever_is_left_out_later_stays_with_the_day_it_ended(house, seen):
    yesterday = timezone.localdate() - timedelta(days=1)
    tell(house, row())
    told = tell(house, row("Desta Abebe", since=timezone.localdate()))
    assert told == [("Almaz Bekele", date(2019, 3, 1), yesterday), ("Desta Abebe", timezone.localdate(), None)]
    again = tell(house, row("Desta Abebe", since=timezone.localdate()))
    assert again == told


def test_a_head_hands_over_in_one_form(house, seen):
    tell(house, row())
    told = tell(house, row("Desta Abebe", since=date(2024, 1, 1)), row(until=date(2023, 12, 31)))
    assert told == [
        ("Almaz Bekele", date(2019, 3, 1), date(2023, 12, 31)),
        ("Desta Abebe", date(2024, 1, 1), None),
    ]


@pytest.mark.parametrize("corrected", [row("Almaz Bekele Tadesse"), row(since=date(2018, 1, 1)), row(title="Chair")])
def test_a_correction_changes_the_row_and_makes_no_other(house, seen, corrected):
    tell(house, row())
    before = house.organization.office_holders.get().pk
    tell(house, corrected)
    assert house.organization.office_holders.get().pk == before


def test_what_changed_among_the_people_is_on_the_trail(house, registration):
    tell(house, row())
    tell(house, row("Almaz Bekele Tadesse"))
    event = AuditEvent.objects.about(house.organization).order_by("-pk").first()
    before, after = event.changes["office_holders"]
    assert (before[0].split(" (")[0], after[0].split(" (")[0]) == ("Almaz Bekele", "Almaz Bekele Tadesse")


# --- Who reads of them ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"),
    [("editor", True), ("reader", True), ("officer", True), ("other_officer", True), ("nobody", False)],
)
def test_people_are_for_unicef_and_the_organization_alone(client, house, registration, who, may):
    RegistrationFactory(organization=house.organization, state="verified")
    house.organization.listed = True
    house.organization.save()
    OfficeHolderFactory(organization=house.organization, name="Almaz Bekele")
    person = getattr(house, who)
    assert OfficeHolder.objects.visible_to(person).exists() == may
    client.force_login(person)
    page = client.get(f"/organizations/{house.organization.pk}/profile/")
    assert (page.status_code, "Almaz Bekele" in page.text) == (200, may)
    answer = client.get(f"/api/v1/organizations/{house.organization.pk}/people/")
    assert answer.status_code == (200 if may else 403)
    if may:
        assert [person["name"] for person in answer.json()] == ["Almaz Bekele"]


def test_people_of_an_organization_that_one_may_not_see_are_not_found(client, house):
    client.force_login(house.stranger)
    assert client.get(f"/organizations/{house.organization.pk}/profile/").status_code == 404
    assert client.get(f"/api/v1/organizations/{house.organization.pk}/people/").status_code == 404


def test_section_costs_the_same_for_one_person_and_for_many(queries_of, house, registration):
    url = f"/registrations/{registration.pk}/sections/people/"
    OfficeHolderFactory(organization=house.organization)
    few = queries_of(house.editor, url)
    OfficeHolderFactory.create_batch(8, organization=house.organization, role="board")
    assert queries_of(house.editor, url) == few
    assert queries_of(house.editor, f"/organizations/{house.organization.pk}/profile/") <= 15
