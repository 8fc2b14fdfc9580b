"""Observations and flags: who writes, raises, decides and answers them, and who reads them (R-07, S0-21, domain §3)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import send_due_notifications
from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from organizations.actions.observation import add_observation, change_observation
from organizations.lifecycle import ObservationState
from organizations.models import Observation
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, ObservationFactory, OrganizationFactory
from tests.factories.programmes import CountryOfficeFactory, StaffAssignmentFactory

pytestmark = pytest.mark.django_db
S = ObservationState
FACTS = {"category": "financial", "text": "Internal.", "for_partner": "Two invoices bear the same number."}


@pytest.fixture
def hq(db):
    return StaffAssignmentFactory(role=StaffRole.HQ_EDITOR, office=None).user


def at(office, role=StaffRole.PROGRAMME_OFFICER):
    return StaffAssignmentFactory(role=role, office=office).user


def make(state=S.NOTE, **fields):
    """An observation by somebody who still works at its office."""
    office = fields.pop("office", None) or CountryOfficeFactory()
    return ObservationFactory(state=state, office=office, author=fields.pop("author", None) or at(office), **fields)


def move(observation, name, by, **told):
    fresh = Observation.objects.get(pk=observation.pk)
    return fresh.lifecycle.perform(fresh, name, by=by, **told)


def told_about(observation, key):
    messages = Notification.objects.filter(key__startswith=f"observation:{observation.pk}:{key}:")
    return {message.recipient for message in messages}


# --- Its life ---------------------------------------------------------------------------------------------------------


def test_from_a_note_to_red_and_lifted(hq):
    office = CountryOfficeFactory()
    author = at(office)
    observation = add_observation(by=author, organization=OrganizationFactory(), office=office, **FACTS)
    assert (observation.state, observation.flagged_at) == (S.NOTE, None)
    for name, by, reason, state in [
        ("flag", author, None, S.YELLOW),
        ("escalate", author, "A third invoice.", S.ESCALATED),
        ("defer", hq, "Ask them first.", S.YELLOW),
        ("escalate", author, "They do not answer.", S.ESCALATED),
        ("mark_red", hq, "Confirmed by the audit.", S.RED),
        ("lift", hq, "Paid back.", S.LIFTED),
    ]:
        observation = move(observation, name, by, **({"reason": reason} if reason else {}))
        assert observation.state == state
    told = AuditEvent.objects.about(observation)
    assert [(event.action, event.reason) for event in told[:2]] == [
        ("lift", "Paid back."),
        ("mark_red", "Confirmed by the audit."),
    ]
    assert told.count() == 7
    assert not told.for_partner().exists()


def test_a_flag_from_the_start(hq):
    office = CountryOfficeFactory()
    flag = add_observation(by=at(office), organization=OrganizationFactory(), office=office, flag=True, **FACTS)
    assert flag.state == S.YELLOW and flag.flagged_at is not None


@pytest.mark.parametrize("name", ["escalate", "mark_red", "defer", "lift", "invalidate", "release"])
def test_every_decision_says_why(name, hq):
    flag = make(S.YELLOW, category="safeguarding")
    source = flag.lifecycle.transition(name).sources[0]
    Observation.objects.filter(pk=flag.pk).update(state=source)
    by = flag.author if name in ("escalate", "invalidate") else hq
    with pytest.raises(ValidationError) as refused:
        move(flag, name, by, reason=" ")
    assert set(refused.value.message_dict) == {"reason"}


def test_something_good_is_never_a_flag():
    good = make(nature="good")
    assert "flag" not in [offer.transition.name for offer in good.lifecycle.offers(good, good.author)]
    with pytest.raises(NotNow):
        move(good, "flag", good.author)
    with pytest.raises(ValidationError, match="no reason for a flag"):
        add_observation(
            by=good.author, organization=good.organization, office=good.office, flag=True, nature="good", **FACTS
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.filter(pk=good.pk).update(flagged_at=timezone.now())


@pytest.mark.parametrize(("category", "may_be_flagged"), [("financial", False), ("safeguarding", True)])
def test_s0_21_nobody_is_flagged_without_being_told_except_about_safeguarding(category, may_be_flagged):
    note = make(category=category, for_partner="")
    if may_be_flagged:
        assert move(note, "flag", note.author).state == S.YELLOW
    else:
        with pytest.raises(NotNow, match="Write first what the organization will read"):
            move(note, "flag", note.author)


def test_a_flag_without_words_for_the_organization_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        make(S.YELLOW, for_partner="")


def test_a_day_that_has_not_come_is_refused():
    note = make()
    with pytest.raises(ValidationError) as refused:
        change_observation(note, by=note.author, observed_on=timezone.localdate() + timedelta(days=2))
    assert set(refused.value.message_dict) == {"observed_on"}


# --- Who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", StaffRole)
def test_r07_only_headquarters_editors_set_defer_and_lift_red(role):
    flag, office_post = make(S.ESCALATED), None
    people = {
        "headquarters": StaffAssignmentFactory(role=role, office=None).user,
        "office": at(flag.office, role),
    }
    for place, person in people.items():
        may = role == StaffRole.HQ_EDITOR and place == "headquarters"
        assert person.has_perm("organizations.decide_flag", flag) is may, (role, place, office_post)


@pytest.mark.parametrize("state", [S.NOTE, S.YELLOW])
def test_only_the_author_corrects_and_takes_back(state, hq):
    observation = make(state)
    colleague = at(observation.office)
    for person in (colleague, hq, at(CountryOfficeFactory())):
        with pytest.raises(NotAllowed):
            change_observation(observation, by=person, text="Mine.")
        with pytest.raises(NotAllowed):
            move(observation, "invalidate", person, reason="Wrong.")
    changed = change_observation(observation, by=observation.author, text="Three invoices.")
    assert changed.text == "Three invoices."
    event = AuditEvent.objects.about(observation)[0]
    assert (event.audience, event.changes["text"]) == ("office", [observation.text, "Three invoices."])
    assert move(observation, "invalidate", observation.author, reason="Another partner.").state == S.INVALIDATED


@pytest.mark.parametrize("state", [S.ESCALATED, S.RED, S.LIFTED, S.INVALIDATED])
def test_the_text_is_closed_once_headquarters_has_it_or_it_is_over(state):
    observation = make(state)
    with pytest.raises(NotNow):
        change_observation(observation, by=observation.author, text="Other.")
    with pytest.raises(NotNow):
        move(observation, "invalidate", observation.author, reason="Wrong.")


@pytest.mark.parametrize("field", [{"category": "other"}, {"nature": "good"}])
def test_who_reads_a_flag_is_settled_when_it_is_raised(field):
    note, flag = make(category="safeguarding"), make(S.YELLOW, category="safeguarding")
    change_observation(note, by=note.author, **field)
    with pytest.raises(NotNow):
        change_observation(flag, by=flag.author, **field)


def test_an_author_who_has_left_reads_and_changes_nothing():
    note = ObservationFactory()
    assert not Observation.objects.visible_to(note.author).exists()
    with pytest.raises(NotAllowed):
        change_observation(note, by=note.author, text="Mine.")


def test_two_who_correct_at_once():
    note = make()
    change_observation(note, by=note.author, text="One.", expected_version=1)
    with pytest.raises(Stale):
        change_observation(note, by=note.author, text="Other.", expected_version=1)


@pytest.mark.parametrize("role", [StaffRole.VIEWER, StaffRole.REVIEWER, StaffRole.HEAD_OF_OFFICE])
def test_who_does_not_look_after_partners_writes_nothing(role):
    office = CountryOfficeFactory()
    with pytest.raises(NotAllowed):
        add_observation(by=at(office, role), organization=OrganizationFactory(), office=office, **FACTS)


def test_nobody_writes_for_another_office_or_for_headquarters():
    officer = at(CountryOfficeFactory())
    for office in (CountryOfficeFactory(), None):
        with pytest.raises(NotAllowed):
            add_observation(by=officer, organization=OrganizationFactory(), office=office, **FACTS)


def test_one_of_its_people_never_acts_on_it_for_unicef(hq):
    flag = make(S.ESCALATED)
    MembershipFactory(organization=flag.organization, user=hq, role=MemberRole.VIEWER)
    assert not hq.has_perm("organizations.decide_flag", flag)
    assert not hq.has_perm("organizations.read_internal_observation", flag)
    assert hq.has_perm("organizations.view_observation", flag)  # what it is told, as everybody there
    note = make(organization=flag.organization)
    assert not Observation.objects.visible_to(hq).filter(pk=note.pk).exists()


# --- Who reads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("category", ["financial", "safeguarding"])
@pytest.mark.parametrize("is_released", [False, True])
def test_who_reads_it(state, category, is_released, hq):
    """The table of visibility: notes are UNICEF's, safeguarding is its office's and headquarters'."""
    headquarters = OrganizationFactory()
    released = timezone.now() if is_released else None
    row = make(state, category=category, released_at=released, organization=headquarters)
    branch = OrganizationFactory(headquarters=headquarters)
    is_told = state != S.NOTE and (category == "financial" or is_released)
    people = {
        at(row.office, StaffRole.VIEWER): True,
        hq: True,
        at(CountryOfficeFactory(), StaffRole.HEAD_OF_OFFICE): category == "financial",
        MembershipFactory(organization=headquarters, role=MemberRole.VIEWER).user: is_told,
        MembershipFactory(organization=branch).user: is_told,
        MembershipFactory(organization=OrganizationFactory()).user: False,
        UserFactory(): False,
    }
    for person, reads in people.items():
        assert Observation.objects.visible_to(person).filter(pk=row.pk).exists() is reads, person
        assert person.has_perm("organizations.view_observation", row) is reads, person


