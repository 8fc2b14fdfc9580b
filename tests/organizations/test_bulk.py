"""What staff do with many organizations at once: it says what will happen, happens once, and says what was left out."""

import re

import pytest

from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from organizations import bulk
from organizations.actions import tag as actions
from organizations.bulk import BULK_ACTIONS, Choice, carry_out
from organizations.models import BulkRun, Organization, Tag, Tagging
from organizations.search import reindex_all
from portal.kit.access import NotAllowed, NotNow
from tests.factories.organizations import MembershipFactory, OrganizationFactory
from tests.factories.programmes import StaffAssignmentFactory

URL = "/organizations/bulk/"
NAMES = ["tag", "untag", "message", "export"]


@pytest.fixture
def partners(house):
    """One that two people administer, in two languages, and one that nobody does."""
    second = MembershipFactory(organization=house.organization, role=MemberRole.ADMINISTRATOR).user
    second.language = "ar"
    second.save()
    rows = [house.organization, OrganizationFactory(name="Water for all")]
    reindex_all()
    return rows


def ask(client, **told):
    page = client.get(URL, told)
    return page, re.search(r'name="choice" value="([^"]+)"', page.text).group(1)


# --- Who, and the choice ----------------------------------------------------------------------------------------------


def test_who_may_do_what_with_many_at_once(client, house, partners):
    asked = {"pk": partners[0].pk, "action": "tag"}
    answers = {}
    for who in ("officer", "manager", "staff_viewer", "head", "administrator"):
        client.force_login(getattr(house, who))
        answers[who] = [client.get(URL, {**asked, "action": name}).status_code for name in NAMES]
    looks_after, reads = [200] * 4, [403, 403, 403, 200]
    assert list(BULK_ACTIONS) == NAMES
    assert answers == {
        "officer": looks_after,
        "manager": looks_after,
        "staff_viewer": reads,
        "head": reads,
        "administrator": [403] * 4,
    }
    assert client.get(URL, {**asked, "action": "nonsense"}).status_code == 404
    client.logout()
    assert client.get(URL, asked).status_code == 302


def test_all_that_a_search_finds_is_taken_up_to_a_limit(client, house, partners, monkeypatch):
    client.force_login(house.officer)
    everything, _sealed = ask(client, action="tag", scope="all", query="")
    water, _sealed = ask(client, action="tag", scope="all", query="q=water&sort=name")
    found = [[row.name for row in page.context["plan"].ready] for page in (everything, water)]
    assert found == [[row.name for row in Organization.objects.order_by("name")], ["Water for all"]]
    assert client.get(URL, {"action": "tag", "query": "q=water"}).url == "/organizations/?q=water"
    monkeypatch.setattr(bulk, "MOST", 1)
    assert client.get(URL, {"action": "tag", "scope": "all", "query": ""}).status_code == 409
    assert client.get(URL, {"action": "tag", "scope": "all", "query": "theme=gone"}).status_code == 409


def test_a_choice_is_one_persons_for_one_action_and_cannot_be_made_up(client, house, partners):
    sealed = Choice.ticked("tag", [str(partners[0].pk)]).sealed(house.officer)
    for words, whose, action in (
        (sealed, house.manager, "tag"),
        (sealed, house.officer, "message"),
        ("x", house.officer, "tag"),
    ):
        with pytest.raises(NotNow, match="Choose the partners again"):
            Choice.opened(words, whose, action)
    client.force_login(house.officer)
    assert client.post(URL, {"action": "tag", "choice": sealed + "x"}).status_code == 409


def test_what_is_no_longer_seen_is_left_out_and_said(house, partners):
    gone = OrganizationFactory(name="Gone", merged_into=partners[0])
    choice = Choice.ticked("tag", [str(gone.pk), str(partners[0].pk), "nonsense", "9" * 30])
    run = carry_out(choice, by=house.officer, office=house.office, label="Flood")
    assert (run.done, run.skipped) == (1, [(f"Number {gone.pk}", "You no longer see it.")])


# --- Tags -------------------------------------------------------------------------------------------------------------


def test_tags_are_put_on_once_found_and_taken_off(client, house, partners):
    client.force_login(house.officer)
    _page, sealed = ask(client, action="tag", pk=[row.pk for row in partners])
    told = {"action": "tag", "choice": sealed, "office": house.office.pk, "label": "  Flood   2027 "}
    assert client.post(URL, {**told, "label": "…"}).status_code == 422
    first, again = client.post(URL, told), client.post(URL, told)  # a double click
    run = BulkRun.objects.get()
    assert first.url == again.url == f"{URL}{run.token}/"
    tag = Tag.objects.get()
    page = client.get(first.url).text
    assert (run.done, "“Flood 2027” was put on 2 partners" in page) == (2, True)
    assert f'href="{tag.get_absolute_url()}"' in page
    assert (tag.label, tag.office, tag.taggings.count()) == ("Flood 2027", house.office, 2)
    events = AuditEvent.objects.about(tag).values_list("action", "changes", "audience")
    assert list(events) == [
        ("tagged", {"organizations": [[], sorted(row.pk for row in partners)]}, "office"),
        ("created", {}, "office"),
    ]
    found = client.get("/organizations/", {"tag": tag.pk, "q": "water"})
    assert [row.name for row in found.context["object_list"]] == ["Water for all"]
    assert [words for words, _url in found.context["page"].pills] == ["water", "Flood 2027 (Homeland)"]
    run = carry_out(
        Choice.ticked("tag", [str(partners[1].pk)]), by=house.manager, office=house.office, label="FLOOD 2027"
    )
    assert (run.done, run.skipped) == (0, [("Water for all", "It has this tag already.")])
    _page, sealed = ask(client, action="untag", pk=partners[1].pk)
    done = client.post(URL, {"action": "untag", "choice": sealed, "tag": tag.pk}, follow=True)
    assert "“Flood 2027” was taken off 1 partner<" in done.text
    assert list(tag.taggings.values_list("organization", flat=True)) == [partners[0].pk]


