"""Screening organizations and their people: when, whose names, what comes back and what does not."""

from datetime import date

import pytest

from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from organizations.actions.organization import Profile, change_profile
from organizations.actions.registration import submit
from organizations.actions.sanctions import clear_match
from organizations.actions.screening import rescreen, screen_new_list, screen_organization
from organizations.imports.sanctions import commit_sanctions, plan_sanctions
from organizations.lifecycle import MatchState
from organizations.models import SanctionsList, SanctionsMatch, Screening
from tests.factories.organizations import (
    MembershipFactory,
    OfficeHolderFactory,
    OrganizationFactory,
    OrganizationNameFactory,
    RegistrationFactory,
)
from tests.organizations.screening.lists import consolidated, upload, without_zubayr
from tests.organizations.world import make_staff

pytestmark = pytest.mark.django_db


def take(content=None, **told):
    return commit_sanctions(plan_sanctions(upload(content), **told))


@pytest.fixture
def listed():
    take()


def found():
    return [(match.get_subject_display(), match.name, match.entry.reference) for match in SanctionsMatch.objects.all()]


# --- Whose names ------------------------------------------------------------------------------------------------------


def led_by(name, role="head", **more):
    """An organization with that head."""
    return OfficeHolderFactory(name=name, role=role, **more).organization


@pytest.mark.parametrize(
    ("fields", "subject", "reference"),
    [
        ({"name": "مؤسسة الفرقانين للإغاثة"}, "name", "TEe.001"),
        ({"acronym": "FRQF"}, "acronym", "TEe.001"),
    ],
)
def test_names_in_the_record_are_screened(listed, fields, subject, reference):
    organization = OrganizationFactory(**fields)
    assert screen_organization(organization) == 1
    match = SanctionsMatch.objects.get()
    assert (match.subject, match.entry.reference, match.state) == (subject, reference, MatchState.OPEN)


def test_who_leads_it_now_is_screened(listed):
    organization = led_by("Зубайр Таллани")
    OfficeHolderFactory(organization=organization, role="board", name="Vladislav Korneichuk")
    OfficeHolderFactory(organization=organization, role="authorised", name="Abu Harith Tallani")
    OfficeHolderFactory(organization=organization, role="focal_point", name="Zubair Talani")
    OfficeHolderFactory(organization=organization, role="board", name="Zubayr Talani", until=date(2021, 1, 1))
    screen_organization(organization)
    assert sorted(found()) == [
        ("Authorised officer", "Abu Harith Tallani", "TEi.001"),
        ("Director or member of the board", "Vladislav Korneichuk", "TEi.002"),
        ("Head of the organization", "Зубайр Таллани", "TEi.001"),
    ]


def test_other_names_and_authorised_officers_are_screened_and_other_members_are_not(listed):
    organization = OrganizationFactory(name="Hope for Children")
    OrganizationNameFactory(organization=organization, name="Furqanain Relief Society", kind="former")
    MembershipFactory(organization=organization, role=MemberRole.AUTHORISED_OFFICER, user__name="Vladislav Korneychuk")
    MembershipFactory(organization=organization, role=MemberRole.AUTHORISED_OFFICER, user__name="Zubeir Talani")
    MembershipFactory(organization=organization, role=MemberRole.VIEWER, user__name="Zubayr Rahmat Tallani")
    screen_organization(organization)
    assert sorted(found()) == [
        ("Authorised officer", "Vladislav Korneychuk", "TEi.002"),
        ("Authorised officer", "Zubeir Talani", "TEi.001"),
        ("Other name of the organization", "Furqanain Relief Society", "TEe.001"),
    ]


def test_a_body_is_not_taken_for_a_person_nor_a_short_acronym_for_anybody(listed):
    screen_organization(
        led_by("Al-Furqanayn Foundation", organization__name="Zubayr Tallani", organization__acronym="FRQ")
    )
    assert found() == []


# --- When -------------------------------------------------------------------------------------------------------------


def test_without_a_list_nothing_is_screened():
    led_by("Zubayr Tallani")
    assert (rescreen(), screen_new_list(), Screening.objects.count()) == (0, 0, 0)


def test_a_new_list_is_screened_against_at_once_and_only_once():
    led_by("Zubayr Tallani")
    take()
    assert (screen_new_list(), screen_new_list(), rescreen()) == (1, 0, 0)
    assert SanctionsList.objects.current().screened_at is not None


def test_what_has_not_changed_is_not_screened_again(listed, monkeypatch):
    OrganizationFactory.create_batch(3)
    rescreen()
    monkeypatch.setattr("organizations.actions.screening._screener", None)  # asking it would fail
    assert rescreen() == 0


