"""The pages and the API of merging: comparing, choosing, confirming, the record of it, and the way back."""

import pytest
from django.utils import timezone

from accounts.roles import StaffRole
from organizations.actions.merge import merge_organizations, undo_merge
from organizations.lifecycle import MergeState, TwinState
from organizations.models import Merge, Organization, PossibleTwin
from organizations.search import reindex_all
from tests.factories.organizations import (
    MembershipFactory,
    OrganizationFactory,
    PresenceFactory,
    RegistrationFactory,
)
from tests.factories.programmes import StaffAssignmentFactory
from tests.organizations.world import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    staff = make_staff()
    client.force_login(staff)
    return staff


@pytest.fixture
def pair():
    return OrganizationFactory(name="Umid", phone="1"), OrganizationFactory(name="Умид", phone="2", acronym="UM")


@pytest.fixture
def twin(pair):
    return PossibleTwin.objects.create(first=pair[0], second=pair[1], score=90, reason="similar_name")


def answers(pair, stays=0, **more):
    kept = pair[stays].pk
    facts = {f"fact-{fact}": kept for fact in ("name", "phone", "country")}
    versions = {f"version-{one.pk}": one.version for one in pair}
    return {"kept": kept, "name_kind": "former", "reason": "One office, one head.", **facts, **versions, **more}


def new_url(pair):
    return f"/merges/new/?first={pair[0].pk}&second={pair[1].pk}"


# --- Comparing and confirming -----------------------------------------------------------------------------------------


def test_a_person_merges_a_possible_twin(client, staff, twin, pair):
    page = client.get(f"/twins/{twin.pk}/")
    assert f'href="/twins/{twin.pk}/merge/"' in page.content.decode()
    page = client.get(f"/twins/{twin.pk}/merge/")
    assert page.status_code == 200
    rows = {str(row["label"]): row["cells"] for row in page.context["form"].compared}
    assert [words for words, _radio in rows["telephone"]] == ["1", "2"]
    assert [radio for _words, radio in rows["acronym"]] == [None, None]  # only one says it, so nobody is asked
    answer = client.post(f"/twins/{twin.pk}/merge/", answers(pair, **{"fact-phone": pair[1].pk}))
    merged = client.get(f"/twins/{twin.pk}/").text
    assert "Are these one organization?" not in merged
    assert f'href="{answer.url}"' in merged
    merge = Merge.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, merge.get_absolute_url())
    stays = Organization.objects.get(pk=pair[0].pk)
    assert (stays.name, stays.phone, stays.acronym) == ("Umid", "2", "UM")
    assert [(one.name, one.kind) for one in stays.names.all()] == [("Умид", "former")]
    twin.refresh_from_db()
    assert twin.state == TwinState.MERGED
    again = client.post(f"/twins/{twin.pk}/merge/", answers(pair))
    assert again.status_code == 409
    assert "is not possible while it is “Merged”" in again.content.decode()


def test_a_person_merges_any_two_records_found_by_name(client, staff, pair):
    reindex_all()
    page = client.get(f"/organizations/{pair[0].pk}/")
    assert f'href="/merges/new/?first={pair[0].pk}"' in page.content.decode()
    page = client.get(f"/merges/new/?first={pair[0].pk}&q=умид")
    assert new_url(pair).replace("&", "&amp;").removeprefix("/merges/new/") in page.content.decode()
    assert "No record has this name" in client.get(f"/merges/new/?first={pair[0].pk}&q=xyz").content.decode()
    assert client.get(new_url(pair)).status_code == 200
    assert client.post(new_url(pair), answers(pair, stays=1)).status_code == 302
    assert Organization.objects.get(pk=pair[0].pk).merged_into == pair[1]


def test_the_record_with_more_belongings_is_suggested_to_stay(client, staff, pair):
    PresenceFactory(organization=pair[1])
    form = client.get(new_url(pair)).context["form"]
    assert form["kept"].initial == form["fact-phone"].initial == pair[1].pk


def test_nothing_typed_is_lost_when_something_is_missing(client, staff, pair):
    page = client.post(new_url(pair), answers(pair, kept="", reason=" "))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"kept", "reason"}
    assert page.context["form"]["fact-phone"].value() == str(pair[0].pk)
    assert client.post(new_url(pair), answers(pair, **{"fact-phone": "77"})).status_code == 422


