"""Possible twins: the list, two side by side, and the decision."""

import pytest

from accounts.roles import StaffRole
from organizations.lifecycle import TwinState
from organizations.models import PossibleTwin
from tests.factories.organizations import MembershipFactory
from tests.organizations.world import make_organization, make_staff, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def kept_world(kept):
    kept(make_world)


def make_pair(one="Hope", other="Hoope", score=97, **fields):
    first, second = make_organization(one, "education@ET05", verified=False), make_organization(other, verified=False)
    return PossibleTwin.objects.create(first=first, second=second, score=score, reason="similar_name", **fields)


@pytest.fixture
def staff(client):
    staff = make_staff()
    client.force_login(staff)
    return staff


def test_the_list_shows_open_pairs_the_most_alike_first(client, staff):
    low, high = make_pair(score=80), make_pair("Faith", "Faiths", score=99)
    make_pair("Old", "Olds", state=TwinState.DISMISSED)
    assert list(client.get("/twins/").context["object_list"]) == [high, low]


def test_the_list_is_searched_by_either_name_reason_and_state(client, staff):
    pair = make_pair()
    dismissed = make_pair("Old", "Olds", state=TwinState.DISMISSED)

    def found(**asked):
        return list(client.get("/twins/", asked).context["object_list"])

    assert found(q="hoope") == found(q="HOPE") == found(reason="similar_name") == [pair]
    assert found(q="else") == found(reason="same_acronym") == []
    assert found(state="dismissed") == [dismissed]
    assert client.get("/twins/?state=no&reason=no&q=%00").status_code == 200


def test_a_page_of_many_found_costs_the_queries_of_a_page_of_few(client, staff, django_assert_max_num_queries):
    """A page on which all fit counts itself, so two that are full are compared; one row costs a query less."""
    costs = []
    client.get("/twins/")  # each process reads once what countries there are
    for rows in (1, 20, 20):
        for number in range(rows):
            make_pair(f"A{len(costs)} {number}", f"B{len(costs)} {number}")
        with django_assert_max_num_queries(10) as queries:
            assert len(client.get("/twins/").context["object_list"]) == rows
        costs.append(len(queries))
    one, few, many = costs
    assert (one < few, few) == (True, many)


def test_two_records_stand_side_by_side(client, staff):
    pair = make_pair()
    pair.first.acronym = pair.second.acronym = "HOP"
    pair.first.save()
    pair.second.save()
    page = client.get(pair.get_absolute_url())
    compared = {str(label): (one, other, same) for label, one, other, same in page.context["compared"]}
    assert compared["Acronym"] == ("HOP", "HOP", True)
    assert compared["Places"] == ("Somali, Ethiopia", "", False)
    assert compared["Website"] == ("", "", False)


def test_the_page_of_a_pair_costs_at_most_fifteen_queries(client, staff, django_assert_max_num_queries):
    pair = make_pair()
    client.get(pair.get_absolute_url())  # the words are read once
    with django_assert_max_num_queries(15):
        client.get(pair.get_absolute_url())


def test_a_person_says_that_they_are_two(client, staff):
    pair = make_pair()
    url = f"/twins/{pair.pk}/dismiss/"
    assert client.post(url, {"version": 1, "reason": ""}).status_code == 422
    assert client.post(url, {"version": 1, "reason": "Other people."}).status_code == 302
    pair.refresh_from_db()
    assert pair.state == TwinState.DISMISSED
    assert client.get(url).status_code == 409


def test_a_viewer_reads_but_does_not_decide(client):
    client.force_login(make_staff(StaffRole.VIEWER))
    pair = make_pair()
    assert client.get("/twins/").status_code == client.get(pair.get_absolute_url()).status_code == 200
    assert client.post(f"/twins/{pair.pk}/dismiss/", {"reason": "x"}).status_code == 403


def test_partners_do_not_see_pairs(client):
    client.force_login(MembershipFactory().user)
    pair = make_pair()
    assert client.get("/twins/").status_code == 403
    assert client.get(pair.get_absolute_url()).status_code == 404
    assert client.post(f"/twins/{pair.pk}/dismiss/", {"reason": "x"}).status_code == 404


def test_nobody_is_asked_to_sign_in(client):
    pair = make_pair()
    for url in ("/twins/", pair.get_absolute_url(), f"/twins/{pair.pk}/dismiss/"):
        assert client.get(url)["Location"] == f"/accounts/login/?next={url}"


def test_unknown_pairs_moves_and_methods_are_refused(client, staff):
    pair = make_pair()
    assert client.get("/twins/999/").status_code == client.get(f"/twins/{pair.pk}/sell/").status_code == 404
    assert client.post("/twins/").status_code == client.post(pair.get_absolute_url()).status_code == 405
