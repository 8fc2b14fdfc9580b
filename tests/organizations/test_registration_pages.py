"""The list of registrations, the page of one, its questions, comments and moves."""

import csv
import io

import pytest
from django.utils import timezone

from accounts.actions import comment
from accounts.models import AuditEvent
from organizations.lifecycle import RegistrationState
from organizations.models import Registration
from organizations.search import reindex_all
from tests.factories.organizations import (
    AnswerFactory,
    OrganizationFactory,
    QuestionFactory,
    RegistrationFactory,
    SectionDraftFactory,
)

R = RegistrationState
WHO_SEES = [("editor", 200), ("administrator", 200), ("reader", 200), ("officer", 200), ("staff_viewer", 200)]
WHO_DOES_NOT = [("stranger", 404), ("nobody", 404), ("other_officer", 404)]


def make(house, **told):
    told = {"organization": house.organization, "office": house.office} | told
    return RegistrationFactory(created_by=house.administrator, **told)


# --- One registration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", R)
@pytest.mark.parametrize(("who", "status"), WHO_SEES + WHO_DOES_NOT)
def test_detail_opens_in_every_state_for_both_sides(client, house, who, status, state):
    registration = make(house, state=state, complete=True)
    client.force_login(getattr(house, who))
    assert client.get(registration.get_absolute_url()).status_code == status


def test_detail_names_the_working_languages(client, house):
    house.organization.languages = ["am", "tlh"]
    house.organization.save()
    registration = RegistrationFactory(organization=house.organization, state="submitted")
    client.force_login(house.administrator)
    assert "<bdi>አማርኛ</bdi> · <bdi>tlh</bdi>" in client.get(registration.get_absolute_url()).text
    assert "<bdi>አማርኛ</bdi> · <bdi>tlh</bdi>" in client.get(house.organization.get_absolute_url()).text


def test_detail_signed_out_leads_to_sign_in(client, house):
    registration = make(house)
    assert client.get(registration.get_absolute_url()).headers["Location"].startswith("/accounts/login/")
    assert client.post(registration.get_absolute_url()).status_code in (302, 405)


def test_detail_of_a_draft_lists_the_sections_and_what_is_missing(client, house):
    registration = make(house)
    SectionDraftFactory(registration=registration, section="identity", is_complete=True)
    SectionDraftFactory(registration=registration, section="legal")
    client.force_login(house.administrator)
    answer = client.get(registration.get_absolute_url())
    states = [task.state for task in answer.context["tasks"]]
    assert states == ["done", "started", "todo", "todo", "todo", "todo"]
    assert "1 of 6 sections complete" in answer.text
    assert f'href="/registrations/{registration.pk}/sections/legal/"' in answer.text.split("Before you can submit")[1]


def test_detail_complete_offers_the_check_to_the_administrator_alone(client, house):
    registration = make(house, complete=True)
    client.force_login(house.administrator)
    assert "Read your answers once more" in client.get(registration.get_absolute_url()).text
    client.force_login(house.editor)
    assert "An administrator of your organization sends it" in client.get(registration.get_absolute_url()).text


def test_detail_sent_back_says_why_on_top(client, house):
    registration = make(house, state=R.SUBMITTED, complete=True)
    registration.lifecycle.perform(registration, "send_back", by=house.officer, reason="Add the districts, please.")
    client.force_login(house.editor)
    answer = client.get(registration.get_absolute_url())
    assert answer.text.index("Add the districts, please.") < answer.text.index("sections complete")


def test_detail_says_whom_it_waits_for_since_when(client, house):
    registration = make(house, state=R.SUBMITTED, complete=True)
    Registration.objects.update(state_since=timezone.now() - timezone.timedelta(days=3))
    client.force_login(house.reader)
    answer = client.get(registration.get_absolute_url())
    assert "Waiting for the country office to check it" in answer.text
    assert "3 days" in answer.text.replace("&nbsp;", " ").replace("\xa0", " ")