def test_what_headquarters_writes_about_safeguarding_stays_there(hq):
    row = ObservationFactory(office=None, category="safeguarding", author=hq)
    assert Observation.objects.visible_to(hq).get() == row
    assert not Observation.objects.visible_to(at(CountryOfficeFactory())).exists()


# --- What the organization is told, and answers -----------------------------------------------------------------------


def test_its_people_are_told_of_the_flag_and_of_each_decision_but_not_why(hq):
    note = make()
    administrator = MembershipFactory(organization=note.organization).user
    MembershipFactory(organization=note.organization, role=MemberRole.VIEWER)
    flag = move(note, "flag", note.author)
    move(flag, "escalate", note.author, reason="Secret reason.")
    move(flag, "mark_red", hq, reason="Secret decision.")
    assert told_about(note, "flag-told") == {administrator}
    assert told_about(note, "observation-moved") == {note.author, hq}
    send_due_notifications()
    letters = [letter for letter in mail.outbox if letter.to == [administrator.email]]
    assert len(letters) == 2  # raised, red
    for letter in letters:
        assert note.for_partner in letter.body
        for secret in ("Secret", note.text, str(note.author)):
            assert secret not in letter.body + letter.subject


def test_about_safeguarding_it_is_told_only_what_headquarters_releases(hq):
    note = make(category="safeguarding", for_partner="")
    administrator = MembershipFactory(organization=note.organization).user
    flag = move(note, "flag", note.author)
    assert told_about(note, "flag-told") == set()
    with pytest.raises(NotNow, match="nothing yet"):
        move(flag, "release", hq, reason="It may know.")
    change_observation(flag, by=note.author, for_partner="Rules for visits were not kept.")
    assert told_about(note, "flag-told") == set()
    assert move(flag, "release", hq, reason="It may know.").concerns_the_organization
    assert told_about(note, "flag-told") == {administrator}
    with pytest.raises(NotNow, match="reads it already"):
        move(flag, "release", hq, reason="Again.")