def test_whoever_was_slower_than_a_change_is_told(client, staff, pair):
    Organization.objects.filter(pk=pair[1].pk).update(version=5)
    page = client.post(new_url(pair), answers(pair))
    assert page.status_code == 409
    assert page.context["form"].data[f"version-{pair[1].pk}"] == "5"
    assert not Merge.objects.exists()


def test_what_has_to_be_settled_first_is_said_before_and_after(client, staff):
    first = RegistrationFactory(organization=OrganizationFactory())
    second = RegistrationFactory(office=first.office)
    StaffAssignmentFactory(user=staff, role=StaffRole.HQ_EDITOR, office=None)
    pair = first.organization, second.organization
    for page in (client.get(new_url(pair)), client.post(new_url(pair), answers(pair))):
        assert page.status_code == 409
        assert "End one of the two first." in page.content.decode()


def test_registrations_in_the_way_are_linked_with_what_ends_each(client, staff):
    draft = RegistrationFactory(office__name="Ruritania")
    sent = RegistrationFactory(office=draft.office, state="submitted")
    StaffAssignmentFactory(user=staff, role=StaffRole.HQ_EDITOR, office=None)
    page = client.get(new_url((draft.organization, sent.organization)))
    settled = [(row, [str(label) for label in labels]) for row, labels in page.context["to_settle"]]
    assert settled == [(draft, ["Withdraw"]), (sent, ["Decline", "Withdraw"])]
    assert f'href="{draft.get_absolute_url()}"' in page.text
    assert f'href="{sent.get_absolute_url()}"' in page.text
    sent.state, sent.valid_until, sent.decided_at = "verified", timezone.localdate(), timezone.now()
    sent.save()
    assert "No step ends it in this state" in client.get(new_url((draft.organization, sent.organization))).text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_of_the_comparison_costs_at_most_fifteen_queries(queries_of, pair, rows):
    for _number in range(rows):
        PresenceFactory(organization=pair[1])
    assert queries_of(make_staff(), new_url(pair)) <= 15


# --- What was done ----------------------------------------------------------------------------------------------------


def test_the_old_address_leads_to_the_record_that_stays(client, staff, pair):
    merge_organizations(*pair, by=staff, reason="Same.")
    answer = client.get(f"/organizations/{pair[1].pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/organizations/{pair[0].pk}/")
    answer = client.get(f"/api/v1/organizations/{pair[1].pk}/")
    assert (answer.status_code, answer.json()) == (302, {"merged_into": pair[0].pk})
    assert answer["Location"].endswith(f"/api/v1/organizations/{pair[0].pk}/")
    found = client.get("/organizations/", {"q": "умид"}).context["object_list"]
    assert list(found) == [pair[0]]
    client.logout()  # the record that stays is not public either
    assert client.get(f"/organizations/{pair[1].pk}/").status_code == 404
    assert client.get(f"/api/v1/organizations/{pair[1].pk}/").status_code == 404


def test_the_record_of_a_merge_tells_what_moved_and_undoes_it(client, staff, pair):
    PresenceFactory(organization=pair[1])
    merge = merge_organizations(*pair, by=staff, reason="One office.")
    page = client.get(merge.get_absolute_url())
    assert page.context["moved"] == [("presences", 1)]
    url = f"/merges/{merge.pk}/undo/"
    assert f'href="{url}"' in page.content.decode()
    assert client.post(url, {"version": merge.version, "reason": ""}).status_code == 422
    assert client.post(url, {"version": merge.version, "reason": "Two."}).status_code == 302
    assert client.get(f"/organizations/{pair[1].pk}/").status_code == 200
    assert client.post(url, {"version": merge.version, "reason": "Two."}).status_code == 409
    assert client.get(merge.get_absolute_url()).status_code == 200


def test_pages_of_merges_cost_few_queries(queries_of, staff):
    def merged():
        return merge_organizations(OrganizationFactory(), OrganizationFactory(), by=staff, reason="Same.")

    merge = merged()
    one = queries_of(staff, "/merges/", 10)
    for _number in range(15):
        merged()
    assert queries_of(staff, "/merges/", 10) == one
    assert queries_of(staff, merge.get_absolute_url()) <= 15


