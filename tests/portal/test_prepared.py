"""Queries that are put into SQL once."""

import pytest

from organizations.models import Organization
from portal.kit.prepared import Prepared, fill
from tests.factories.organizations import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_prepared_query_asks_for_other_values_with_the_same_words(django_assert_num_queries):
    one, other = OrganizationFactory.create_batch(2)
    prepared = Prepared(lambda pk, same: Organization.objects.filter(pk__in=(pk, same)).order_by("name"))
    with django_assert_num_queries(3):
        assert prepared(one.pk, one.pk) == [one]
        assert prepared(other.pk, one.pk) == [one, other]
        assert prepared(0, 0) == []


def test_prepared_query_may_begin_at_a_record_and_follow_relations(django_assert_num_queries):
    branch = OrganizationFactory(name="Branch", headquarters=OrganizationFactory(name="Head"))
    joined = Prepared(lambda pk: Organization(pk=pk).branches.select_related("headquarters"))
    values = Prepared(lambda pk: Organization(pk=pk).branches.values_list("name", "headquarters__name"))
    with django_assert_num_queries(2):
        assert [(row.name, row.headquarters.name) for row in joined(branch.headquarters_id)] == [("Branch", "Head")]
        assert values(branch.headquarters_id) == [("Branch", "Head")]


def test_filled_relation_is_not_read_again(django_assert_num_queries):
    head = OrganizationFactory()
    fill(head, "branches", [OrganizationFactory()])
    with django_assert_num_queries(0):
        assert [row.headquarters for row in head.branches.all()] == [head]
