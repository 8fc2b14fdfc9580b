"""Drafting and editing: whom with, the facts, and what cannot be."""

import pytest

from organizations.search import reindex_all
from partnerships.models import Agreement
from tests.factories.partnerships import PartnerFactory, in_days, page_of, put, verify
from tests.factories.programmes import CountryOfficeFactory, PlaceFactory, StaffAssignmentFactory, ThemeFactory

pytestmark = pytest.mark.django_db

NEW = "/agreements/new/"


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
    reindex_all()
    text = as_("officer").get(NEW).content.decode()
    assert f"?organization={known.pk}&amp;office={agreement.office.code}" in text
    assert "Elsewhere only" not in text


def test_draft_says_why_an_organization_cannot_be_chosen(as_, agreement):
    unknown = PartnerFactory(name="Unknown friends")
    lapsed = PartnerFactory(name="Lapsed friends")
    verify(lapsed, agreement.office, until=in_days(-1))
    reindex_all()
    assert as_("officer").get(NEW, {"q": "a " * 2000}).status_code == 200
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


@pytest.mark.parametrize("asked", ["x", "999999", "9" * 5000, ""])
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
    assert "has lapsed" in text


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


@pytest.mark.parametrize("places", [1, 30])
def test_edit_costs_the_same_for_any_number_of_places(as_, agreement, places, django_assert_max_num_queries):
    country = agreement.office.countries.get()
    made = [PlaceFactory(parent=country, name=f"<i>Region {number}</i>") for number in range(places)]
    agreement.locations.set(made[:1])
    client = as_("officer")
    with django_assert_max_num_queries(10):
        page = client.get(page_of(agreement, "edit/")).content.decode()
    assert page.count("&lt;i&gt;Region ") == places
    assert "<i>Region " not in page
    assert page.count(f'value="{made[0].pk}"') == page.count(f'value="{made[0].pk}" id="id_locations_0_1" checked') == 1
