"""The pages and the API around the decision on a registration: requests by section, replies, decisions, renewal."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from organizations.lifecycle import RegistrationState
from organizations.models import SectionRequest
from tests.factories.organizations import (
    DocumentFactory,
    QuestionFactory,
    RegistrationFactory,
    ReplyFactory,
    SectionRequestFactory,
)

R = RegistrationState
Status = SectionRequest.Status


def page(registration, name):
    return reverse(f"organizations:registration-{name}", args=[registration.pk])


def api(registration, *parts):
    return "/".join([f"/api/v1/registrations/{registration.pk}", *parts, ""])


def make(house, state, **fields):
    fields.setdefault("complete", True)
    return RegistrationFactory(
        organization=house.organization, office=house.office, created_by=house.administrator, state=state, **fields
    )


def ask(registration, status=Status.OPEN, **fields):
    return SectionRequestFactory(registration=registration, status=status, asked_at=timezone.now(), **fields)


# --- Sending back -----------------------------------------------------------------------------------------------------


def test_send_back_asks_in_the_boxes_that_were_filled(client, house):
    one = make(house, R.SUBMITTED)
    client.force_login(house.officer)
    assert client.get(page(one, "send-back")).status_code == 200
    told = {"text-legal": "Which number?", "fields-legal": ["founded"], "text-people": "", "reason": "", "version": "1"}
    response = client.post(page(one, "send-back"), told)
    assert response.status_code == 302
    one.refresh_from_db()
    request = one.requests.get()
    assert (one.state, request.section, request.text, request.fields, request.status) == (
        *(R.SENT_BACK, "legal", "Which number?", ["founded"], Status.OPEN),
    )


def test_send_back_keeps_what_was_written_for_later(client, house):
    one = make(house, R.SUBMITTED)
    client.force_login(house.officer)
    client.post(page(one, "send-back"), {"text-legal": "Which number?", "keep": "yes"})
    one.refresh_from_db()
    assert (one.state, one.requests.get().status) == (R.SUBMITTED, Status.PREPARED)
    assert "Which number?" in client.get(page(one, "send-back")).content.decode()
    client.force_login(house.administrator)
    assert "Which number?" not in client.get(page(one, "requests")).content.decode()


@pytest.mark.parametrize(
    ("told", "field"),
    [({}, "reason"), ({"fields-legal": ["founded"]}, "text-legal"), ({"text-legal": "x" * 4001}, "text-legal")],
)
def test_send_back_with_nothing_asked_is_refused(client, house, told, field):
    one = make(house, R.SUBMITTED)
    client.force_login(house.officer)
    response = client.post(page(one, "send-back"), told)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not one.requests.exists()


def test_send_back_over_a_colleague_s_move_is_told_so_and_keeps_the_words(client, house):
    one = make(house, R.SUBMITTED)
    type(one).objects.update(version=5)
    client.force_login(house.officer)
    response = client.post(page(one, "send-back"), {"text-legal": "Which number?", "version": "1"})
    assert response.status_code == 409
    assert "Which number?" in response.content.decode()


# --- Answering and settling -------------------------------------------------------------------------------------------


def test_the_organization_sees_what_is_asked_in_the_list_and_on_the_section(client, house):
    one = make(house, R.SENT_BACK)
    ask(one, text="Which number?")
    client.force_login(house.editor)
    for path in (one.get_absolute_url(), page(one, "requests")):
        assert "Which number?" in client.get(path).content.decode()
    section = reverse("organizations:registration-section", args=[one.pk, "legal"])
    assert "Which number?" in client.get(section).content.decode()
    other = reverse("organizations:registration-section", args=[one.pk, "people"])
    assert "Which number?" not in client.get(other).content.decode()


def test_the_organization_answers_in_words(client, house):
    one = make(house, R.SENT_BACK)
    request = ask(one)
    client.force_login(house.editor)
    assert client.post(page(one, "requests"), {f"answer-{request.pk}": "We have none."}).status_code == 302
    request.refresh_from_db()
    assert request.answer == "We have none."
    assert client.post(page(one, "requests"), {f"answer-{request.pk}": "x" * 4001}).status_code == 422


def test_the_office_sees_in_words_what_has_changed_and_settles(client, house):
    one = make(house, R.RESUBMITTED)
    request = ask(
        one,
        status=Status.ANSWERED,
        answered_at=timezone.now(),
        before={"founded": ["2009"], "legal_status": ["formal"]},
        after={"founded": ["2010"], "legal_status": ["formal"]},
    )
    client.force_login(house.officer)
    html = client.get(page(one, "requests")).content.decode()
    assert '<del dir="auto">2009</del>' in html
    assert '<ins dir="auto">2010</ins>' in html
    assert "formal" not in html
    assert client.post(page(one, "requests"), {"settle": str(request.pk)}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.settled_by) == (Status.SETTLED, house.officer)


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("stranger", "requests", 404),
        ("stranger", "decisions", 404),
        ("stranger", "send-back", 404),
        ("other_officer", "send-back", 404),
        ("staff_viewer", "send-back", 403),
        ("administrator", "send-back", 403),
        ("staff_viewer", "requests", 200),
        ("reader", "requests", 200),
        ("reader", "decisions", 200),
    ],
)
def test_who_reads_these_pages(client, house, who, name, status):
    one = make(house, R.SUBMITTED)
    client.force_login(getattr(house, who))
    assert client.get(page(one, name)).status_code == status


def test_these_pages_ask_who_one_is(client, house):
    one = make(house, R.SUBMITTED)
    for name in ("requests", "decisions", "send-back"):
        assert client.get(page(one, name)).status_code == 302


@pytest.mark.parametrize(
    ("who", "sent"), [("reader", {}), ("staff_viewer", {"settle": "1"}), ("reader", {"settle": "1"})]
)
def test_who_only_reads_answers_and_settles_nothing(client, house, who, sent):
    one = make(house, R.SENT_BACK)
    ask(one)
    client.force_login(getattr(house, who))
    assert client.post(page(one, "requests"), sent).status_code == 403


@pytest.mark.parametrize("rounds", [1, 4])
def test_requests_cost_the_same_for_few_and_many_rounds(house, queries_of, rounds):
    one = make(house, R.RESUBMITTED)
    for number in range(1, rounds + 1):
        ask(one, status=Status.SETTLED, round=number, answered_at=timezone.now(), settled_by=house.officer)
    assert queries_of(house.officer, page(one, "requests")) == 6


@pytest.mark.parametrize("number", [1, 5])
def test_a_suspended_registration_costs_the_same_for_few_and_many_replies(house, queries_of, number):
    one = make(house, R.SUSPENDED)
    for _each in range(number):
        ReplyFactory(registration=one, outcome="upheld", answered_at=timezone.now())
    queries_of(house.head, one.get_absolute_url())
    assert queries_of(house.head, page(one, "decisions")) <= 9


def test_a_section_that_is_asked_about_needs_correction_until_it_is_answered(client, house):
    one = make(house, R.SENT_BACK)
    one.drafts.update(saved_at=timezone.now() - timedelta(days=1))
    request = ask(one)
    client.force_login(house.administrator)
    states = {task.section: task.state for task in client.get(one.get_absolute_url()).context["tasks"]}
    assert (states["legal"], states["people"]) == ("wrong", "done")
    request.answer = "We have none."
    request.save()
    states = {task.section: task.state for task in client.get(one.get_absolute_url()).context["tasks"]}
    assert states["legal"] == "done"


def test_a_document_of_the_organization_is_evidence(client, house):
    one = make(house, R.SUBMITTED)
    question = QuestionFactory(needs_evidence=True)
    own, other = DocumentFactory(organization=house.organization), DocumentFactory()
    client.force_login(house.officer)
    questions = reverse("organizations:registration-questions", args=[one.pk])
    for paper, status in ((other, 422), (own, 302)):
        told = {f"answer-{question.pk}": "yes", f"paper-{question.pk}": str(paper.pk)}
        assert client.post(questions, told).status_code == status
    given = one.answers.get()
    assert (given.document, given.is_bare) == (own, False)
    path = api(one, "questions", question.code)
    sent = {"answer": "yes", "document": other.pk}
    assert client.put(path, sent, content_type="application/json").status_code == 400


# --- Decisions, replies, the end --------------------------------------------------------------------------------------


def test_decisions_show_the_office_its_answers_and_the_organization_the_decision(client, house):
    one = make(house, R.SUBMITTED)
    question = QuestionFactory(text="Results?", needs_evidence=True)
    client.force_login(house.officer)
    told = {
        f"answer-{question.pk}": "yes",
        f"comment-{question.pk}": "Twelve schools.",
        f"evidence-{question.pk}": "https://reports.example/12",
    }
    client.post(reverse("organizations:registration-questions", args=[one.pk]), told)
    client.post(one.transition_url("verify"), {"reason": "All in order."})
    html = client.get(page(one, "decisions")).content.decode()
    assert "Twelve schools." in html
    assert 'href="https://reports.example/12"' in html
    client.force_login(house.reader)
    html = client.get(page(one, "decisions")).content.decode()
    assert "All in order." in html
    assert "Twelve schools." not in html


def test_the_organization_replies_on_the_registration_s_page(client, house):
    one = make(house, R.SUSPENDED)
    client.force_login(house.administrator)
    html = client.get(one.get_absolute_url()).content.decode()
    assert "Right of reply" in html
    assert client.post(one.transition_url("reply"), {"reason": "The kits were found."}).status_code == 302
    client.force_login(house.head)
    assert "The kits were found." in client.get(one.get_absolute_url()).content.decode()
    assert client.post(one.transition_url("reinstate"), {"reason": "So it is."}).status_code == 302
    assert one.replies.get().outcome == "reversed"


@pytest.mark.parametrize("who", ["administrator", "officer"])
def test_r05_a_lapsed_verification_is_called_so(client, house, who):
    one = make(house, R.VERIFIED, valid_until=timezone.localdate() - timedelta(days=3))
    client.force_login(getattr(house, who))
    html = client.get(one.get_absolute_url()).content.decode()
    assert ">Lapsed<" in html
    assert "Lapsed on" in html
    assert ">2 days</time> ago." in html  # since the first day on which it held no longer


def test_a_renewal_shows_until_when_the_present_verification_holds(client, house):
    one = make(house, R.RENEWING, valid_until=timezone.localdate() + timedelta(days=30))
    client.force_login(house.administrator)
    html = client.get(one.get_absolute_url()).content.decode()
    assert "You are renewing your registration" in html
    assert "Leave the renewal" in html
    assert "Withdraw the registration" not in html


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        ("holds", {"near", "far"}),
        ("ending", {"near", "lapsed"}),
        ("lapsed", {"lapsed"}),
        ("reply", {"stopped"}),
    ],
)
def test_the_queue_is_filtered_by_how_a_verification_stands_today(client, house, standing, found):
    today = timezone.localdate()
    rows = {
        "near": (R.RENEWING, today + timedelta(days=30)),
        "far": (R.VERIFIED, today + timedelta(days=900)),
        "lapsed": (R.VERIFIED, today - timedelta(days=3)),
        "stopped": (R.SUSPENDED, today + timedelta(days=30)),
    }
    made = {
        name: RegistrationFactory(office=house.office, state=state, valid_until=until)
        for name, (state, until) in rows.items()
    }
    ReplyFactory(registration=made["stopped"])
    client.force_login(house.officer)
    response = client.get(reverse("organizations:registration-list"), {"standing": standing})
    assert {row.pk for row in response.context["object_list"]} == {made[name].pk for name in found}


# --- The API ----------------------------------------------------------------------------------------------------------


def test_api_asks_answers_and_settles_section_by_section(client, house):
    one = make(house, R.SUBMITTED, declaration={"truth": "yes"})
    json = {"content_type": "application/json"}
    client.force_login(house.officer)
    asked = client.put(api(one, "requests", "legal"), {"text": "Which?", "fields": ["founded"]}, **json)
    assert [(row["section"], row["status"]) for row in asked.json()] == [("legal", "prepared")]
    assert client.post(api(one, "transitions", "send_back"), {}, **json).status_code == 200
    client.force_login(house.administrator)
    assert client.put(api(one, "requests", "legal", "answer"), {"answer": "None."}, **json).status_code == 200
    assert client.put(api(one, "requests", "people", "answer"), {"answer": "None."}, **json).status_code == 404
    assert client.post(api(one, "transitions", "resubmit"), {}, **json).status_code == 200
    client.force_login(house.officer)
    settled = client.post(api(one, "requests", "legal", "settle"), {}, **json).json()
    assert [(row["answer"], row["status"]) for row in settled] == [("None.", "settled")]
    assert client.post(api(one, "requests", "legal", "settle"), {}, **json).status_code == 404
    assert client.put(api(one, "requests", "nowhere"), {"text": "?"}, **json).status_code == 404
    assert client.put(api(one, "requests", "legal"), {}, **json).status_code == 400


def test_api_keeps_from_the_organization_what_is_the_office_s_own(client, house):
    one = make(house, R.SUBMITTED)
    SectionRequestFactory(registration=one)
    client.force_login(house.officer)
    client.post(one.transition_url("decline"), {"reason": "No results."})
    SectionRequestFactory(registration=one)
    client.force_login(house.reader)
    assert client.get(api(one, "requests")).json() == []
    [decision] = client.get(api(one, "decisions")).json()
    assert (decision["outcome"], decision["reason"], decision["answers"]) == ("declined", "No results.", [])
    assert client.put(api(one, "requests", "legal"), {"text": "?"}, content_type="application/json").status_code == 403
    client.force_login(house.stranger)
    for name in ("requests", "decisions", "replies"):
        assert client.get(api(one, name)).status_code == 404


def test_api_lists_replies(client, house):
    reply = ReplyFactory(registration=make(house, R.SUSPENDED))
    client.force_login(house.reader)
    [said] = client.get(api(reply.registration, "replies")).json()
    assert (said["text"], said["outcome"], said["answered_by"]) == ("We see it otherwise.", "waiting", None)
