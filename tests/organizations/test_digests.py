"""What saved searches newly find is told once, to whoever asked for it and still may know."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.actions import send_due_notifications
from accounts.models import Notification
from organizations import digests
from organizations.actions import saved as actions
from organizations.actions.saved import claim_digests, retire_search, save_search, share_search
from organizations.digests import follow, send_digests
from organizations.emails.saved import stop_path
from organizations.filters.vocabulary import forget_vocabulary
from organizations.models import Digest
from organizations.search import reindex
from portal.kit.access import NotAllowed, NotNow
from tests.factories.organizations import OrganizationFactory
from tests.factories.programmes import StaffAssignmentFactory, ThemeFactory

START = datetime(2026, 11, 25, 6, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as moved:
        yield moved


def partner(name, **told):
    organization = OrganizationFactory(name=name, **told)
    reindex([organization.pk])
    return organization


@pytest.fixture
def search(clock, house):
    partner("Water for all")
    kept = save_search(by=house.officer, name="Wells", query="q=water", office=house.office)
    return share_search(kept, by=house.officer)


def told():
    return list(Notification.objects.order_by("pk").values_list("recipient__email", "subject"))


def test_a_digest_tells_what_is_found_now_and_was_not_before(clock, house, search, mailoutbox):
    house.manager.language = "fr"
    house.manager.save()
    follow(search, by=house.officer, rhythm="daily")
    follow(search, by=house.manager, rhythm="weekly")
    assert send_digests() == 0  # not due yet
    clock.shift(timedelta(days=1))
    assert (send_digests(), told()) == (0, [])  # nothing new, nothing sent
    changed = partner("Milk")
    trust = partner("Water trust")
    changed.name = "Water and milk"  # found by a change, not by its date
    changed.refresh_search_text()
    changed.save()
    reindex([changed.pk])
    assert send_digests() == 0  # looked at today already
    clock.shift(timedelta(days=1))
    assert (send_digests(), send_digests()) == (1, 0)
    assert told() == [(house.officer.email, "Wells: 2 new partners")]
    mail = Notification.objects.get()
    assert [line for line in mail.body.splitlines() if line.startswith("- ")] == [
        f"- Water and milk, {changed.country}",
        f"- Water trust, {trust.country}",
    ]
    stop = stop_path(Digest.objects.get(person=house.officer))
    assert (mail.path, mail.stop_path) == (search.open_path, stop)
    send_due_notifications()
    [sent] = mailoutbox
    assert sent.extra_headers == {
        "List-Unsubscribe": f"<http://testserver{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert (stop in sent.body, stop in sent.alternatives[0].content) == (True, True)
    clock.shift(timedelta(days=5))
    assert send_digests() == 1  # the weekly one, in the manager's language; the daily one has nothing new
    assert told()[1:] == [(house.manager.email, Notification.objects.get(recipient=house.manager).subject)]


def test_a_digest_names_fifty_and_counts_the_rest(clock, house, search, monkeypatch):
    monkeypatch.setattr("organizations.emails.saved.NAMED_MOST", 2)
    follow(search, by=house.officer, rhythm="daily")
    for number in range(5):
        partner(f"Water {number}")
    clock.shift(timedelta(days=1))
    send_digests()
    body = Notification.objects.get().body
    assert (body.count("\n- "), "And 3 more." in body) == (2, True)


@pytest.mark.parametrize("ends", ["post", "account", "search"])
def test_nothing_is_told_once_the_right_to_know_has_ended(clock, house, search, ends):
    follow(search, by=house.manager, rhythm="daily")
    partner("Water trust")
    clock.shift(timedelta(days=1))
    if ends == "post":
        house.manager.staff_assignments.all().delete()
    elif ends == "account":
        house.manager.is_active = False
        house.manager.save()
    else:
        retire_search(search, by=house.officer)
    assert (send_digests(), told()) == (0, [])
    if ends == "post":  # who comes back is told what was missed
        StaffAssignmentFactory(user=house.manager, office=house.office)
        clock.shift(timedelta(days=1))
        assert send_digests() == 1


def test_who_is_no_member_of_staff_is_told_what_everybody_may_find(clock, house):
    kept = save_search(by=house.stranger, name="Wells", query="q=water")
    follow(kept, by=house.stranger, rhythm="daily")
    partner("Water trust")  # not verified
    clock.shift(timedelta(days=1))
    assert send_digests() == 0


def test_nothing_is_told_while_a_part_of_the_question_is_gone(clock, house):
    """Without it the search would find every partner."""
    theme = ThemeFactory(code="wells")
    forget_vocabulary()
    kept = save_search(by=house.officer, name="Wells", query="theme=wells")
    follow(kept, by=house.officer, rhythm="daily")
    partner("Milk")
    theme.delete()
    forget_vocabulary()
    clock.shift(timedelta(days=1))
    assert (send_digests(), told()) == (0, [])


def test_who_may_follow(house, search):
    with pytest.raises(NotAllowed):
        follow(search, by=house.other_officer, rhythm="daily")
    retire_search(search, by=house.officer)
    with pytest.raises(NotNow, match="retired"):
        follow(search, by=house.officer, rhythm="daily")


def test_a_search_that_finds_too_much_is_not_followed_and_ends_with_a_word(clock, client, house, search, monkeypatch):
    for module in (digests, actions):
        monkeypatch.setattr(module, "FOLLOWED_MOST", 2)
    follow(search, by=house.manager, rhythm="daily")
    partner("Water one"), partner("Water two")
    client.force_login(house.officer)
    page = client.post(search.get_absolute_url(), {"rhythm": "daily"})
    assert (page.status_code, "Make it narrower" in page.content.decode()) == (422, True)
    clock.shift(timedelta(days=1))
    assert send_digests() == 0
    assert told() == [(house.manager.email, "Wells: no more news of this search")]
    assert Digest.objects.get().rhythm == "off"


def test_digests_are_shared_among_workers_and_come_back_from_a_killed_one(clock, house, search):
    for person in (house.officer, house.manager):
        follow(search, by=person, rhythm="daily")
    clock.shift(timedelta(days=1))
    first, second, third = (claim_digests(timezone.now(), 1) for _worker in range(3))
    assert ([digest.person for digest in first + second], third) == ([house.officer, house.manager], [])
    partner("Water trust")
    assert send_digests() == 0
    clock.shift(timedelta(minutes=11))
    assert send_digests() == 2


def test_the_link_in_the_mail_ends_it_without_signing_in(client, clock, house, search):
    digest = follow(search, by=house.manager, rhythm="daily")
    path = stop_path(digest)
    assert client.get(path).status_code == 200
    digest.refresh_from_db()
    assert digest.rhythm == "daily"  # reading changes nothing
    assert "You get no e-mails" in client.post(path, {"List-Unsubscribe": "One-Click"}).content.decode()
    digest.refresh_from_db()
    assert (digest.rhythm, client.post(path).status_code) == ("off", 200)
    assert [client.get(f"/searches/stop/{token}/").status_code for token in ("x", path.split("/")[3] + "x")] == [
        404
    ] * 2
