"""Two people merge the same two records in the same moment: one wins, the other is told."""

import pytest

from accounts.roles import StaffRole
from organizations.actions.merge import merge_organizations
from organizations.models import Merge, PossibleTwin
from tests.factories.organizations import OrganizationFactory
from tests.factories.programmes import StaffAssignmentFactory
from tests.partnerships.test_races import at_once, posting

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_people_merge_the_same_pair():
    pair = OrganizationFactory(), OrganizationFactory()
    twin = PossibleTwin.objects.create(first=pair[0], second=pair[1], score=90, reason="similar_name")
    people = [StaffAssignmentFactory(role=StaffRole.HQ_EDITOR, office=None).user for _ in range(2)]
    told = {"name_kind": "other", "reason": "Same.", **{f"fact-{fact}": pair[0].pk for fact in ("name", "country")}}
    jobs = [posting(person, twin, "merge", kept=stays.pk, **told) for person, stays in zip(people, pair, strict=True)]
    assert sorted(at_once(*jobs)) == [302, 409]
    assert Merge.objects.count() == 1


def test_two_people_undo_the_same_merge():
    person = StaffAssignmentFactory(role=StaffRole.HQ_EDITOR, office=None).user
    merge = merge_organizations(OrganizationFactory(), OrganizationFactory(), by=person, reason="Same.")
    jobs = [posting(person, merge, "undo", reason="Two.") for _ in range(2)]
    assert sorted(at_once(*jobs)) == [302, 409]
