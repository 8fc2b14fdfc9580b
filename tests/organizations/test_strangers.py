"""What a stranger may send to the pages and the API by which partners are found: an answer in words, never an error."""

import re
from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from accounts.models import Export
from accounts.roles import MemberRole, StaffRole
from organizations.actions.saved import save_search
from organizations.actions.tag import tag_organizations
from organizations.models import Organization, SavedSearch, Tag, Tagging
from organizations.search import count_headings
from tests.factories.accounts import ExportFactory
from tests.factories.organizations import MembershipFactory
from tests.factories.partnerships import person_at
from tests.factories.programmes import CountryOfficeFactory
from tests.organizations.world import make_organization, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]

TEXTS = ["%00", "%ED%A0%80", "%E2%80%8F%E2%80%AE", "%25", "%27%22%3B--", "(%5C", "x" * 10_000, "9" * 400, "%C2%B2"]
NAMES = {
    "/organizations/": [
        "q", "exact", "theme", "country", "location", "type", "trait", "category", "strategy", "population", "language",
        "experience", "office", "status", "risk", "partner_type", "tag", "sort", "after", "before", "page", "format",
    ],
    "/organizations/facets/": ["q", "theme", "country", "location", "trait", "tag", "status", "after"],
    "/coverage/": ["area", "theme", "counted", "format", "view"],
    "/searches/": ["q", "state", "owner", "sort", "after", "before"],
    "/searches/new/": ["q", "theme", "tag", "trait"],
    "/tags/": ["q", "office", "sort", "after"],
    "/me/exports/": ["after", "before", "sort"],
    "/me/exports/new/": ["list", "query", "format"],
    "/organizations/bulk/": ["action", "pk", "scope", "query"],
    "/organizations/columns/": ["next", "query", "list"],
    "/api/v1/organizations/": ["q", "theme", "country", "tag", "trait", "cursor", "ordering", "page_size", "format"],
    "/api/v1/organizations/facets/": ["q", "theme", "country", "tag"],
    "/api/v1/coverage/": ["area", "theme", "counted", "cursor"],
    "/api/v1/saved-searches/": ["cursor", "ordering", "state"],
}  # fmt: skip


@pytest.fixture
def officer():
    make_world()
    for number in range(23):
        make_organization(f"Hope {number:02d}", "education@ET05")
    count_headings()
    return person_at(CountryOfficeFactory(), StaffRole.PROGRAMME_OFFICER)


@pytest.mark.parametrize("who", ["stranger", "officer"])
@pytest.mark.parametrize("path", NAMES)
def test_no_text_is_an_error(client, officer, path, who):
    if who == "officer":
        client.force_login(officer)
    others = {"action": "tag", "scope": "all"} if "bulk" in path else {}
    odd = []
    for name in NAMES[path]:
        for text in TEXTS:
            cache.clear()  # nobody has to wait
            query = urlencode({key: value for key, value in others.items() if key != name} | {"q": "hope"})
            status = client.get(f"{path}?{name}=a&{query}&{name}={text}").status_code
            if status not in (200, 302, 304, 400, 401, 403, 404, 409, 422):
                odd.append((name, text[:20], status))
    assert odd == []


def test_a_place_in_another_list_or_made_up_leads_to_the_first_page(client, officer):
    client.force_login(officer)
    [of_names] = set(re.findall(r"[?&]after=([^&\"]+)", client.get("/organizations/").text))
    for sort in ("newest", "best", "name"):
        assert client.get(f"/organizations/?sort={sort}&after={of_names}").status_code in (200, 302)
    for path in ("/searches/", "/tags/", "/me/exports/", "/registrations/", "/agreements/"):
        assert client.get(f"{path}?after={of_names}", follow=True).status_code == 200
    for path in ("/api/v1/organizations/", "/api/v1/saved-searches/", "/api/v1/registrations/", "/api/v1/exports/"):
        answer = client.get(path, {"cursor": of_names})
        assert answer.status_code in (200, 400, 404), path
    client.logout()  # somebody who sees less of the same list
    assert client.get(f"/organizations/?after={of_names}", follow=True).status_code == 200


def test_what_is_another_offices_or_persons_stays_theirs(client, officer):
    """Forged numbers in what is sent: as if there were nothing, and nothing is changed."""
    theirs, organization = CountryOfficeFactory(), Organization.objects.get(name="Hope 00")
    owner = person_at(theirs, StaffRole.PROGRAMME_OFFICER)
    search = save_search(by=owner, name="Theirs", query="q=hope", office=theirs)
    tag_organizations([organization], by=owner, office=theirs, label="Theirs")
    tag, export = Tag.objects.get(), ExportFactory(user=owner)
    held = [list(model.objects.values()) for model in (SavedSearch, Tagging, Tag, Export)]
    for person in (officer, MembershipFactory(role=MemberRole.ADMINISTRATOR).user):
        client.force_login(person)
        gone = [f"/searches/{search.pk}/{page}" for page in ("", "open/", "edit/", "delete/", "share/", "retire/")]
        gone += [f"/me/exports/{export.pk}/{page}" for page in ("", "file/", "cancel/")]
        assert {path: client.get(path).status_code for path in gone} == dict.fromkeys(gone, 404)
        for path in (*gone, f"/organizations/{organization.pk}/tags/{tag.pk}/remove/"):
            told = {"name": "Mine", "office": theirs.pk, "rhythm": "daily", "version": 1}
            assert client.post(path, told).status_code in (403, 404, 405), path
        for path in (f"/api/v1/saved-searches/{search.pk}/", f"/api/v1/exports/{export.pk}/"):
            assert client.delete(path).status_code in (403, 404, 405), path
    client.force_login(officer)
    form = client.get("/organizations/bulk/", {"action": "tag", "pk": [organization.pk, "9" * 18, "-1", "x"]})
    sealed = re.search(r'name="choice" value="([^"]+)"', form.text).group(1)
    for told in (
        {"office": theirs.pk, "label": "Mine"},
        {"office": "%00", "label": "Mine"},
        {"office": "9" * 40, "label": "Mine"},
        {"office": officer.posts[0].office_id, "label": "\0"},
        {"office": officer.posts[0].office_id, "label": "\u202e"},
    ):
        answer = client.post("/organizations/bulk/", {"action": "tag", "choice": sealed, **told})
        assert answer.status_code == 422, told
    answer = client.post("/organizations/bulk/", {"action": "untag", "choice": sealed, "tag": tag.pk})
    assert answer.status_code == 409  # what was chosen for one action serves no other
    for made_up in ("", "x" * 10_000, sealed[:-1] + "A", "\0", sealed + ":"):
        told = {"action": "tag", "choice": made_up, "office": officer.posts[0].office_id, "label": "Mine"}
        assert client.post("/organizations/bulk/", told).status_code == 409
    assert [list(model.objects.values()) for model in (SavedSearch, Tagging, Tag, Export)] == held
