"""What flags lock for an organization and its registrations: R-04, R-07, R-08."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organizations.lifecycle import ObservationState, RegistrationState
from organizations.models import Organization, Registration
from organizations.models.standing import blocks, mark_of
from organizations.views.marks import mark_rows
from tests.factories.organizations import (
    AnswerFactory,
    ObservationFactory,
    OrganizationFactory,
    QuestionFactory,
    RegistrationFactory,
)
from tests.factories.programmes import StaffAssignmentFactory

pytestmark = pytest.mark.django_db
S = ObservationState


def branch_of(headquarters):
    return OrganizationFactory(headquarters=headquarters)


def against(registration, name):
    fresh = Registration.objects.get(pk=registration.pk)
    return fresh.lifecycle.reasons_against(fresh.lifecycle.transition(name), fresh)


# --- red --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", S)
def test_r07_red_alone_blocks(state):
    organization = ObservationFactory(state=state).organization
    assert bool(blocks(organization)) is (state == S.RED)
    assert Organization.objects.blocked().filter(pk=organization.pk).exists() is (state == S.RED)


def test_r07_the_sentence_names_neither_the_matter_nor_who_raised_it():
    organization = ObservationFactory(state=S.RED, category="safeguarding", for_partner="").organization
    assert blocks(organization) == [f"UNICEF headquarters has put the cooperation with {organization} on hold."]


@pytest.mark.parametrize(
    ("move", "state", "is_locked"),
    [
        ("submit", RegistrationState.DRAFT, True),
        ("resubmit", RegistrationState.SENT_BACK, True),
        ("verify", RegistrationState.SUBMITTED, True),
        ("verify", RegistrationState.RESUBMITTED, True),
        ("send_back", RegistrationState.SUBMITTED, False),
        ("decline", RegistrationState.SUBMITTED, False),
        ("withdraw", RegistrationState.DRAFT, False),
    ],
)
def test_r07_a_blocked_organization_is_neither_taken_in_nor_verified(move, state, is_locked):
    registration = RegistrationFactory(state=state, complete=True)
    before = against(registration, move)
    ObservationFactory(organization=registration.organization, state=S.RED)
    added = [reason for reason in against(registration, move) if reason not in before]
    assert bool(blocks(registration.organization)[0] in added) is is_locked


# --- branches ---------------------------------------------------------------------------------------------------


def test_r08_a_branch_inherits_the_block_and_is_told_whose_it_is():
    headquarters = ObservationFactory(state=S.RED).organization
    branch, stranger = branch_of(headquarters), OrganizationFactory()
    assert blocks(branch) == [
        f"UNICEF headquarters has put the cooperation with {headquarters}, and so with {branch}, on hold."
    ]
    assert blocks(stranger) == []
    assert set(Organization.objects.blocked()) == {headquarters, branch}


def test_r08_headquarters_and_other_branches_do_not_inherit_from_a_branch():
    headquarters = OrganizationFactory()
    branch, sister = branch_of(headquarters), branch_of(headquarters)
    ObservationFactory(organization=branch, state=S.RED)
    assert [bool(blocks(one)) for one in (branch, headquarters, sister)] == [True, False, False]
    assert list(Organization.objects.blocked()) == [branch]


def test_r08_the_mark_of_a_branch_is_the_gravest_and_says_whose(django_assert_num_queries):
    headquarters = ObservationFactory(state=S.RED).organization
    branch, free = branch_of(headquarters), OrganizationFactory()
    ObservationFactory(organization=branch, state=S.YELLOW)
    ObservationFactory(organization=free, state=S.LIFTED)
    rows, staff = [headquarters, branch, free], StaffAssignmentFactory().user
    assert staff.works_for_unicef and not staff.roles_by_organization
    with django_assert_num_queries(1):
        mark_rows(rows, staff, lambda row: row)
    assert [row.mark and row.mark.label for row in rows] == ["Red flag", "Red flag of its headquarters", None]


def test_a_flag_of_its_own_is_marked_as_its_own():
    headquarters = ObservationFactory(state=S.YELLOW).organization
    branch = branch_of(headquarters)
    ObservationFactory(organization=branch, state=S.ESCALATED)
    assert mark_of(branch, branch.stands_against).label == "Yellow flag, escalated"


def test_blocks_asks_once_for_flags_and_once_for_matches(django_assert_num_queries):
    organization = Organization.objects.get(pk=branch_of(OrganizationFactory()).pk)
    with django_assert_num_queries(1):
        blocks(organization)


# --- yellow -----------------------------------------------------------------------------------------------------


def checked(organization, *, answer="yes", comment="", answered_before_the_flag=False):
    """A registration that only a flag can keep from being verified."""
    registration = RegistrationFactory(organization=organization, state=RegistrationState.SUBMITTED, complete=True)
    at = timezone.now() - timedelta(days=1 if answered_before_the_flag else 0)
    question = QuestionFactory(code="flag")
    AnswerFactory(registration=registration, question=question, answer=answer, comment=comment, answered_at=at)
    return registration


@pytest.mark.parametrize(
    ("flag", "told", "may_be_verified"),
    [
        (None, {}, True),
        (S.NOTE, {}, True),
        (S.LIFTED, {}, True),
        (S.INVALIDATED, {}, True),
        (S.YELLOW, {}, False),
        (S.YELLOW, {"comment": "  "}, False),
        (S.YELLOW, {"comment": "The invoices were explained."}, True),
        (S.YELLOW, {"comment": "All is well.", "answered_before_the_flag": True}, False),
        (S.YELLOW, {"comment": "No.", "answer": "no"}, False),
        (S.ESCALATED, {}, False),
        (S.ESCALATED, {"comment": "The invoices were explained."}, True),
        (S.RED, {"comment": "The invoices were explained."}, False),
    ],
)
@pytest.mark.parametrize("is_inherited", [False, True])
def test_r04_a_yellow_flag_is_answered_for_by_a_comment(flag, told, may_be_verified, is_inherited):
    holder = OrganizationFactory()
    RegistrationFactory(organization=holder, state=RegistrationState.VERIFIED)  # a branch follows its headquarters
    if flag:
        ObservationFactory(organization=holder, state=flag)
    registration = checked(branch_of(holder) if is_inherited else holder, **told)
    assert (against(registration, "verify") == []) is may_be_verified


def test_r04_says_since_when_and_what_to_do():
    flag = ObservationFactory(state=S.YELLOW, flagged_at=timezone.now().replace(2026, 1, 5))
    assert against(checked(flag.organization), "verify") == [
        "It has had a yellow flag since 5 Jan 2026. Say in the comment to the question about flags why it may be "
        "verified all the same."
    ]