def test_the_list_is_searched_and_exported(client, staff, pair):
    merge = merge_organizations(*pair, by=staff, reason="Same.")
    undone = undo_merge(
        merge_organizations(OrganizationFactory(), OrganizationFactory(), by=staff, reason="Same."),
        by=staff,
        reason="No.",
    )
    assert list(client.get("/merges/").context["object_list"]) == [undone, merge]
    assert list(client.get("/merges/", {"q": "Умид"}).context["object_list"]) == [merge]
    assert list(client.get("/merges/", {"state": "undone"}).context["object_list"]) == [undone]
    assert "Умид" in b"".join(client.get("/merges/?format=csv")).decode()


# --- Who --------------------------------------------------------------------------------------------------------------


def test_viewers_read_and_partners_do_not_see(client, pair, twin):
    merge = merge_organizations(OrganizationFactory(), OrganizationFactory(), by=make_staff(), reason="Same.")
    pages = ("/merges/", merge.get_absolute_url())
    doors = (new_url(pair), f"/twins/{twin.pk}/merge/", f"/merges/{merge.pk}/undo/")
    client.force_login(make_staff(StaffRole.VIEWER))
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert [client.post(door, answers(pair)).status_code for door in doors] == [403, 403, 403]
    client.force_login(MembershipFactory().user)
    assert [client.get(page).status_code for page in pages] == [403, 404]
    assert [client.post(door, answers(pair)).status_code for door in doors] == [403, 404, 404]
    client.logout()
    for door in (*pages, *doors):
        assert client.get(door).status_code == 302


def test_unknown_records_and_methods_are_refused(client, staff, pair):
    assert client.get("/merges/new/").status_code == 404
    assert client.get(f"/merges/new/?first={pair[0].pk}&second=999999").status_code == 404
    assert client.get(f"/merges/new/?first={pair[0].pk}&second={pair[0].pk}").status_code == 200  # the search
    assert client.post(f"/merges/new/?first={pair[0].pk}").status_code == 422
    assert client.post("/merges/").status_code == 405
    assert client.get("/merges/999999/").status_code == 404


# --- The API ----------------------------------------------------------------------------------------------------------


def post(client, path, data):
    return client.post(path, data, content_type="application/json")


def test_the_api_merges_and_undoes(client, staff, pair):
    told = {"kept": pair[0].pk, "merged": pair[1].pk, "reason": "Same.", "facts": {"phone": pair[1].pk}}
    answer = post(client, "/api/v1/merges/", told)
    assert answer.status_code == 201
    merge = answer.json()
    assert (merge["state"], merge["kept"], merge["merged"]) == ("done", pair[0].pk, pair[1].pk)
    assert Organization.objects.get(pk=pair[0].pk).phone == "2"
    assert post(client, "/api/v1/merges/", told).status_code == 400  # the other is not there any more
    listed = client.get("/api/v1/merges/").json()["results"]
    assert [row["id"] for row in listed] == [merge["id"]]
    undone = post(client, f"/api/v1/merges/{merge['id']}/transitions/undo/", {"reason": "Two."})
    assert (undone.status_code, undone.json()["state"]) == (200, MergeState.UNDONE)


def test_the_api_merges_a_possible_twin(client, staff, twin, pair):
    url = f"/api/v1/twins/{twin.pk}/transitions/merge/"
    assert post(client, url, {"reason": "Same."}).status_code == 400
    assert post(client, url, {"reason": "Same.", "kept": "x"}).status_code == 400
    answer = post(client, url, {"reason": "Same.", "kept": str(pair[1].pk)})
    assert (answer.status_code, answer.json()["state"]) == (200, "merged")
    assert post(client, url, {"reason": "Same.", "kept": str(pair[1].pk)}).status_code == 409


def test_the_api_names_the_field_that_is_wrong(client, staff, pair):
    told = {"kept": pair[0].pk, "merged": pair[1].pk, "reason": "Same."}
    for wrong in ({"reason": ""}, {"merged": 999999}, {"facts": {"shoe_size": pair[0].pk}}, {"merged": pair[0].pk}):
        assert post(client, "/api/v1/merges/", {**told, **wrong}).status_code == 400
    assert not Merge.objects.exists()


def test_the_api_keeps_out_whom_the_pages_keep_out(client, pair):
    told = {"kept": pair[0].pk, "merged": pair[1].pk, "reason": "Same."}
    assert post(client, "/api/v1/merges/", told).status_code == 401
    client.force_login(make_staff(StaffRole.VIEWER))
    assert post(client, "/api/v1/merges/", told).status_code == 403