def test_detail_keeps_the_office_s_own_words_from_the_organization(client, house):
    registration = make(house, state=R.SUBMITTED, complete=True)
    AnswerFactory(registration=registration, question=QuestionFactory(text="Any scandal?"), comment="None found.")
    comment(registration, "organizations.comment_registration", by=house.officer, text="Call them.", audience="office")
    client.force_login(house.administrator)
    theirs = client.get(registration.get_absolute_url()).text
    client.force_login(house.officer)
    ours = client.get(registration.get_absolute_url()).text
    for words in ("Any scandal?", "None found.", "Call them."):
        assert (words, words in theirs, words in ours) == (words, False, True)


# --- Check answers ----------------------------------------------------------------------------------------------------


def check(registration):
    return f"/registrations/{registration.pk}/check/"


@pytest.mark.parametrize(
    ("who", "status"),
    [("editor", 200), ("administrator", 200), ("reader", 403), ("staff_viewer", 403), ("officer", 403), *WHO_DOES_NOT],
)
def test_check_opens_for_who_fills_it_in(client, house, who, status):
    client.force_login(getattr(house, who))
    assert client.get(check(make(house))).status_code == status


def test_check_sends_the_form(client, house):
    registration = make(house, complete=True)
    client.force_login(house.administrator)
    assert client.get(check(registration)).context["reasons"] == []
    answer = client.post(check(registration), {"version": registration.version}, follow=True)
    assert "Sent. The country office has been told" in answer.text
    assert Registration.objects.get().state == R.SUBMITTED


def test_check_sends_it_again_with_what_was_added(client, house):
    registration = make(house, complete=True, state=R.SENT_BACK)
    client.force_login(house.administrator)
    client.post(check(registration), {"version": registration.version, "reason": "Districts added."})
    assert AuditEvent.objects.get(action="resubmit").reason == "Districts added."


def test_check_is_not_sent_by_an_editor(client, house):
    registration = make(house, complete=True)
    client.force_login(house.editor)
    assert client.post(check(registration), {"version": registration.version}).status_code == 403


def test_check_incomplete_names_what_is_missing(client, house):
    registration = make(house)
    client.force_login(house.administrator)
    answer = client.get(check(registration))
    assert "Before you can submit, complete: <a" in answer.text
    assert ">Names and identity</a>, <a" in answer.text
    assert client.post(check(registration), {}).status_code == 409


def test_check_seen_before_a_change_is_a_conflict(client, house):
    registration = make(house, complete=True, state=R.SENT_BACK)
    client.force_login(house.administrator)
    answer = client.post(check(registration), {"version": "99", "reason": "Added."})
    assert answer.status_code == 409
    assert "Added." in answer.text
    assert client.post(check(registration), {"version": "x"}).status_code == 422


def test_check_refuses_other_methods(client, house):
    client.force_login(house.administrator)
    assert client.put(check(make(house))).status_code == 405


# --- Questions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(house):
    return make(house, state=R.SUBMITTED, complete=True), QuestionFactory(), QuestionFactory(expected="no")


def questions(registration):
    return f"/registrations/{registration.pk}/questions/"


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("staff_viewer", 403), ("administrator", 403), ("editor", 403), *WHO_DOES_NOT],
)
def test_questions_open_for_the_office_s_registration_officer(client, house, asked, who, status):
    """R-09."""
    client.force_login(getattr(house, who))
    assert client.get(questions(asked[0])).status_code == status
    assert client.post(questions(asked[0]), {}).status_code == (302 if status == 200 else status)


