"""Pages by place: every row once, in order, both ways, whatever comes and goes; nobody makes a place up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import FieldError
from django.core.signing import Signer
from django.db.models import Case, F, Value, When
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent, JobRun
from portal.kit.paging import COUNT_LIMIT, BadCursor, bounded_count, bounded_counts, in_pieces, order_of, page_of
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 1)
MOMENT = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def runs():
    """Rows with equals and empty ones in every column but the key."""
    return JobRun.objects.bulk_create(
        JobRun(
            name=f"job {number:02}",
            day=DAY + timedelta(days=number % 3),
            attempts=number % 2,
            claimed_until=None if number % 4 == 0 else MOMENT + timedelta(microseconds=number % 3),
            finished_at=None if number % 5 else MOMENT,
        )
        for number in range(23)
    )


def walk(rows, size, direction="next"):
    """Every row, by following the links from one end to the other."""
    page = page_of(rows, size)
    while direction == "previous" and page.next:
        page = page_of(rows, size, after=page.next)
    seen = [page.rows]
    while place := getattr(page, direction):
        page = page_of(rows, size, **{"after" if direction == "next" else "before": place})
        seen.append(page.rows)
    return [row for piece in (seen if direction == "next" else seen[::-1]) for row in piece]


def ranked():
    return JobRun.objects.alias(rank=Case(When(attempts=1, then=Value(1)), default=Value(2)))


ORDERS = [
    (),
    ("pk",),
    ("-pk",),
    ("day", "pk"),
    ("-day", "-pk"),
    ("day", "-pk"),
    ("-day", "attempts", "-name"),
    ("attempts", "day", "pk"),
    ("claimed_until", "pk"),
    ("-claimed_until", "-pk"),
    ("claimed_until", "finished_at", "day", "pk"),
    ("-finished_at", "day", "claimed_until"),
    (F("claimed_until").desc(nulls_first=True), "-day", "pk"),
    (F("finished_at").asc(nulls_first=True), F("claimed_until").desc(nulls_last=True), "pk"),
    (F("day"), "attempts"),
    ("rank", "-day", "pk"),
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_pages_are_the_list_in_its_order_both_ways(runs, order):
    rows = ranked().order_by(*order)
    everything = list(order_of(rows)[0])
    assert len(everything) == len(runs)
    assert [walk(rows, size, way) for size in (1, 4, 23) for way in ("next", "previous")] == [everything] * 6
    assert [row for piece in in_pieces(rows, 5) for row in piece] == everything


@pytest.mark.parametrize("term", ["claimed_until", "-claimed_until"])
def test_empty_values_stand_last_on_every_database(runs, term):
    rows = list(order_of(JobRun.objects.order_by(term))[0])
    assert [row.claimed_until is None for row in rows] == [False] * 17 + [True] * 6


def test_order_may_go_over_a_relation_and_costs_no_query_for_each_row(django_assert_num_queries):
    people = [UserFactory(name=name) for name in "ABC"]
    AuditEvent.objects.bulk_create(
        AuditEvent(subject_type="x.y", subject_id=number, action="x", actor=[*people, None][number % 4])
        for number in range(11)
    )
    for order in (("actor__name", "-subject_id"), ("-actor__name", "actor_id", "pk")):
        rows = AuditEvent.objects.order_by(*order)
        everything = list(order_of(rows)[0])
        with django_assert_num_queries(4):
            assert walk(rows, 3) == everything
    with pytest.raises(FieldError):
        order_of(AuditEvent.objects.order_by("actor"))


def test_rows_that_come_and_go_between_pages_move_no_other_row(runs):
    rows = JobRun.objects.order_by("-day", "-pk")
    first = page_of(rows, 5)
    before = list(rows)
    JobRun.objects.create(name="newer", day=DAY + timedelta(days=9))
    for gone in (first.rows[0], first.rows[4], before[7]):  # also the one that the place is named after
        JobRun.objects.filter(pk=gone.pk).delete()
    second = page_of(rows, 5, after=first.next)
    assert second.rows == [row for row in before[5:] if row != before[7]][:5]
    assert [row.name for row in page_of(rows, 5, before=second.previous).rows][-4:] == [
        "newer", *(row.name for row in first.rows[1:4])
    ]  # fmt: skip


def test_place_survives_the_end_of_its_list(runs):
    rows = JobRun.objects.order_by("pk")
    last = page_of(rows, 20).next
    JobRun.objects.filter(pk__gte=runs[20].pk).delete()
    page = page_of(rows, 20, after=last)
    assert (page.rows, page.next, page.previous, page.count) == ([], "", "", None)


def test_first_page_that_is_not_full_counts_itself(runs):
    assert [page_of(JobRun.objects.all(), size).count for size in (22, 23, 24)] == [None, 23, 23]
    assert [bounded_count(JobRun.objects.all(), limit) for limit in (5, 22, 23, COUNT_LIMIT)] == [6, 23, 23, 23]


def test_several_are_counted_no_further_than_asked_in_one_query(runs, django_assert_num_queries):
    every = JobRun.objects.order_by("-day")
    with django_assert_num_queries(1):
        counts = bounded_counts(5, all=every, select=every.filter(pk=runs[0].pk), none=every.none())
    assert counts == {"all": 6, "select": 1, "none": 0}
    with django_assert_num_queries(0):
        assert bounded_counts(none=every.none()) == {"none": 0}


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.text() | st.from_regex(r"[\w:.=-]{1,80}"))
def test_place_that_is_made_up_is_refused(text):
    _rows, order = order_of(JobRun.objects.order_by("day", "pk"))
    with pytest.raises(BadCursor):
        order.read(text)


@pytest.mark.parametrize("values", [["x", 1], [None, 1], [1], [1, 2, 3], {"a": 1}, 7, [[], {}], ["2026-13-45", 1]])
def test_signed_place_that_does_not_fit_is_refused(values):
    _rows, order = order_of(JobRun.objects.order_by("day", "pk"))
    with pytest.raises(BadCursor):
        order.read(Signer(salt=order.salt).sign_object(values))


def test_place_is_of_one_order_and_one_list_alone(runs):
    place = page_of(JobRun.objects.order_by("day", "pk"), 5).next
    for other in (JobRun.objects.order_by("-day", "pk"), JobRun.objects.order_by("pk"), AuditEvent.objects.all()):
        with pytest.raises(BadCursor):
            page_of(other, 5, after=place)
    with pytest.raises(BadCursor):
        page_of(JobRun.objects.order_by("day", "pk"), 5, after=place[:-1])


def test_alike_columns_are_compared_as_one_so_that_an_index_answers(runs):
    """Else page 10,000 would read what stands before it: of equals in the first column there may be many."""
    rows, order = order_of(JobRun.objects.order_by("day", "attempts", "pk"))
    sql = str(rows.filter(order.behind(order.read(order.cursor(runs[5])))).query)
    assert '"attempts", "accounts_jobrun"."id") > (' in sql
    mixed, order = order_of(JobRun.objects.order_by("-day", "pk"))
    sql = str(mixed.filter(order.behind(order.read(order.cursor(runs[5])))).query)
    assert 'WHERE ("accounts_jobrun"."day" <= ' in sql