def test_tags_are_for_the_staff_of_the_office_alone(client, house, partners):
    carry_out(Choice.ticked("tag", [str(partners[0].pk)]), by=house.officer, office=house.office, label="Flood")
    tag = Tag.objects.get()
    hq = StaffAssignmentFactory(role=StaffRole.HQ_EDITOR, office=None).user
    people = (house.staff_viewer, hq, house.other_officer, house.administrator)
    assert [Tag.objects.visible_to(person).exists() for person in people] == [True, True, False, False]
    assert [person.has_perm("organizations.view_tag", tag) for person in people] == [True, True, False, False]
    path = f"{partners[0].get_absolute_url()}tags/"
    shown, removed = [], []
    for person in people:
        client.force_login(person)
        shown.append(["Flood" in client.get(url).text for url in ("/tags/", path, tag.get_absolute_url())])
        if person != hq:
            removed.append(client.post(f"{path}{tag.pk}/remove/").status_code)
    assert shown == [[True] * 3, [True] * 3, [False] * 3, [False] * 3]
    assert removed == [403, 404, 403]
    for person in (house.staff_viewer, house.other_officer):
        with pytest.raises(NotAllowed):
            actions.tag_organizations(partners, by=person, office=house.office, label="Mine")
    client.force_login(hq)
    assert client.post(f"{path}{tag.pk}/remove/").url == path
    assert Tagging.objects.count() == 0


# --- Messages ---------------------------------------------------------------------------------------------------------


def test_a_message_says_whom_it_reaches_and_is_sent_once(client, house, partners):
    client.force_login(house.officer)
    page, sealed = ask(client, action="message", pk=[row.pk for row in partners])
    plan = page.context["plan"]
    assert ([row.name for row in plan.ready], plan.skipped) == (
        ["Hope for Children"],
        [("Water for all", "Nobody administers it in the portal yet.")],
    )
    assert plan.facts == [
        "It reaches 2 people.",
        "They read the portal in: English (1), العربية (1). Your words are not translated.",
        "You can write to 200 organizations more today.",
    ]
    told = {
        "action": "message",
        "choice": sealed,
        "office": house.office.pk,
        "subject": "Call",
        "text": "Come & see <b>us</b>.",
    }
    assert client.post(URL, {**told, "text": " "}).status_code == 422
    assert client.post(URL, told).url == client.post(URL, told).url
    run = BulkRun.objects.get()
    assert (run.done, run.reached, Notification.objects.count()) == (1, 2, 2)
    mail = Notification.objects.get(recipient=house.administrator)
    assert mail.subject == "UNICEF Homeland: Call"
    assert "Come & see <b>us</b>." in mail.body
    assert (str(house.officer) in mail.body, house.officer.email in mail.body) == (True, True)
    event = AuditEvent.objects.about(house.organization).get()
    assert (event.action, event.actor, event.reason) == ("messaged", house.officer, "Call\n\nCome & see <b>us</b>.")


def test_messages_have_a_limit_a_day(client, house, partners, monkeypatch):
    monkeypatch.setattr(actions, "MESSAGES_A_DAY", 1)
    told = {"office": house.office, "subject": "Call", "text": "Come."}
    carry_out(Choice.ticked("message", [str(partners[0].pk)]), by=house.officer, **told)
    with pytest.raises(NotNow, match="0 more organizations today"):
        carry_out(Choice.ticked("message", [str(partners[0].pk)]), by=house.officer, **told)
    assert (Notification.objects.count(), BulkRun.objects.count()) == (2, 1)  # nothing half done
    with pytest.raises(NotAllowed):
        carry_out(Choice.ticked("message", [str(partners[0].pk)]), by=house.other_officer, **told)


# --- Files, and what it costs -----------------------------------------------------------------------------------------


def test_chosen_ones_leave_as_a_file(client, house, partners):
    client.force_login(house.staff_viewer)
    _page, sealed = ask(client, action="export", pk=partners[1].pk)
    answer = client.post(URL, {"action": "export", "choice": sealed, "format": "csv"})
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert (len(lines), "Water for all" in lines[1]) == (2, True)
    assert BulkRun.objects.count() == 0  # nothing was written


def test_the_page_costs_the_same_for_many(client, house, partners, django_assert_max_num_queries):
    client.force_login(house.officer)
    counts = []
    for number in (2, 30):
        for _each in range(number):
            MembershipFactory(organization=OrganizationFactory(name="Milk"))
        reindex_all()
        client.get(URL, {"action": "message", "scope": "all", "query": "q=milk"})  # reads the vocabulary
        with django_assert_max_num_queries(15) as captured:
            client.get(URL, {"action": "message", "scope": "all", "query": "q=milk"})
        counts.append(len(captured))
    assert counts[0] == counts[1]