def test_questions_are_answered_one_by_one_or_all(client, house, asked):
    registration, _first, second = asked
    client.force_login(house.officer)
    client.post(questions(registration), {f"answer-{second.pk}": "yes", f"comment-{second.pk}": "A newspaper."})
    assert list(registration.answers.values_list("question", "answer", "comment")) == [
        (second.pk, "yes", "A newspaper.")
    ]
    page = client.get(questions(registration))
    assert "The present answer stands against it." in page.text
    assert [row.stands_against for row in page.context["form"].asked()] == [False, True]
    assert client.get(registration.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("wrong", [{"answer": "maybe"}, {"answer": "", "comment": "So so."}, {"comment": "x" * 4001}])
def test_questions_badly_answered_are_asked_again(client, house, asked, wrong):
    registration, first, _second = asked
    client.force_login(house.officer)
    sent = {f"{part}-{first.pk}": value for part, value in wrong.items()}
    answer = client.post(questions(registration), sent)
    assert answer.status_code == 422
    assert not registration.answers.exists()


def test_questions_answered_by_a_colleague_meanwhile_are_a_conflict(client, house, asked):
    registration, first, second = asked
    AnswerFactory(registration=registration, question=first, answer="no", comment="Two\r\nlines.")
    client.force_login(house.officer)
    blank = {f"initial-{part}-{q.pk}": "" for part in ("answer", "comment") for q in (first, second)}
    mine = blank | {f"answer-{first.pk}": "yes", f"comment-{first.pk}": "Seen."}
    answer = client.post(questions(registration), mine)
    assert answer.status_code == 409
    assert "A colleague answered meanwhile" in answer.text
    assert "Seen." in answer.text
    assert registration.answers.get().answer == "no"
    form = answer.context["form"]
    again = {bound.html_initial_name: form.data.get(bound.html_initial_name, "") for bound in form}
    assert client.post(questions(registration), mine | again).status_code == 302
    assert registration.answers.get().answer == "yes"


def test_questions_of_colleagues_are_left_alone(client, house, asked):
    """What this person did not touch is not written, although the page showed it before the colleague answered."""
    registration, first, second = asked
    AnswerFactory(registration=registration, question=first, answer="no")
    client.force_login(house.officer)
    blank = {f"initial-{part}-{q.pk}": "" for part in ("answer", "comment") for q in (first, second)}
    assert client.post(questions(registration), blank | {f"answer-{second.pk}": "no"}).status_code == 302
    assert dict(registration.answers.values_list("question", "answer")) == {first.pk: "no", second.pk: "no"}


def test_questions_are_closed_while_the_form_is_not_with_the_office(client, house):
    client.force_login(house.officer)
    assert client.get(questions(make(house, state=R.SENT_BACK))).status_code == 409


def test_questions_refuse_other_methods(client, house, asked):
    client.force_login(house.officer)
    assert client.put(questions(asked[0])).status_code == 405


# --- Comments ---------------------------------------------------------------------------------------------------------


def comments(registration):
    return f"/registrations/{registration.pk}/comment/"


@pytest.mark.parametrize(("who", "status"), [(who, 302) for who, _status in WHO_SEES] + WHO_DOES_NOT)
def test_comment_is_for_who_sees_the_registration(client, house, who, status):
    client.force_login(getattr(house, who))
    registration = make(house, state=R.SUBMITTED)
    assert client.post(comments(registration), {"text": "Hello.", "audience": "both"}).status_code == status
    assert AuditEvent.objects.filter(action="commented").count() == (1 if status == 302 else 0)


def test_comment_of_a_member_is_read_by_both_sides_whatever_is_sent(client, house):
    client.force_login(house.editor)
    client.post(comments(make(house)), {"text": "Hello.", "audience": "office"})
    assert AuditEvent.objects.get(action="commented").audience == "both"


@pytest.mark.parametrize("sent", [{"text": " ", "audience": "both"}, {"text": "A", "audience": "all"}])
def test_comment_badly_sent_is_asked_again(client, house, sent):
    client.force_login(house.officer)
    assert client.post(comments(make(house)), sent).status_code == 422


def test_comment_has_no_page_of_its_own(client, house):
    client.force_login(house.editor)
    assert client.get(comments(make(house))).status_code == 405


# --- Moves ------------------------------------------------------------------------------------------------------------


def test_transition_by_page(client, house):
    registration = make(house, state=R.SUBMITTED)
    client.force_login(house.officer)
    url = registration.transition_url("send_back")
    assert client.get(url).status_code == 200
    assert client.post(url, {"version": "1", "reason": ""}).status_code == 422
    assert client.post(url, {"version": "9", "reason": "More."}).status_code == 409
    assert client.post(url, {"version": "1", "reason": "More."}).status_code == 302
    assert client.get(url).status_code == 409


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("staff_viewer", 403), *WHO_DOES_NOT])
def test_transition_is_for_who_may(client, house, who, status):
    client.force_login(getattr(house, who))
    assert client.get(make(house, state=R.SUBMITTED).transition_url("decline")).status_code == status


