"""How an office decides: the rule of verification, requests by section, the right of reply, terms, reminders."""

from datetime import date, timedelta
from itertools import product

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Notification
from organizations.actions.registration import save_section
from organizations.actions.renewal import remind_of_renewals
from organizations.actions.verification import answer_question, answer_request, prepare_request, settle_request
from organizations.lifecycle import REGISTRATION, RegistrationState
from organizations.models import Registration, Reply, SectionRequest, Verification, VerificationPolicy
from organizations.models.verification import Terms
from portal.kit.access import NotAllowed, NotNow
from tests.factories.organizations import (
    AnswerFactory,
    QuestionFactory,
    RegistrationFactory,
    ReplyFactory,
    SectionRequestFactory,
)

R = RegistrationState
Status = SectionRequest.Status


def make(house, state, **fields):
    return RegistrationFactory(
        organization=house.organization,
        office=house.office,
        created_by=house.administrator,
        state=state,
        complete=True,
        declaration={"truth": "yes"},
        **fields,
    )


def perform(registration, name, by, **told):
    return registration.lifecycle.perform(registration, name, by=by, **told)


# --- R-04 -------------------------------------------------------------------------------------------------------------


def test_r04_verified_exactly_when_all_conditions_hold(house):
    """Certificate AND mandate AND results AND NOT reputational risk AND free of flags or overridden: 32 cases."""
    call_command("load_questions")
    one = make(house, R.SUBMITTED)
    verify = REGISTRATION.transition("verify")
    questions = {question.code: question for question in one.questions_in_use}
    proof = {"comment": "Asked two offices.", "evidence": "Certificate 4711."}
    for certificate, mandate, results, risk, unflagged in product([True, False], repeat=5):
        said = {
            "certificate": certificate,
            "mandate": mandate,
            "results": results,
            "reputation": risk,
            "flag": unflagged,
        }
        for code, answer in said.items():
            answer_question(one, questions[code], by=house.officer, answer="yes" if answer else "no", **proof)
        allowed = not REGISTRATION.reasons_against(verify, Registration.objects.get())
        assert allowed is (certificate and mandate and results and not risk and unflagged), said


@pytest.mark.parametrize(
    ("wants", "given", "allowed"),
    [
        ({}, {}, True),
        ({"needs_comment": True}, {}, False),
        ({"needs_comment": True}, {"comment": "Asked."}, True),
        ({"needs_evidence": True}, {"comment": "Asked."}, False),
        ({"needs_evidence": True}, {"evidence": "https://register.example/4711"}, True),
        ({"needs_evidence": True, "is_active": False}, {}, True),
    ],
)
def test_r04_a_question_may_want_a_comment_or_evidence(house, wants, given, allowed):
    one = make(house, R.SUBMITTED)
    AnswerFactory(registration=one, question=QuestionFactory(**wants), **given)
    assert (REGISTRATION.reasons_against(REGISTRATION.transition("verify"), one) == []) is allowed


# --- Every decision is kept -------------------------------------------------------------------------------------------


def test_a_renewal_does_not_write_over_what_was_answered_before(house):
    one = make(house, R.SUBMITTED)
    question = QuestionFactory(code="results", text="Results?")
    answer_question(one, question, by=house.officer, answer="yes", comment="Twelve schools.", evidence="Report 2019.")
    with time_machine.travel("2020-03-01 09:00", tick=False):
        verified = perform(one, "verify", house.officer, reason="All in order.")
    assert verified.valid_until == date(2025, 3, 1)
    renewed = perform(verified, "renew", house.administrator)
    assert not renewed.answers.exists()
    save_section(renewed, "declaration", by=house.administrator, data={}, declaration={"truth": "yes"})
    sent = perform(renewed, "resubmit", house.administrator)
    answer_question(sent, question, by=house.officer, answer="yes", comment="Forty schools.")
    perform(sent, "verify", house.officer)
    new, old = Verification.objects.all()
    assert [old.answers[0][key] for key in ("code", "answer", "comment", "evidence")] == [
        *("results", "yes", "Twelve schools.", "Report 2019."),
    ]
    assert (old.valid_until, old.reason, old.decided_by) == (date(2025, 3, 1), "All in order.", house.officer)
    assert new.answers[0]["comment"] == "Forty schools."


def test_a_refusal_is_kept_without_a_date(house):
    perform(make(house, R.SUBMITTED), "decline", house.officer, reason="No results.")
    kept = Verification.objects.get()
    assert (kept.outcome, kept.valid_until, kept.reason) == ("declined", None, "No results.")


# --- Requests by section ----------------------------------------------------------------------------------------------


@pytest.fixture
def asked(house):
    """Sent back with two requests."""
    one = make(house, R.SUBMITTED)
    one.drafts.update(saved_at=timezone.now() - timedelta(days=1))
    one.drafts.filter(section="legal").update(data={"founded": ["2009"]})
    prepare_request(one, "legal", by=house.officer, text="Which year?", fields=["founded"])
    prepare_request(one, "people", by=house.officer, text="Who is the head?")
    return perform(one, "send_back", house.officer, reason="Thank you for the rest.")


