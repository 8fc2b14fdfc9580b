"""Work that is shared out: nobody waits for another worker's rows, and no row goes to two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification
from portal.kit.claims import claim, lock_free
from tests.factories.accounts import NotificationFactory, UserFactory


@pytest.fixture
def waiting():
    recipient = UserFactory()
    return [NotificationFactory(recipient=recipient) for _number in range(3)]


def due():
    return Notification.objects.due(timezone.now()).order_by("pk")


def claim_all():
    try:
        return claim(due(), most=3, attempts=1)
    finally:
        connection.close()


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
        with ThreadPoolExecutor(1) as another:
            found = another.submit(claim_all).result()
    assert (held, found) == (waiting[:2], waiting[2:])