def test_transition_unknown_is_not_found(client, house):
    client.force_login(house.officer)
    assert client.get(make(house, state=R.SUBMITTED).transition_url("bless")).status_code == 404


# --- The list ---------------------------------------------------------------------------------------------------------


def listed(client, user, **asked):
    client.force_login(user)
    return [row.organization.name for row in client.get("/registrations/", asked).context["object_list"]]


@pytest.fixture
def queue(house):
    """Four files of the office and one of another, in the order in which they are made."""
    for number, (name, state) in enumerate(
        [("Älter", R.VERIFIED), ("Long", R.SUBMITTED), ("Drafted", R.DRAFT), ("Short", R.RESUBMITTED)]
    ):
        made = make(house, organization=OrganizationFactory(name=name), state=state)
        Registration.objects.filter(pk=made.pk).update(state_since=timezone.now() - timezone.timedelta(days=9 - number))
    RegistrationFactory(organization__name="Elsewhere", state=R.SUBMITTED)
    reindex_all()


def test_list_puts_first_what_waits_longest_for_the_office(client, house, queue):
    assert listed(client, house.officer) == ["Long", "Short", "Drafted", "Älter"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"state": ["submitted", "draft"]}, ["Long", "Drafted"]),
        ({"q": "alter"}, ["Älter"]),
        ({"q": "%"}, ["Long", "Short", "Drafted", "Älter"]),
        ({"sort": "name"}, ["Drafted", "Long", "Short", "Älter"]),
        ({"cso_type": "media"}, []),
    ],
)
def test_list_is_filtered_and_sorted(client, house, queue, asked, names):
    found = listed(client, house.officer, **asked)
    assert sorted(found) == sorted(names)


def test_list_counts_what_waits_for_whom(client, house, queue):
    client.force_login(house.officer)
    counts = client.get("/registrations/").context["counts"]
    assert counts == {"with_office": 2, "with_partner": 1, "verified": 1, "late": 0}


def test_list_shows_members_their_own(client, house, queue):
    own = make(house)
    assert listed(client, house.reader) == [own.organization.name]
    assert listed(client, house.nobody) == []


def test_list_with_nonsense_in_the_address_still_answers(client, house, queue):
    client.force_login(house.officer)
    assert client.get("/registrations/", {"state": "lost", "office": "x", "q": "\x00"}).status_code == 200
    assert client.get("/registrations/", {"after": "x"}).headers["Location"] == "/registrations/"


def test_list_as_csv(client, house, queue):
    client.force_login(house.officer)
    text = b"".join(client.get("/registrations/", {"format": "csv", "state": "verified"})).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Organization"], row["State"]) for row in rows] == [("Älter", "Verified")]


@pytest.mark.parametrize("who", ["officer", "administrator"])
def test_list_costs_the_same_for_one_row_and_for_many(queries_of, house, who):
    make(house)
    few = queries_of(getattr(house, who), "/registrations/", most=10)
    for _number in range(12):
        make(house, organization=OrganizationFactory())
    assert queries_of(getattr(house, who), "/registrations/", most=10) == few


def test_list_signed_out_leads_to_sign_in(client, db):
    assert client.get("/registrations/").headers["Location"].startswith("/accounts/login/")


def test_list_refuses_other_methods(client, house):
    client.force_login(house.officer)
    assert client.post("/registrations/").status_code == 405