def test_sending_back_says_exactly_what_is_asked_where(house, asked):
    assert dict(asked.requests.values_list("section", "status")) == {"legal": "open", "people": "open"}
    assert AuditEvent.objects.about(asked).get(action="send_back").reason == (
        "Thank you for the rest.\nLegal status: Which year?\nPeople: Who is the head?"
    )
    body = Notification.objects.filter(recipient=house.administrator).get().body
    assert "Legal status: Which year?" in body
    assert "People: Who is the head?" in body


def test_a_request_not_sent_is_seen_by_nobody_and_can_be_taken_off(house):
    one = make(house, R.SUBMITTED)
    prepare_request(one, "legal", by=house.officer, text="Which year?")
    assert prepare_request(one, "legal", by=house.officer, text=" ") is None
    with pytest.raises(ValidationError, match="Say what to add"):
        perform(one, "send_back", house.officer)
    assert not one.requests.exists()


def test_only_what_was_asked_needs_an_answer(house, asked):
    with pytest.raises(NotNow, match="Legal status, People"):
        perform(asked, "resubmit", house.administrator)
    asked.drafts.filter(section="legal").update(data={"founded": ["2010"]}, saved_at=timezone.now())
    answer_request(asked.requests.get(section="people"), by=house.editor, text="As written: the post is empty.")
    sent = perform(asked, "resubmit", house.administrator)
    legal = sent.requests.get(section="legal")
    assert (legal.status, legal.before, legal.after) == (Status.ANSWERED, {"founded": ["2009"]}, {"founded": ["2010"]})


@pytest.fixture
def answered(house, asked):
    asked.drafts.update(saved_at=timezone.now() + timedelta(seconds=1))
    return perform(asked, "resubmit", house.administrator)


def test_what_was_asked_is_settled_before_verifying(house, answered):
    with pytest.raises(NotNow, match="Look at the answers first"):
        perform(answered, "verify", house.officer)
    for request in answered.requests.all():
        settle_request(request, by=house.officer)
    assert perform(answered, "verify", house.officer).state == R.VERIFIED


def test_asking_again_opens_a_second_round_and_settles_the_rest(house, answered):
    prepare_request(answered, "legal", by=house.officer, text="And the month?")
    perform(answered, "send_back", house.officer)
    rounds = set(answered.requests.values_list("round", "section", "status"))
    assert rounds == {(1, "legal", "asked_again"), (1, "people", "settled"), (2, "legal", "open")}


@pytest.mark.parametrize("who", ["administrator", "other_officer", "staff_viewer", "head"])
def test_only_who_checks_it_asks_and_settles(house, answered, who):
    with pytest.raises(NotAllowed):
        prepare_request(answered, "legal", by=getattr(house, who), text="Why?")
    with pytest.raises(NotAllowed):
        settle_request(answered.requests.first(), by=getattr(house, who))


def test_a_request_is_answered_while_it_is_open_and_by_who_edits(house, asked):
    request = asked.requests.first()
    for who in ("reader", "stranger", "officer"):
        with pytest.raises(NotAllowed):
            answer_request(request, by=getattr(house, who), text="So.")
    with pytest.raises(NotNow):
        settle_request(SectionRequestFactory(registration=make_other(house)), by=house.officer)


def make_other(house):
    return RegistrationFactory(office=house.office, state=R.SUBMITTED)


# --- The right of reply -----------------------------------------------------------------------------------------------


def test_a_reply_is_on_record_and_told_to_those_who_must_answer(house):
    stopped = make(house, R.SUSPENDED)
    replied = perform(stopped, "reply", house.administrator, reason="The kits were found.")
    kept = Reply.objects.get()
    assert (kept.text, kept.decision, kept.outcome) == ("The kits were found.", "suspended", "waiting")
    assert replied.state == R.SUSPENDED
    told = set(Notification.objects.values_list("recipient", flat=True))
    assert told == {house.officer.pk, house.head.pk}
    with pytest.raises(NotNow, match="Your reply is with the office"):
        perform(replied, "reply", house.administrator, reason="And another thing.")


def test_a_reply_is_in_time_for_as_long_as_the_terms_say(house):
    VerificationPolicy.objects.create(office=house.office, reply_days=10)
    late = make(house, R.DECLINED, state_since=timezone.now() - timedelta(days=11))
    with pytest.raises(NotNow, match="The time to reply ended"):
        perform(late, "reply", house.administrator, reason="But.")
    Registration.objects.update(state_since=timezone.now() - timedelta(days=10))
    assert perform(late, "reply", house.administrator, reason="But.").replies.count() == 1


