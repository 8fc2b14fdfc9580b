"""Searches that people keep: who sees, shares, changes and deletes them, and that one question is one text."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from organizations.actions.saved import change_search, delete_search, retire_search, save_search, share_search
from organizations.filters.saved import Question
from organizations.models import SavedSearch
from portal.kit.access import NotAllowed, NotNow

URL = "/searches/"
API = "/api/v1/saved-searches/"


@pytest.fixture
def keep(house):
    def save(by=None, name="Water", office=house.office, shared=False, **told):
        search = save_search(by=by or house.officer, name=name, query="q=water", office=office, **told)
        return share_search(search, by=search.owner) if shared else search

    return save


def seen_by(*people):
    return [SavedSearch.objects.visible_to(person).exists() for person in people]


# --- The question -----------------------------------------------------------------------------------------------------


def test_the_same_question_is_always_the_same_text(house):
    written = [
        Question.read(query, house.officer).query
        for query in (
            "type=women&q=+water+&type=ngo&sort=newest&after=abc",
            "q=milk&type=ngo&type=women&type=ngo&q=water&page=3&unknown=1",
            "type=ngo&type=women&q=water&trait=nonsense&country=XXX&exact=",
        )
    ]
    assert written == ["q=water&type=ngo&type=women"] * 3


def test_a_question_holds_only_what_the_person_can_ask(house):
    query = "status=verified&q=water&exact=on"
    assert Question.read(query, house.officer).query == "q=water&exact=true&status=verified"
    assert Question.read(query, house.administrator).query == "q=water&exact=true"
    words = dict(Question.read("status=verified&exact=true", house.officer).in_words)
    assert words == {"Verification": ["Verified"], "Only in names and missions": ["Only in names and missions"]}


# --- The actions ------------------------------------------------------------------------------------------------------


def test_an_unshared_search_is_its_owners_alone_and_may_be_deleted(house, keep):
    search = keep()
    assert seen_by(house.officer, house.manager, house.staff_viewer, house.administrator) == [True, False, False, False]
    for person in (house.manager, house.administrator):
        with pytest.raises(NotAllowed):
            delete_search(search, by=person)
    delete_search(search, by=house.officer)
    assert not SavedSearch.objects.exists()
    assert AuditEvent.objects.filter(subject_type="organizations.savedsearch").first().action == "deleted"


def test_a_shared_search_is_the_offices_and_is_retired_instead(house, keep):
    search = keep(shared=True)
    colleagues, strangers = (house.manager, house.staff_viewer), (house.other_officer, house.administrator)
    assert (seen_by(*colleagues), seen_by(*strangers)) == ([True, True], [False, False])
    with pytest.raises(NotNow, match="Retire it instead"):
        delete_search(search, by=house.officer)
    with pytest.raises(NotAllowed):
        change_search(search, by=house.staff_viewer, name="Mine now")
    assert change_search(search, by=house.manager, name="Water partners").name == "Water partners"
    house.officer.staff_assignments.all().delete()
    house.officer.__dict__.pop("posts", None)
    with pytest.raises(NotAllowed):  # whoever has left changes it no more, and it stays
        retire_search(search, by=house.officer)
    retired = retire_search(search, by=house.manager)
    assert (retired.state, seen_by(house.staff_viewer)) == ("retired", [True])


def test_a_search_without_an_office_or_of_another_office_is_not_shared(house, keep):
    with pytest.raises(NotNow, match="choose the office"):
        keep(by=house.administrator, office=None, shared=True)
    with pytest.raises(NotAllowed):
        keep(by=house.other_officer, name="Theirs")
    with pytest.raises(ValidationError, match="do not work at this office"):
        change_search(keep(by=house.other_officer, office=None), by=house.other_officer, office=house.office)


def test_save_refuses_the_same_name_nothing_to_ask_and_too_many(house, keep, monkeypatch):
    keep()
    with pytest.raises(ValidationError, match="under this name already"):
        keep()
    with pytest.raises(ValidationError, match="asks for every partner"):
        save_search(by=house.officer, name="All", query="")
    monkeypatch.setattr(SavedSearch, "MOST", 1)
    with pytest.raises(NotNow, match="as many searches as is possible"):
        keep(name="Two")


# --- The pages --------------------------------------------------------------------------------------------------------


def test_a_search_is_saved_from_the_directory_shared_and_opened_by_a_colleague(client, house):
    client.force_login(house.officer)
    page = client.get("/organizations/?q=water&type=ngo").content.decode()
    assert 'href="/searches/new/?q=water&amp;type=ngo"' in page
    form = client.get("/searches/new/?q=water&type=ngo")
    assert form.context["form"]["office"].value() == house.office.pk  # the only one
    assert client.post("/searches/new/?q=water&type=ngo", {"name": "  "}).status_code == 422
    saved = client.post("/searches/new/?q=water&type=ngo", {"name": "Wells", "office": house.office.pk})
    search = SavedSearch.objects.get()
    assert (saved.url, search.query, search.office) == (f"{URL}{search.pk}/", "q=water&type=ngo", house.office)
    assert client.post("/searches/new/?q=water", {"name": "Wells"}).status_code == 422
    client.post(f"{URL}{search.pk}/share/", {"version": search.version})
    client.force_login(house.staff_viewer)
    assert client.get(f"{URL}{search.pk}/open/").url == "/organizations/?q=water&type=ngo"
    assert client.get(f"{URL}{search.pk}/").status_code == 200
    assert [row.pk for row in client.get("/my-work/").context["searches"]] == [search.pk]
    asked = [client.get(f"{URL}{search.pk}/{part}/").status_code for part in ("edit", "delete", "retire", "nonsense")]
    assert asked == [403, 403, 403, 404]
    client.force_login(house.administrator)
    assert [client.get(f"{URL}{search.pk}/{part}").status_code for part in ("", "open/", "edit/", "share/")] == [
        404
    ] * 4


def test_pages_of_a_search_of_ones_own(client, house, keep):
    search = keep(by=house.administrator, office=None)
    client.force_login(house.administrator)
    assert client.get("/searches/new/").status_code == 302  # nothing asked
    form = client.get(f"{URL}{search.pk}/edit/").context["form"]
    assert list(form.fields) == ["name", "version"]
    assert client.post(f"{URL}{search.pk}/edit/", {"name": "Wells", "version": 9}).status_code == 409
    assert client.post(f"{URL}{search.pk}/edit/", {"name": "Wells", "version": 1}).status_code == 302
    assert client.get(f"{URL}{search.pk}/share/").status_code == 409  # it is kept for no office
    assert client.get(f"{URL}{search.pk}/delete/").status_code == 200
    assert client.post(f"{URL}{search.pk}/delete/").url == URL
    client.logout()
    assert {client.get(path).status_code for path in (URL, f"{URL}new/?q=x", f"{URL}{search.pk}/")} == {302}


def test_list_and_page_cost_the_same_for_many(house, keep, queries_of):
    search = keep(shared=True)
    few = queries_of(house.manager, URL, 10), queries_of(house.manager, search.get_absolute_url())
    for number in range(6):
        keep(name=f"Search {number}", shared=True)
    assert (queries_of(house.manager, URL, 10), queries_of(house.manager, search.get_absolute_url())) == few


# --- The API ----------------------------------------------------------------------------------------------------------


def test_api_keeps_changes_moves_and_deletes(client, house):
    def call(method, path="", told=None, **headers):
        return getattr(client, method)(f"{API}{path}", told or {}, content_type="application/json", headers=headers)

    assert client.get(API).status_code == 401
    client.force_login(house.officer)
    wrong = call("post", told={"name": "W", "query": "country=XXX", "office": "none"})
    assert {error["attr"] for error in wrong.json()["errors"]} == {"query", "office"}
    assert call("post", told={"name": "W", "query": "&" * 1900}).status_code == 400
    made = call("post", told={"name": "W", "query": "q=water&page=2", "office": house.office.code})
    assert (made.status_code, made.json()["query"], made.json()["state"]) == (201, "q=water", "private")
    one = f"{made.json()['id']}/"
    assert call("patch", one, {"name": "Wells"}, **{"If-Match": '"1"'}).json()["name"] == "Wells"
    assert call("patch", one, {"name": "X"}, **{"If-Match": '"1"'}).status_code == 412
    assert call("put", f"{one}digest/", {"rhythm": "weekly"}).json() == {"rhythm": "weekly"}
    assert call("put", f"{one}digest/", {"rhythm": "hourly"}).status_code == 400
    assert call("put", f"{one}digest/", {"rhythm": "off"}).json() == {"rhythm": "off"}
    assert call("post", f"{one}transitions/share/").json()["state"] == "shared"
    assert call("delete", one).status_code == 409
    client.force_login(house.staff_viewer)
    assert client.get(f"{API}{one}digest/").json() == {"rhythm": "off"}
    assert call("patch", one, {"name": "X"}).status_code == 403
    client.force_login(house.administrator)
    assert call("delete", one).status_code == 404
