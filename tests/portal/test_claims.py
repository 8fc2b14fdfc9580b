"""Work that is shared out: nobody waits for another worker's rows, and no row goes to two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification
from portal.kit.claims import at_work, claim, is_under_way, lock_free
from tests.factories.accounts import NotificationFactory, UserFactory


@pytest.fixture
def waiting():
    recipient = UserFactory()
    return [NotificationFactory(recipient=recipient) for _number in range(3)]


def due():
    return Notification.objects.due(timezone.now()).order_by("pk")


def another_worker(does):
    """What ``does`` returns to a worker with a connection of its own."""

    def run():
        try:
            return does()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as workers:
        return workers.submit(run).result()


@pytest.mark.django_db
def test_claimed_rows_are_marked_and_not_given_again(waiting):
    until = timezone.now() + timedelta(minutes=5)
    assert claim(due(), most=2, claimed_until=until) == waiting[:2]
    assert claim(due(), most=2, claimed_until=until) == waiting[2:]
    assert claim(due(), most=2, claimed_until=until) == []


@pytest.mark.django_db
def test_claim_asks_twice_however_many_rows(waiting, django_assert_num_queries):
    with django_assert_num_queries(2 + 2 * connection.features.uses_savepoints):
        claim(due(), most=3, attempts=1)


@pytest.mark.django_db(transaction=True)
def test_rows_that_another_worker_holds_are_passed_over(waiting):
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite has one writer at a time, so nobody else holds rows")
    with transaction.atomic():
        held = lock_free(due(), 2)
        found = another_worker(lambda: claim(due(), most=3, attempts=1))
    assert (held, found) == (waiting[:2], waiting[2:])


@pytest.mark.django_db(transaction=True)
def test_work_that_takes_long_is_not_taken_for_lost_where_the_database_can_tell():
    knows = connection.vendor == "postgresql"
    with at_work("import 7"):
        assert another_worker(lambda: (is_under_way("import 7"), is_under_way("import 8"))) == (knows, False)
    assert another_worker(lambda: is_under_way("import 7")) is False


@pytest.mark.django_db(transaction=True)
def test_work_of_a_worker_that_was_killed_is_not_under_way():
    with at_work("night"):
        connection.close()  # as the death of its process does
        assert another_worker(lambda: is_under_way("night")) is False
