"""The pages of agreements: each works, and refuses whom and what it must."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from partnerships.actions import comment_agreement
from partnerships.models import Agreement
from tests.factories.partnerships import AgreementFactory, in_days, page_of, put
from tests.factories.programmes import PlaceFactory

pytestmark = pytest.mark.django_db

LIST = "/agreements/"
NEW = "/agreements/new/"


def test_page_says_that_nobody_can_sign_for_the_partner_yet(as_, cast, agreement):
    put(agreement, "awaiting_signatures")
    assert "names an authorised officer" in as_("partner_admin").get(page_of(agreement)).text
    cast.signer  # noqa: B018 – made when first asked for
    assert "names an authorised officer" not in as_("partner_admin").get(page_of(agreement)).text


# --- The list ---------------------------------------------------------------------------------------------------------


def test_list_shows_a_row_with_its_facts_and_marks_what_waits_for_the_reader(as_, agreement):
    put(agreement, "awaiting_signatures")
    text = as_("signer").get(LIST).content.decode()
    for said in (agreement.reference, "Learning together", agreement.organization.name, "USD", "Awaiting signatures"):
        assert said in text
    assert "Waiting for you" in text
    assert "Waiting for you" not in as_("partner_viewer").get(LIST).content.decode()


@pytest.mark.parametrize(("who", "state", "seen"), [
    ("anonymous", "active", True), ("anonymous", "draft", False), ("other_head", "draft", False),
    ("viewer", "draft", True), ("partner_viewer", "draft", True), ("stranger", "ended", True),
])  # fmt: skip
def test_list_shows_what_the_reader_may_see(as_, agreement, who, state, seen):
    put(agreement, state)
    assert ("Learning together" in as_(who).get(LIST).content.decode()) is seen


@pytest.mark.parametrize("sort", ["changed", "start", "end", "reference", "amount", "nonsense"])
def test_list_in_every_order(as_, agreement, sort):
    assert as_("viewer").get(LIST, {"sort": sort}).status_code == 200


def test_list_costs_the_same_for_one_row_and_for_many(as_, agreement, django_assert_max_num_queries):
    client = as_("manager")
    asked = {"kind": "pca", "office": agreement.office.code, "organization": agreement.organization_id, "q": "learn"}
    client.get(LIST)  # what the process keeps is read once
    for _more in range(2):
        with django_assert_max_num_queries(10) as few:
            assert client.get(LIST, asked).status_code == 200
        AgreementFactory.create_batch(
            24, title="Learn", office=agreement.office, organization=agreement.organization, kind="pca"
        )
    assert len(few) <= 10


def test_list_names_the_partner_it_is_filtered_by(as_, agreement):
    text = as_("viewer").get(LIST, {"organization": agreement.organization_id}).content.decode()
    assert f"<bdi>{agreement.organization.name}</bdi>" in text


def test_list_offers_a_draft_to_those_who_may(as_):
    assert NEW in as_("officer").get(LIST).content.decode()
    assert NEW not in as_("viewer").get(LIST).content.decode()


# --- One agreement ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anonymous", "stranger", "other_head", "other_signer"])
def test_detail_of_a_draft_is_not_there_for_strangers(as_, agreement, who):
    assert as_(who).get(page_of(agreement)).status_code == 404


@pytest.mark.parametrize("state", ["draft", "in_review", "awaiting_signatures", "active", "suspended", "cancelled"])
def test_detail_costs_at_most_fifteen_queries(as_, agreement, state, django_assert_max_num_queries):
    agreement.locations.set(PlaceFactory.create_batch(3, parent=agreement.office.countries.get()))
    put(agreement, state)
    client = as_("manager")
    with django_assert_max_num_queries(15):
        assert client.get(page_of(agreement)).status_code == 200


def carry(agreement, begun, *steps):
    """Make the moves (days after ``begun``, name, by, reason)."""
    for days, name, by, reason in steps:
        with time_machine.travel(begun + timedelta(days=days), tick=False):
            told = {"reason": reason} if reason else {}
            agreement = agreement.lifecycle.perform(agreement, name, by=by, **told)
    return agreement


def test_detail_says_whom_it_waits_for_since_when_and_what_is_usual(as_, agreement, cast):
    begun = timezone.now() - timedelta(days=60)
    for days in (2, 5, 20):  # from opening to the last signature; that they began later still does not count
        parties = {"office": agreement.office, "organization": agreement.organization}
        earlier = AgreementFactory(state="approved", start=in_days(-12), **parties)
        opened = carry(earlier, begun, (0, "open_for_signature", cast.manager, ""), (1, "sign_unicef", cast.head, ""))
        carry(opened, begun, (days, "sign_partner", cast.signer, ""), (50, "activate", cast.manager, ""))
    waiting = put(agreement, "awaiting_signatures", state_since=timezone.now() - timedelta(days=9))
    carry(waiting, timezone.now() - timedelta(days=3), (0, "sign_unicef", cast.head, ""))
    text = " ".join(as_("signer").get(page_of(agreement)).content.decode().split())
    assert "Waiting for the partner’s signature" in text
    assert "(3 days)." in text
    assert "This office usually takes 5 days for this step." in text
    assert f"<bdi>UNICEF {agreement.office}</bdi> signed on" in text


def test_usual_is_what_at_least_three_took_each_time_they_came(agreement, cast):
    agreement = put(agreement, "in_review")
    begun = timezone.now() - timedelta(days=60)
    for count, usual in ((1, None), (2, 7)):
        earlier = AgreementFactory(office=agreement.office)
        back = (10, "send_back", cast.head, "Another page.")
        carry(earlier, begun, (0, "submit", cast.officer, ""), back, (20, "submit", cast.officer, ""))
        carry(Agreement.objects.get(pk=earlier.pk), begun, (24, "approve", cast.head, ""))
        assert (count, agreement.usual_days()) == (count, usual)
    elsewhere = AgreementFactory(state="in_review")
    assert elsewhere.usual_days() is None


def test_detail_shows_each_move_and_why_not_yet(as_, agreement):
    put(agreement, "awaiting_signatures")
    manager = as_("manager").get(page_of(agreement)).content.decode()
    assert "Both signatures are needed." in manager
    assert page_of(agreement, "record_signatures/") in manager
    assert "sign_unicef" not in manager
    head = as_("head").get(page_of(agreement)).content.decode()
    assert page_of(agreement, "sign_unicef/") in head
    assert "There is nothing for you to do here now." in as_("viewer").get(page_of(agreement)).content.decode()


def test_history_is_read_by_each_side_as_far_as_it_is_theirs(as_, agreement, cast):
    comment_agreement(agreement, by=cast.manager, text="For both of us")
    comment_agreement(agreement, by=cast.manager, text="Between ourselves", audience="office")
    agreement.lifecycle.perform(agreement, "submit", by=cast.officer)
    agreement.lifecycle.perform(agreement, "send_back", by=cast.head, reason="Budget unclear")
    agreement = put(agreement, "active")
    agreement.lifecycle.perform(agreement, "suspend", by=cast.manager, reason="An allegation")
    agreement = Agreement.objects.get(pk=agreement.pk)
    agreement.lifecycle.perform(agreement, "resume", by=cast.manager, reason="Cleared")
    said = ["For both of us", "Between ourselves", "Budget unclear", "An allegation", "Sent to review", "Resumed"]
    reads = {"viewer": said, "partner_viewer": [said[0], *said[2:]], "anonymous": ["Resumed"], "stranger": ["Resumed"]}
    for who, lines in reads.items():
        text = as_(who).get(page_of(agreement)).content.decode()
        assert (who, [line for line in said if line in text]) == (who, lines)
        assert ("Partnership manager" in text) is (who not in ("anonymous", "stranger"))


def test_an_imported_agreement_says_where_it_comes_from(as_, agreement):
    put(agreement, "active", source="Cluster list 2025", external_id="P-77")
    text = " ".join(as_("anonymous").get(page_of(agreement)).content.decode().split())
    assert "Source: Cluster list 2025, number P-77. Another system decided on this agreement" in text


def test_the_public_is_led_to_no_partner_page_that_it_may_not_see(as_, agreement):
    put(agreement, "active")
    link = agreement.organization.get_absolute_url()
    assert f'href="{link}"' in as_("anonymous").get(page_of(agreement)).content.decode()
    agreement.organization.registrations.update(valid_until=in_days(-1))
    assert f'href="{link}"' not in as_("anonymous").get(page_of(agreement)).content.decode()


# --- Comments ---------------------------------------------------------------------------------------------------------


def test_comment_is_kept_and_shown(as_, agreement):
    answer = as_("reviewer").post(page_of(agreement, "comment/"), {"text": "Fine by me.", "audience": "office"})
    assert answer.status_code == 302
    event = AuditEvent.objects.about(agreement).get()
    assert (event.reason, event.audience) == ("Fine by me.", "office")


@pytest.mark.parametrize(
    ("who", "told", "status"),
    [
        ("viewer", {"text": "Hm", "audience": "both"}, 302),
        ("partner_viewer", {"text": "Hm"}, 302),
        ("partner_viewer", {"text": "Hm", "audience": "office"}, 302),  # not theirs to choose: it goes to both sides
        ("manager", {"text": "", "audience": "both"}, 422),
        ("manager", {"text": "Typed", "audience": "everyone"}, 422),
        ("other_head", {"text": "Hm"}, 404),
        ("anonymous", {"text": "Hm"}, 404),
    ],
)
def test_comment_by_each(as_, agreement, who, told, status):
    answer = as_(who).post(page_of(agreement, "comment/"), told)
    assert answer.status_code == status
    assert AuditEvent.objects.about(agreement).filter(audience="both").count() == (status == 302)
    if status == 422:
        assert told["text"] in answer.content.decode()


def test_comment_on_a_public_agreement_is_for_its_two_sides(as_, agreement):
    put(agreement, "active")
    for who in ("stranger", "other_head", "anonymous"):
        assert as_(who).post(page_of(agreement, "comment/"), {"text": "Hm"}).status_code == 403


def test_comment_is_posted_only(as_, agreement):
    assert as_("manager").get(page_of(agreement, "comment/")).status_code == 405


# --- Moves ------------------------------------------------------------------------------------------------------------


def test_whoever_signs_reads_what_and_in_whose_name(as_, agreement):
    put(agreement, "awaiting_signatures", summary="Two hundred classrooms.")
    for who, move, name in (
        ("signer", "sign_partner", str(agreement.organization)),
        ("head", "sign_unicef", f"UNICEF {agreement.office}"),
    ):
        text = " ".join(as_(who).get(page_of(agreement, f"{move}/")).content.decode().split())
        for said in (name, "Two hundred classrooms.", "Learning together", "40,000.00", "sign in the name of"):
            assert said in text


@pytest.mark.parametrize(
    ("who", "move", "status"),
    [
        ("signer", "sign_partner", 302),
        ("partner_viewer", "sign_partner", 403),
        ("partner_admin", "sign_partner", 403),
        ("head", "sign_partner", 403),
        ("other_signer", "sign_partner", 404),
        ("anonymous", "sign_partner", 404),
        ("head", "sign_unicef", 302),
        ("manager", "sign_unicef", 403),
        ("viewer", "sign_unicef", 403),
        ("signer", "sign_unicef", 403),
        ("other_head", "sign_unicef", 404),
        ("manager", "approve", 403),
        ("head", "approve", 409),
        ("manager", "activate", 409),
        ("manager", "cancel", 422),
        ("signer", "return_unsigned", 422),
        ("manager", "record_signatures", 422),
        ("manager", "fly", 404),
    ],
)
def test_moves_by_each(as_, agreement, who, move, status):
    agreement = put(agreement, "awaiting_signatures")
    assert as_(who).post(page_of(agreement, f"{move}/"), {"version": agreement.version}).status_code == status


def test_another_office_s_head_sees_what_is_public_and_moves_nothing(as_, agreement):
    put(agreement, "active")
    client = as_("other_head")
    assert client.get(page_of(agreement)).status_code == 200
    assert client.get(page_of(agreement, "suspend/")).status_code == 403
    assert client.post(page_of(agreement, "suspend/"), {"reason": "No"}).status_code == 403


def test_a_move_made_on_an_old_page_keeps_the_reason_that_was_typed(as_, agreement):
    put(agreement, "in_review", version=7)
    answer = as_("head").post(page_of(agreement, "send_back/"), {"version": 6, "reason": "Page three is wrong."})
    assert answer.status_code == 409
    assert "Page three is wrong." in answer.content.decode()
    assert 'value="7"' in answer.content.decode()


def test_a_move_is_got_or_posted(as_, agreement):
    put(agreement, "in_review")
    assert as_("head").put(page_of(agreement, "approve/")).status_code == 405


def test_the_addresses_are_named():
    assert reverse("partnerships:agreement-list") == LIST
    assert reverse("partnerships:agreement-create") == NEW
