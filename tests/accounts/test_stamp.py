"""The stamp differs after every change, in whatever order changes are committed; what is kept goes with it."""

import pytest
import time_machine
from django.core.cache import caches
from django.utils import translation

from accounts.models import AuditEvent
from accounts.stamp import SECONDS_KEPT, asked_once, costly, data_stamp, digest, kept

pytestmark = pytest.mark.django_db


def event(pk=None):
    AuditEvent.objects.bulk_create([AuditEvent(pk=pk, actor_label="x", subject_type="x", subject_id=1)])


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as clock:
        yield clock


def test_stamp_stays_until_something_happens():
    before = data_stamp()
    assert data_stamp() == before
    event()
    assert data_stamp() != before


def test_event_that_is_committed_after_a_later_one_is_noticed():
    event(pk=102)
    before = data_stamp()
    event(pk=101)
    assert data_stamp() != before


def test_number_that_is_given_again_after_a_rollback_makes_another_stamp(noon):
    seen = set()
    for _try in range(2):
        noon.shift(1)
        event(pk=7)
        seen.add(data_stamp())
        AuditEvent.objects.filter(pk=7)._raw_delete("default")
    assert len(seen) == 2


def test_stamp_does_not_outlast_what_lapses_by_itself(noon):
    before = data_stamp()
    noon.shift(SECONDS_KEPT)
    assert data_stamp() != before


def test_copy_made_while_processes_still_keep_old_names_does_not_last(noon):
    event()
    seen = [data_stamp()]
    for seconds in (10, 50, 10, 10):  # twelve o'clock and 10, 60, 70 and 80 seconds
        noon.shift(seconds)
        seen.append(data_stamp())
    assert [one == seen[-1] for one in seen] == [False, False, False, True, True]


def test_stamp_costs_one_query_a_page(django_assert_num_queries):
    with django_assert_num_queries(1), asked_once():
        assert data_stamp() == data_stamp()


def test_what_is_kept_is_made_once_for_each_kind_of_reader_and_language():
    made = []

    def make():
        made.append(1)
        return len(made)

    assert [kept("panel", make), kept("panel", make), kept("other", make)] == [1, 1, 2]
    assert [kept("panel", make, reader="unicef"), kept("panel", make)] == [3, 1]
    with translation.override("fr"):
        assert kept("panel", make) == 4
    event()
    assert kept("panel", make) == 5


def test_what_is_costly_stands_for_some_time_and_is_made_anew_by_one(monkeypatch, noon):
    made = []

    def make():
        made.append(1)
        return len(made)

    assert [costly("figures", make), costly("figures", make)] == [1, 2]  # cheap: always as things are now
    monkeypatch.setattr("accounts.stamp.COSTLY", -1)
    monkeypatch.setattr("accounts.stamp.AS_LONG", 10**9)
    assert [costly("figures", make), costly("figures", make), costly("other", make)] == [3, 3, 4]
    noon.shift(24 * 3600 + 1)
    caches["default"].add(f"{digest('costly', 'figures')}-making", True)
    assert costly("figures", make) == 3  # another makes it just now
    caches["default"].delete(f"{digest('costly', 'figures')}-making")
    assert [costly("figures", make), costly("figures", make)] == [5, 5]
