"""The worker: each message once, failures again and later, a lost worker's message freed, one job's failure its own."""

import os
import signal
import threading
from datetime import timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from accounts.actions import retry_notifications, send_due_notifications
from accounts.models import JobRun, Notification
from organizations.emails import member_added
from portal.kit.access import NotAllowed
from tests.factories.accounts import NotificationFactory, UserFactory
from tests.factories.organizations import MembershipFactory

HERE = "tests.accounts.test_run_due"


def count():
    """A job that does three things."""
    return 3


def fail():
    """A job that cannot."""
    raise RuntimeError("no such luck")


def run_due(*arguments):
    said = StringIO()
    call_command("run_due", *arguments, stdout=said)
    return said.getvalue().splitlines()


@pytest.fixture
def refused(monkeypatch):
    """The mail server hangs up on every message."""
    send = mock.Mock(side_effect=SMTPServerDisconnected("Connection unexpectedly closed"))
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)
    return send


@pytest.mark.django_db
def test_message_is_sent_in_the_language_of_the_person_with_a_link():
    NotificationFactory(recipient__language="fr", subject="Bonjour", path="/me/")
    assert send_due_notifications() == 1
    [sent] = mail.outbox
    assert (sent.subject, "http://testserver/me/" in sent.body) == ("Bonjour", True)


@pytest.mark.django_db
def test_subject_is_one_line_that_fits_whatever_names_it_holds():
    membership = MembershipFactory(organization__name="Friends\nBcc: everybody@example.org " + "x" * 265)
    member_added(membership, by=membership.user)
    assert send_due_notifications() == 1
    [sent] = mail.outbox
    assert (sent.bcc, sent.subject.startswith("You now act for Friends Bcc:"), len(sent.subject)) == ([], True, 300)


@pytest.mark.django_db
def test_message_that_no_mail_can_hold_does_not_keep_the_others_back():
    NotificationFactory(subject="One line\nand another")
    NotificationFactory()
    assert send_due_notifications() == 1
    assert "newlines" in Notification.objects.get(sent_at=None).error


@pytest.mark.django_db
def test_message_that_was_sent_or_is_not_due_stays():
    NotificationFactory(sent_at=timezone.now())
    NotificationFactory(due_at=timezone.now() + timedelta(hours=1))
    assert send_due_notifications() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once():
    recipient = UserFactory()
    NotificationFactory.create_batch(20, recipient=recipient)
    together, sent = threading.Barrier(2), []

    def work():
        together.wait()
        sent.append(send_due_notifications())
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 20
    assert sorted(message.subject for message in mail.outbox) == sorted(
        Notification.objects.values_list("subject", flat=True)
    )
    assert set(Notification.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db
def test_message_that_fails_is_tried_again_later_each_time_and_then_shown(refused):
    message = NotificationFactory()
    pauses, now = [], timezone.now()
    for _attempt in range(Notification.TRIES):
        assert send_due_notifications(now) == 0
        message.refresh_from_db()
        pauses.append((message.due_at - now).total_seconds() / 60)
        now = message.due_at
    assert pauses == [2, 4, 8, 16, 32]
    assert send_due_notifications(now) == 0
    assert refused.call_count == Notification.TRIES
    assert list(Notification.objects.failed()) == [message]
    assert "unexpectedly closed" in message.error


@pytest.mark.django_db
def test_message_of_a_worker_that_died_is_free_again_after_a_while():
    now = timezone.now()
    message = NotificationFactory(due_at=now)
    assert Notification.objects.claim(now, until=now + timedelta(minutes=5)) == [message]
    assert send_due_notifications(now + timedelta(minutes=4)) == 0
    assert send_due_notifications(now + timedelta(minutes=6)) == 1


@pytest.mark.django_db
def test_given_up_message_is_tried_again_when_an_administrator_says_so():
    given_up = NotificationFactory(attempts=Notification.TRIES, error="Connection unexpectedly closed")
    with pytest.raises(NotAllowed):
        retry_notifications(Notification.objects.all(), by=UserFactory())
    assert retry_notifications(Notification.objects.all(), by=UserFactory(administrator=True)) == 1
    assert send_due_notifications() == 1
    given_up.refresh_from_db()
    assert (given_up.error, given_up.sent_at is not None) == ("", True)


@pytest.mark.django_db
@override_settings(DUE_JOBS=[f"{HERE}.fail", f"{HERE}.count"], DAILY_JOBS=[])
def test_one_job_that_fails_does_not_stop_the_next(caplog):
    assert run_due() == ["fail: failed", "count: 3"]
    assert "no such luck" in caplog.text


@pytest.mark.django_db
def test_the_jobs_of_the_settings_run(settings):
    NotificationFactory()
    done = run_due()
    assert done[0] == "send_due_notifications: 1"
    assert [line.partition(":")[0] for line in done] == [
        path.rpartition(".")[2] for path in (*settings.DUE_JOBS, *settings.DAILY_JOBS)
    ]
    assert [line for line in done if line.endswith("failed")] == []


def ask_to_stop():
    """A job during which the worker is told to end."""
    os.kill(os.getpid(), signal.SIGTERM)
    return 1


@pytest.mark.django_db
@override_settings(DUE_JOBS=[f"{HERE}.ask_to_stop", f"{HERE}.count"])
def test_loop_that_is_told_to_stop_finishes_its_job_and_starts_no_other():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert run_due("--loop", "--seconds=60") == ["ask_to_stop: 1"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.django_db
@override_settings(DUE_JOBS=[f"{HERE}.count"], DAILY_JOBS=["x"])
def test_loop_outlives_a_database_that_does_not_answer(monkeypatch, caplog):
    claims = iter([OperationalError("the database system is shutting down"), None])

    def claim(*args):
        if problem := next(claims):
            raise problem
        ask_to_stop()

    monkeypatch.setattr(JobRun.objects, "claim", claim)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert run_due("--loop", "--seconds=0.01") == ["count: 3", "count: 3"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert "The database did not answer" in caplog.text


# --- Once a day -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_daily_job_runs_once_a_day():
    with override_settings(DUE_JOBS=[], DAILY_JOBS=[f"{HERE}.count"]):
        assert [run_due(), run_due()] == [["count: 3"], []]
        with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
            assert run_due() == ["count: 3"]


@pytest.mark.django_db
def test_daily_job_that_fails_is_tried_again_and_given_up_after_three():
    with override_settings(DUE_JOBS=[], DAILY_JOBS=[f"{HERE}.fail"]):
        assert [run_due() for _try in range(4)] == [["fail: failed"]] * 3 + [[]]


@pytest.mark.django_db
def test_daily_job_of_a_worker_that_was_killed_is_taken_by_another_later():
    now = timezone.now().replace(hour=3)
    assert JobRun.objects.claim("night", now) is True
    assert JobRun.objects.claim("night", now + timedelta(hours=1)) is False
    assert JobRun.objects.claim("night", now + timedelta(hours=3)) is True


@pytest.mark.django_db
def test_daily_job_that_takes_long_is_not_begun_by_another(monkeypatch):
    now = timezone.now().replace(hour=3)
    JobRun.objects.claim("night", now)
    monkeypatch.setattr("accounts.models.job.is_under_way", lambda on: on == "night")
    assert JobRun.objects.claim("night", now + timedelta(hours=3)) is False