def test_a_run_that_was_killed_goes_on_and_finds_each_once(listed, monkeypatch):
    """Each chunk is one transaction: what it found and that it was screened are kept together or not at all."""
    monkeypatch.setattr("organizations.actions.screening.CHUNK", 2)
    for number in range(5):
        led_by(f"Zubayr Tallani{'' if number % 2 else ' Rahmat'}")
    import organizations.actions.screening as screening

    asked, screen = [], screening._screen

    def killed_at_the_fourth(organization, *told):
        asked.append(organization)
        if len(asked) == 4:
            raise KeyboardInterrupt
        return screen(organization, *told)

    with monkeypatch.context() as patched:
        patched.setattr(screening, "_screen", killed_at_the_fourth)
        with pytest.raises(KeyboardInterrupt):
            rescreen()
    assert (SanctionsMatch.objects.count(), Screening.objects.count()) == (2, 2)
    assert (rescreen(), rescreen()) == (3, 0)
    assert SanctionsMatch.objects.count() == Screening.objects.count() == 5


def test_submitting_screens_that_organization_alone(listed):
    registration = RegistrationFactory(complete=True, organization=led_by("Zubair Tallani"))
    other = led_by("Zubair Tallani")
    administrator = MembershipFactory(organization=registration.organization).user
    submit(registration, by=administrator)
    assert list(SanctionsMatch.objects.values_list("organization", flat=True)) == [registration.organization_id]
    assert not Screening.objects.filter(organization=other).exists()


def test_names_that_change_are_screened_once_somebody_has_asked_to_be_verified(listed):
    organization = OrganizationFactory()
    administrator = MembershipFactory(organization=organization).user
    head = {
        "role": "head",
        "name": "Zubair Tallani",
        "title": "",
        "email": "",
        "since": date(2024, 1, 1),
        "until": None,
    }
    change_profile(organization, Profile(people=[head]), by=administrator)
    assert found() == []  # a draft waits until it is submitted, or for the night
    rescreen()
    change_profile(organization, Profile(names=[("Furqanain Relief", "former", "")]), by=administrator)
    assert {subject for subject, *_rest in found()} == {"Other name of the organization", "Head of the organization"}


def test_headquarters_is_told_once_of_everything_that_was_found_together(listed):
    editor = make_staff(StaffRole.HQ_EDITOR, office=None)
    make_staff(StaffRole.REGISTRATION_OFFICER)
    OfficeHolderFactory.create_batch(3, name="Zubair Tallani")
    rescreen()
    message = Notification.objects.get()
    assert (message.recipient, message.subject) == (editor, "3 names to compare with the sanctions list")


# --- What comes back --------------------------------------------------------------------------------------------------


@pytest.fixture
def cleared(listed):
    organization = led_by("Zubayr Talani")
    screen_organization(organization)
    return clear_match(
        SanctionsMatch.objects.get(), by=make_staff(StaffRole.HQ_EDITOR, office=None), reason="Born in 1990."
    )


def test_a_cleared_pair_never_returns_even_with_a_new_list(cleared):
    take(consolidated().replace(b"Invented for tests", b"Invented"))
    take(consolidated().replace(b"Abu Harith Tallani", b"Abu Harith Qurtubi"))  # other names, further off
    Screening.objects.all().delete()
    assert rescreen() == 0
    cleared.refresh_from_db()
    assert cleared.state == MatchState.CLEARED


def test_a_cleared_pair_returns_when_the_entry_gets_a_nearer_name(cleared):
    take(consolidated().replace(b"Zubair Tallani", b"Zubayr Talani"))
    assert rescreen() == 1
    cleared.refresh_from_db()
    assert (cleared.state, cleared.listed_name, cleared.score) == (MatchState.OPEN, "Zubayr Talani", 100)
    assert "a name that is nearer" in AuditEvent.objects.about(cleared).first().reason


def test_another_name_of_the_same_organization_is_another_pair(cleared):
    cleared.organization.office_holders.update(name="Zubeyr Tallanee")
    assert rescreen() == 1
    assert set(SanctionsMatch.objects.values_list("state", flat=True)) == {"open", "cleared"}


def test_a_closed_match_returns_with_its_entry(listed):
    led_by("Zubair Tallani")
    rescreen()
    take(without_zubayr())
    assert (rescreen(), SanctionsMatch.objects.get().state) == (0, MatchState.CLOSED)
    take()
    assert (rescreen(), SanctionsMatch.objects.get().state) == (1, MatchState.OPEN)


def test_an_undecided_match_stays_when_the_name_is_taken_out_of_the_record(listed):
    """Nobody evades a decision by typing another name."""
    organization = led_by("Zubair Tallani")
    rescreen()
    organization.office_holders.update(name="Somebody Else")
    rescreen()
    assert SanctionsMatch.objects.get().state == MatchState.OPEN


def test_a_run_over_many_costs_the_queries_of_a_run_over_few(listed, django_assert_max_num_queries):
    OrganizationFactory.create_batch(2)
    with django_assert_max_num_queries(16) as few:
        rescreen()
    OrganizationFactory.create_batch(20)
    with django_assert_max_num_queries(16) as many:
        rescreen()
    assert len(many) <= len(few)