def test_s0_21_it_replies_once_to_each_decision_and_staff_are_told(hq):
    flag = make(S.YELLOW)
    editor = MembershipFactory(organization=flag.organization, role=MemberRole.EDITOR).user
    answered = move(flag, "reply", editor, reply="  The second is a correction.  ")
    event = AuditEvent.objects.about(flag).for_partner().get()
    assert (event.action, event.reason.strip()) == ("reply", "The second is a correction.")
    assert answered.state == S.YELLOW and answered.has_reply
    assert told_about(flag, "observation-moved") == {flag.author, hq}
    with pytest.raises(NotNow, match="has replied"):
        move(flag, "reply", editor, reply="And another thing.")
    move(flag, "escalate", flag.author, reason="Not explained.")
    assert move(flag, "reply", editor, reply="Here are the papers.").has_reply


@pytest.mark.parametrize("state", [S.NOTE, S.LIFTED, S.INVALIDATED])
def test_it_replies_only_to_what_stands_against_it(state):
    row = make(state)
    editor = MembershipFactory(organization=row.organization, role=MemberRole.EDITOR).user
    with pytest.raises(NotNow):
        move(row, "reply", editor, reply="But.")


def test_other_words_may_be_answered_again():
    flag = make(S.YELLOW)
    editor = MembershipFactory(organization=flag.organization, role=MemberRole.EDITOR).user
    move(flag, "reply", editor, reply="A correction.")
    changed = change_observation(flag, by=flag.author, for_partner="Three invoices bear the same number.")
    assert not changed.has_reply
    assert told_about(flag, "flag-told") == {editor}


def test_a_branch_reads_what_it_inherits_and_its_headquarters_replies():
    flag = make(S.RED)
    branch = MembershipFactory(organization=OrganizationFactory(headquarters=flag.organization)).user
    with pytest.raises(NotAllowed):
        move(flag, "reply", branch, reply="We are another body.")
