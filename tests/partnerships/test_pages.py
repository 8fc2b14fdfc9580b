"""The pages of agreements: each works, and refuses whom and what it must."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from partnerships.actions import comment_agreement
from partnerships.models import Agreement
from tests.factories.partnerships import AgreementFactory, Cast, PartnerFactory, in_days, verify
from tests.factories.programmes import CountryOfficeFactory, PlaceFactory, StaffAssignmentFactory, ThemeFactory

pytestmark = pytest.mark.django_db

LIST = "/agreements/"
NEW = "/agreements/new/"


@pytest.fixture
def agreement():
    return AgreementFactory(title="Learning together")


@pytest.fixture
def cast(agreement):
    return Cast(agreement)


@pytest.fixture
def as_(client, cast):
    """``as_("head")``: the test client signed in as one of the cast."""

    def sign_in(name):
        client.logout()
        if name != "anonymous":
            client.force_login(getattr(cast, name))
        return client

    return sign_in


def put(agreement, state, **facts):
    Agreement.objects.filter(pk=agreement.pk).update(state=state, **facts)
    return Agreement.objects.get(pk=agreement.pk)


def page_of(agreement, what=""):
    return f"{agreement.get_absolute_url()}{what}"


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


def test_detail_says_whom_it_waits_for_since_when_and_what_is_usual(as_, agreement, cast):
    start = timezone.now() - timedelta(days=40)
    for days in (2, 5, 20):  # three earlier ones: the office usually takes 5 days
        earlier = AgreementFactory(state="approved", office=agreement.office)
        for day, name in ((0, "open_for_signature"), (days, "send_back")):
            with time_machine.travel(start + timedelta(days=day), tick=False):
                who = cast.manager if day == 0 else cast.head
                told = {"reason": "Another page."} if day else {}
                earlier = earlier.lifecycle.perform(earlier, name, by=who, **told)
    agreement = put(agreement, "awaiting_signatures", state_since=timezone.now() - timedelta(days=9))
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        agreement.lifecycle.perform(agreement, "sign_unicef", by=cast.head)
    text = " ".join(as_("signer").get(page_of(agreement)).content.decode().split())
    assert "Waiting for the partner’s signature" in text
    assert "(3 days)." in text
    assert "This office usually takes 5 days for this step." in text
    assert f"<bdi>{agreement.office}</bdi> signed on" in text


def test_detail_says_nothing_is_usual_with_two_examples(agreement, cast):
    for _n in range(2):
        earlier = AgreementFactory(office=agreement.office)
        earlier.lifecycle.perform(earlier, "submit", by=cast.officer)
    assert agreement.usual_days() is None
    third = AgreementFactory(office=agreement.office)
    third.lifecycle.perform(third, "submit", by=cast.officer)
    assert agreement.usual_days() is None  # they were made by hand: nobody knows when their drafting began


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


# --- Drafting ---------------------------------------------------------------------------------------------------------


def typed(agreement, **changes):
    return {
        "kind": "pca",
        "title": "A new title",
        "summary": "For whom",
        "start": "2027-01-01",
        "end": "2028-12-31",
        "amount": "1234.50",
        "currency": "USD",
        "themes": [theme.pk for theme in agreement.themes.all()],
        "locations": [],
        "version": agreement.version,
    } | changes


def new_for(agreement):
    return f"{NEW}?organization={agreement.organization_id}&office={agreement.office.code}"


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("manager", 200), ("region_manager", 200), ("head", 403),
    ("viewer", 403), ("partner_admin", 403), ("stranger", 403), ("anonymous", 302)])  # fmt: skip
def test_who_may_draft(as_, agreement, who, status):
    assert as_(who).get(NEW).status_code == status
    assert as_(who).get(new_for(agreement)).status_code == status
    assert as_(who).post(new_for(agreement), {}).status_code == (422 if status == 200 else status)


def test_draft_asks_whom_with_and_offers_who_is_verified(as_, agreement):
    known = agreement.organization
    PartnerFactory(name="Elsewhere only", verified_by=CountryOfficeFactory())
    text = as_("officer").get(NEW).content.decode()
    assert f"?organization={known.pk}&amp;office={agreement.office.code}" in text
    assert "Elsewhere only" not in text


def test_draft_says_why_an_organization_cannot_be_chosen(as_, agreement):
    unknown = PartnerFactory(name="Unknown friends")
    lapsed = PartnerFactory(name="Lapsed friends")
    verify(lapsed, agreement.office, until=in_days(-1))
    text = as_("officer").get(NEW, {"q": "friends"}).content.decode()
    assert "It is not registered with your office." in text
    assert "ran out on" in text
    assert "Draft for" not in text
    for partner in (unknown, lapsed):
        answer = as_("officer").get(NEW, {"organization": partner.pk})
        assert answer.status_code == 409
        assert partner.name in answer.content.decode()


def test_draft_goes_straight_on_where_one_office_has_verified(as_, agreement):
    answer = as_("officer").get(NEW, {"organization": agreement.organization_id})
    assert answer.headers["Location"] == new_for(agreement)


def test_draft_asks_for_which_office_where_several_have_verified(as_, agreement, cast):
    second = CountryOfficeFactory(region=agreement.office.region)
    verify(agreement.organization, second)
    text = as_("region_manager").get(NEW, {"organization": agreement.organization_id}).content.decode()
    assert text.count("Draft for UNICEF") == 2
    StaffAssignmentFactory(user=cast.officer, role="reviewer", office=second)  # reads there, does not draft there
    assert as_("officer").get(NEW, {"organization": agreement.organization_id}).status_code == 302


@pytest.mark.parametrize("asked", ["x", "999999", ""])
def test_draft_with_an_organization_that_is_not(as_, asked):
    assert as_("officer").get(NEW, {"organization": asked}).status_code == 404


def test_draft_is_made(as_, agreement):
    place = PlaceFactory(parent=agreement.office.countries.get())
    theme = ThemeFactory()
    answer = as_("officer").post(new_for(agreement), typed(agreement, themes=[theme.pk], locations=[place.pk]))
    made = Agreement.objects.latest("pk")
    assert (answer.status_code, answer.headers["Location"]) == (302, made.get_absolute_url())
    assert (made.title, made.organization, made.office) == ("A new title", agreement.organization, agreement.office)
    assert (list(made.themes.all()), list(made.locations.all())) == ([theme], [place])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"end": "2026-12-31"}, "end"),
        ({"start": "31.1.2027"}, "start"),
        ({"amount": "a lot"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"currency": "ABC"}, "currency"),
        ({"kind": "loan"}, "kind"),
        ({"themes": ["0"]}, "themes"),
        ({"locations": ["0"]}, "locations"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(as_, agreement, changes, field):
    for url in (new_for(agreement), page_of(agreement, "edit/")):
        answer = as_("officer").post(url, typed(agreement, summary="Kept as typed", **changes))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert "Kept as typed" in answer.content.decode()


def test_places_outside_the_office_s_countries_are_not_offered(as_, agreement):
    outside = PlaceFactory()
    answer = as_("officer").post(new_for(agreement), typed(agreement, locations=[outside.pk]))
    assert answer.status_code == 422


def test_a_verification_that_lapses_while_typing_loses_nothing(as_, agreement):
    agreement.organization.registrations.update(valid_until=in_days(-1))
    answer = as_("officer").post(new_for(agreement), typed(agreement))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "A new title" in text
    assert "is not verified by" in text


def test_edit_shows_and_saves_the_facts(as_, agreement):
    client = as_("officer")
    text = client.get(page_of(agreement, "edit/")).content.decode()
    assert "Learning together" in text
    assert client.post(page_of(agreement, "edit/"), typed(agreement)).status_code == 302
    assert Agreement.objects.get(pk=agreement.pk).title == "A new title"


def test_edit_on_an_old_page_keeps_what_was_typed(as_, agreement):
    put(agreement, "draft", version=5)
    client = as_("officer")
    answer = client.post(page_of(agreement, "edit/"), typed(agreement, version=4))
    assert answer.status_code == 409
    assert "A new title" in answer.content.decode()
    assert answer.context["form"]["version"].value() == "5"
    assert client.post(page_of(agreement, "edit/"), typed(agreement, version=5)).status_code == 302


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("manager", 200), ("head", 403), ("viewer", 403),
    ("partner_admin", 403), ("other_manager", 404), ("stranger", 404), ("anonymous", 302)])  # fmt: skip
def test_who_may_edit(as_, agreement, who, status):
    assert as_(who).get(page_of(agreement, "edit/")).status_code == status
    answer = as_(who).post(page_of(agreement, "edit/"), typed(agreement, title=""))
    assert answer.status_code == (422 if status == 200 else status)


def test_edit_of_a_closed_text(as_, agreement):
    put(agreement, "in_review")
    client = as_("officer")
    assert client.get(page_of(agreement, "edit/")).status_code == 409
    answer = client.post(page_of(agreement, "edit/"), typed(agreement))
    assert answer.status_code == 409
    assert "A new title" in answer.content.decode()


@pytest.mark.parametrize("url", [NEW, "edit"])
def test_forms_are_got_or_posted(as_, agreement, url):
    url = new_for(agreement) if url == NEW else page_of(agreement, "edit/")
    assert as_("officer").delete(url).status_code == 405


def test_the_addresses_are_named():
    assert reverse("partnerships:agreement-list") == LIST
    assert reverse("partnerships:agreement-create") == NEW