@pytest.mark.parametrize(
    ("state", "move", "then"),
    [
        (R.SUSPENDED, "reinstate", R.VERIFIED),
        (R.DELISTED, "relist", R.VERIFIED),
        (R.DECLINED, "reopen", R.RESUBMITTED),
        (R.SUSPENDED, "uphold", R.SUSPENDED),
        (R.DELISTED, "uphold", R.DELISTED),
        (R.DECLINED, "uphold", R.DECLINED),
    ],
)
def test_a_reply_is_answered_by_upholding_or_reversing(house, state, move, then):
    reply = ReplyFactory(registration=make(house, state))
    moved = perform(reply.registration, move, house.head, reason="We have looked again.")
    reply.refresh_from_db()
    assert moved.state == then
    assert reply.outcome == ("upheld" if move == "uphold" else "reversed")
    assert (reply.answer, reply.answered_by) == ("We have looked again.", house.head)
    assert Notification.objects.filter(recipient=house.administrator).count() == 1


def test_nobody_upholds_what_nobody_has_replied_to(house):
    with pytest.raises(NotNow, match="has not replied"):
        perform(make(house, R.SUSPENDED), "uphold", house.head, reason="So.")


def test_a_refusal_is_not_taken_back_once_a_new_registration_runs(house):
    refused = make(house, R.DECLINED)
    make(house, R.SUBMITTED)
    with pytest.raises(ValidationError, match="already registered"):
        perform(refused, "reopen", house.head, reason="Again.")


def test_delisting_answers_the_reply_to_the_suspension(house):
    reply = ReplyFactory(registration=make(house, R.SUSPENDED))
    perform(reply.registration, "delist", house.head, reason="The visit found nothing.")
    reply.refresh_from_db()
    assert (reply.outcome, reply.answer) == ("upheld", "The visit found nothing.")


# --- Terms ------------------------------------------------------------------------------------------------------------


def test_an_office_s_own_terms_stand_before_those_of_every_office(house):
    assert VerificationPolicy.objects.terms(house.office.pk) == Terms()
    call_command("load_questions")
    VerificationPolicy.objects.update(years_valid=4, reminder_days=[45, 15])
    VerificationPolicy.objects.create(office=house.office, years_valid=3)
    assert VerificationPolicy.objects.terms(house.office.pk) == Terms(years_valid=3, reminder_days=(45, 15))
    assert VerificationPolicy.objects.terms(None) == Terms(years_valid=4, reminder_days=(45, 15))


def test_there_is_one_row_for_every_office(db):
    VerificationPolicy.objects.create()
    with pytest.raises(ValidationError, match="There is a row for this already"):
        VerificationPolicy().full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        VerificationPolicy.objects.create()


@pytest.mark.parametrize("days", ["90", [90, "60"], [0], {"90": 1}])
def test_reminder_days_are_a_list_of_whole_numbers(db, days):
    with pytest.raises(ValidationError):
        VerificationPolicy(reminder_days=days).full_clean()


@pytest.mark.parametrize(
    ("day", "until"), [(date(2024, 2, 29), date(2029, 2, 28)), (date(2026, 7, 1), date(2031, 7, 1))]
)
def test_r05_a_verification_ends_on_the_same_day_years_later(day, until):
    assert Terms().valid_until(day) == until


# --- reminders --------------------------------------------------------------------------------------------------


def test_r05_the_end_is_called_to_mind_once_at_each_step_and_when_it_has_come(house):
    one = make(house, R.VERIFIED)
    steps, now = [], timezone.now()
    for days_left in (91, 90, 89, 60, 30, 1, 0, -1, -2):
        with time_machine.travel(now + timedelta(days=1000 - days_left), tick=False):
            if remind_of_renewals():
                steps.append(days_left)
            assert remind_of_renewals() == 0
        one.refresh_from_db()
    assert steps == [90, 60, 30, -1]
    to_partner = Notification.objects.filter(recipient=house.administrator)
    assert to_partner.count() == 4
    assert Notification.objects.filter(recipient=house.officer, key__startswith="renewals:").count() == 4
    assert AuditEvent.objects.about(one).get().title == "Lapsed"


@pytest.mark.parametrize("state", [R.SUSPENDED, R.DELISTED, R.DECLINED, R.WITHDRAWN])
def test_nobody_is_reminded_of_what_was_stopped(house, state):
    make(house, state, valid_until=timezone.localdate() + timedelta(days=5))
    assert remind_of_renewals() == 0


def test_what_was_missed_is_not_made_up_for(house):
    make(house, R.RENEWING, valid_until=timezone.localdate() + timedelta(days=20))
    assert remind_of_renewals() == 1
    assert "finish the renewal" in Notification.objects.get(recipient=house.administrator).body


def test_an_office_is_told_of_all_at_once(house, django_assert_max_num_queries):
    until = timezone.localdate() + timedelta(days=5)
    for _number in range(3):
        RegistrationFactory(office=house.office, state=R.VERIFIED, valid_until=until)
    assert remind_of_renewals() == 3
    assert Notification.objects.get(recipient=house.officer).subject == "3 verifications end soon or have lapsed"
    with django_assert_max_num_queries(8):
        assert remind_of_renewals() == 0
