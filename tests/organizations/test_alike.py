"""Partners like one organization, and who else works where it does."""

import re

import pytest

from accounts.roles import MemberRole
from organizations.search import count_headings, reindex_all
from organizations.search.alike import CANDIDATES, alike
from tests.factories.organizations import MembershipFactory
from tests.organizations.world import make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def hope():
    """One with a branch; one in the same place, one elsewhere on the same, one that shares only what is secret."""
    make_world()
    hope = make_organization(
        "Hope", "early-learning@ET0508", "education@ET02", "unsafe-abortion@ML09", is_women_led=True, cso_type="women"
    )
    make_organization("Branch", "early-learning@ET0508", headquarters=hope)
    make_organization("Near", "early-learning@ET0508", is_women_led=True)
    make_organization("Far", "education@CD54")
    make_organization("Hidden", "education@ET0508", listed=False)
    make_organization("Secret", "unsafe-abortion@ML0901")
    make_organization("Other", "disability@CN053")
    make_organization("Ministry", "education@ET0508", verified=False, partner_type="government", cso_type="")
    indexed()
    return hope


def indexed():
    reindex_all()
    count_headings()


def shown(client, organization):
    page = client.get(f"/organizations/{organization.pk}/alike/").text
    names = re.findall(r'<h3 class="row-title">\s*<a href="[^"]+"><bdi[^>]*>([^<]+)<', page)
    why = [
        " · ".join(re.findall(r"<bdi>([^<]+)</bdi>", line)) for line in re.findall(r"Both:(.*?)</p>", page, re.DOTALL)
    ]
    return list(zip(names, why, strict=True))


def test_the_nearest_comes_first_and_says_why(client, hope):
    assert shown(client, hope) == [
        ("Near", "Early learning in Afder, Ethiopia · Led by women"),
        ("Far", "Education"),
    ]


def test_staff_see_who_is_not_public_and_what_is_sensitive(client, hope):
    client.force_login(make_staff())
    assert shown(client, hope) == [
        ("Near", "Early learning in Afder, Ethiopia · Led by women"),
        ("Secret", "Unsafe abortion in Bamako, Mali"),
        ("Hidden", "Education in Afder, Ethiopia"),
        ("Far", "Education"),
    ]


def test_its_own_people_see_the_public_partners_like_it_before_it_is_verified(client, hope):
    draft = make_organization("Draft", "early-learning@ET0508", verified=False)
    indexed()
    assert client.get(f"/organizations/{draft.pk}/alike/").status_code == 404
    client.force_login(MembershipFactory(organization=draft, role=MemberRole.EDITOR).user)
    assert [name for name, _why in shown(client, draft)] == ["Branch", "Near", "Hope", "Far"]


def test_it_costs_the_same_among_many(client, hope, django_assert_max_num_queries):
    address = f"/organizations/{hope.pk}/alike/"
    client.get(address)
    with django_assert_max_num_queries(3):
        alike(hope.pk, for_unicef=False)
    for number in range(12):
        make_organization(f"More {number:02d}", "early-learning@ET0508")
    indexed()
    client.get("/organizations/")
    with django_assert_max_num_queries(10):
        page = client.get(f"{address}?again")
    assert page.status_code == 200
    assert len(shown(client, hope)) == 2  # kept until something changes


def test_no_more_candidates_are_read_than_agreed(hope, monkeypatch):
    monkeypatch.setattr("organizations.search.alike.CANDIDATES", 1)
    assert len(alike(hope.pk, for_unicef=False)) == 1
    assert CANDIDATES == 500


def test_the_page_brings_it_in_later(client, hope):
    page = client.get(hope.get_absolute_url()).text
    assert f'<section hx-get="/organizations/{hope.pk}/alike/" hx-trigger="revealed">' in page
    part = client.get(f"/organizations/{hope.pk}/alike/", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Near" in part


@pytest.mark.parametrize("by_staff", [False, True])
def test_each_work_says_how_many_are_at_work_there(client, hope, by_staff):
    if by_staff:
        client.force_login(make_staff())
    page = client.get(f"/organizations/{hope.pk}/alike/").text
    works = re.findall(r'<li class="share"><a href="([^"]+)">([^<]+)</a><span>(\d+) partners', page)
    found = {name: client.get(url.replace("&amp;", "&")).context["page_obj"].count for url, name, _number in works}
    assert {name: int(number) for _url, name, number in works} == found
    assert found == {"Early learning in Afder, Ethiopia": 3} | (
        {"Unsafe abortion in Bamako, Mali": 2} if by_staff else {}
    )
