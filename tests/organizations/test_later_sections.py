"""A short core first; what is asked later, and sections that cannot start yet."""

import pytest

from organizations.actions.registration import save_section
from organizations.lifecycle import RegistrationState
from organizations.models import Experience
from organizations.models.registration import CORE_SECTIONS, EXTRA_SECTIONS, Section
from portal.kit.access import NotNow
from programmes.models import ThematicArea
from tests.factories.organizations import (
    AnswerFactory,
    MembershipFactory,
    PresenceFactory,
    QuestionFactory,
    RegistrationFactory,
)
from tests.factories.programmes import CountryOfficeFactory, ThemeFactory

pytestmark = pytest.mark.django_db

R = RegistrationState
ENDED = {R.DELISTED, R.DECLINED, R.WITHDRAWN}


def make(house, state=R.DRAFT, **more):
    return RegistrationFactory(
        organization=house.organization, office=house.office, created_by=house.administrator, state=state, **more
    )


def url(registration, section="capacity"):
    return f"/registrations/{registration.pk}/sections/{section}/"


# --- The core suffices ------------------------------------------------------------------------------------------------


def test_r02_the_core_alone_is_submitted_and_verified(house):
    registration = make(house, complete=True)
    sent = registration.lifecycle.perform(registration, "submit", by=house.administrator)
    AnswerFactory(registration=sent, question=QuestionFactory())
    decided = sent.lifecycle.perform(sent, "verify", by=house.officer)
    assert decided.holds
    assert decided.missing_for(EXTRA_SECTIONS) == list(EXTRA_SECTIONS)
    assert decided.missing_for([Section.LEGAL, Section.CAPACITY]) == [Section.CAPACITY]


@pytest.mark.parametrize("section", CORE_SECTIONS)
def test_r02_no_section_of_the_core_can_be_left_out(house, section):
    registration = make(house, complete=True)
    registration.drafts.filter(section=section).delete()
    with pytest.raises(NotNow, match=f"Complete first: {section.label}"):
        registration.lifecycle.perform(registration, "submit", by=house.administrator)


def test_task_list_has_the_four_states_and_the_extra_sections_under_their_own_heading(client, house, told):
    registration = make(house)
    house.organization.country = None
    house.organization.save()
    save_section(registration, "people", by=house.editor, data={"phone": ["1"]})
    save_section(registration, "declaration", by=house.editor, data={}, declaration=told["declaration"])
    client.force_login(house.editor)
    page = client.get(registration.get_absolute_url())
    assert {task.section: task.state for task in page.context["tasks"]} == {
        "identity": "todo",
        "legal": "todo",
        "people": "started",
        "mandate": "todo",
        "places": "locked",
        "declaration": "done",
    }
    assert [(task.section, task.state) for task in page.context["later"]] == [("reach", "locked"), ("capacity", "todo")]
    for words in (
        "Not yet started",
        "In progress",
        "Completed",
        "Cannot start yet",
        "Say it in “Names and identity” first.",
        "Later, when a call asks for it",
        "1 of 6 sections complete",
    ):
        assert words in page.text
    assert f'href="{url(registration, "places")}">Where we work' not in page.text


def test_section_that_cannot_start_says_why_at_every_door(client, house, told):
    registration = make(house)
    house.organization.country = None
    house.organization.save()
    client.force_login(house.editor)
    refused = client.get(url(registration, "places"))
    assert (refused.status_code, "depend on your country" in refused.text) == (409, True)
    assert client.post(url(registration, "places"), told["places"] | {"version": "0"}).status_code == 409
    api = f"/api/v1/registrations/{registration.pk}/sections/places/"
    answer = client.put(api, {"data": {}}, content_type="application/json")
    assert (answer.status_code, registration.drafts.count()) == (409, 0)


def test_section_starts_as_soon_as_what_it_needs_is_there(client, house, told):
    registration = make(house)
    client.force_login(house.editor)
    assert client.get(url(registration, "reach")).status_code == 409
    client.post(url(registration, "places"), told["places"] | {"version": "0"})
    form = client.get(url(registration, "reach")).context["form"]
    assert str(form.rows()[0]["theme"].value()) == told["places"]["places-0-theme"]


# --- Open at any time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", R)
def test_extra_sections_are_open_while_the_registration_stands(client, house, told, state):
    registration = make(house, state)
    client.force_login(house.editor)
    answer = client.post(url(registration), told["capacity"] | {"version": "0", "then": "next"})
    assert answer.status_code == (409 if state in ENDED else 302)
    house.organization.refresh_from_db()
    assert house.organization.staff_band == ("" if state in ENDED else "1_50")
    if state not in ENDED:
        assert registration.missing_for([Section.CAPACITY]) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *[("editor", 302), ("administrator", 302), ("officer", 403), ("reader", 403), ("staff_viewer", 403)],
        *[("stranger", 404), ("nobody", 404), ("other_officer", 404)],
    ],
)
def test_extra_sections_are_for_the_organizations_editors(client, house, told, who, status):
    registration = make(house, R.VERIFIED)
    client.force_login(getattr(house, who))
    assert client.post(url(registration), told["capacity"] | {"version": "0"}).status_code == status
    assert client.get(url(registration)).status_code == (200 if status == 302 else status)


def test_extra_sections_are_answered_once_for_all_offices(client, house, told):
    here = make(house, R.VERIFIED)
    there = RegistrationFactory(organization=house.organization, office=CountryOfficeFactory())
    client.force_login(house.editor)
    client.post(url(here), told["capacity"] | {"version": "0"})
    assert there.missing_for(EXTRA_SECTIONS) == [Section.REACH]
    again = client.post(url(there), told["capacity"] | {"staff_band": "51_100", "version": "1"})
    assert again.status_code == 302
    house.organization.refresh_from_db()
    assert (house.organization.staff_band, here.draft_of("capacity").version) == ("51_100", 2)
    assert not there.drafts.exists()


def test_extra_sections_of_others_stay_with_them(house, told):
    other = RegistrationFactory()
    member = MembershipFactory(organization=other.organization).user
    save_section(other, "capacity", by=member, data=told["capacity"])
    assert make(house).draft_of("capacity") is None


# --- What they say ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "wrong", "field"),
    [
        ("capacity", {"budget_year": "2999"}, "budget_year"),
        ("capacity", {"budget_currency": "XXX"}, "budget_currency"),
        ("capacity", {"donors": ["none", "un"]}, "donors"),
        ("capacity", {"donors": ["nobody"]}, "donors"),
        ("capacity", {"staff_band": ""}, "staff_band"),
        ("reach", {"experience-0-years": ""}, "experience-0-years"),
        ("reach", {"experience-0-theme": "", "experience-0-years": ""}, "experience-0-theme"),
        ("reach", {"policy_arenas": []}, "policy_arenas"),
        ("reach", {"result-0-year": "2999"}, "result-0-year"),
        ("reach", {"network-0-what": ""}, "network-0-what"),
    ],
)
def test_section_names_the_field_and_keeps_what_was_typed(client, house, told, section, wrong, field):
    registration = make(house)
    PresenceFactory(organization=house.organization)
    client.force_login(house.editor)
    answer = client.post(url(registration, section), told[section] | wrong | {"version": "0"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    kept = registration.drafts.get().data
    assert {name: kept[name] for name in told[section] if name not in wrong} == {
        name: value if isinstance(value, list) else [value]
        for name, value in told[section].items()
        if name not in wrong
    }


def test_theme_named_twice_is_refused_at_the_row(client, house, told):
    registration = make(house)
    PresenceFactory(organization=house.organization)
    theme = told["reach"]["experience-0-theme"]
    twice = told["reach"] | {"experience-1-theme": theme, "experience-1-years": "under_1", "version": "0"}
    client.force_login(house.editor)
    errors = client.post(url(registration, "reach"), twice).context["form"].errors
    assert list(errors) == ["experience-0-theme", "experience-1-theme"]


@pytest.mark.parametrize(
    ("traits", "field"), [(["is_opd"], "opd_evidence"), (["has_disability_expertise"], "disability_expertise")]
)
def test_s1_7_s1_16_a_trait_stands_with_what_is_behind_it(client, house, told, traits, field):
    registration = make(house)
    client.force_login(house.editor)
    bare = told["mandate"] | {"traits": traits, "opd_evidence": "", "version": "0"}
    answer = client.post(url(registration, "mandate"), bare)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    house.organization.refresh_from_db()
    assert not house.organization.is_opd


def test_rows_of_each_group_grow_by_themselves_without_javascript(client, house, told):
    registration = make(house)
    PresenceFactory(organization=house.organization)
    client.force_login(house.editor)
    typed = told["reach"] | {"version": "0", "then": "more-result"}
    grown = client.post(url(registration, "reach"), typed, follow=True).context["form"]
    assert {name: len(group.fields) for name, group in grown.groups.items()} == {
        "experience": 3,
        "network": 2,
        "result": 4,
        "endorsement": 2,
    }
    assert grown["result-0-what"].value() == told["reach"]["result-0-what"]


# --- Who reads it -----------------------------------------------------------------------------------------------------


def test_public_reads_of_reach_and_not_of_money_or_communities(client, house, told):
    registration = make(house, R.VERIFIED)
    PresenceFactory(organization=house.organization)
    house.organization.listed = True
    house.organization.save()
    secret = ThemeFactory(name="Unsafe abortion", is_sensitive=True)
    Experience.objects.create(organization=house.organization, theme=secret, years="over_10")
    client.force_login(house.editor)
    client.post(url(registration), told["capacity"] | {"version": "0"})
    hidden = {"experience-1-theme": str(secret.pk), "experience-1-years": "over_10"}
    client.post(url(registration, "reach"), told["reach"] | hidden | {"version": "0"})
    profile = f"/organizations/{house.organization.pk}/profile/"
    theirs = client.get(profile).text
    client.logout()
    ours = client.get(profile).text
    for words, is_public in [
        ("Four hundred girls went back to school.", True),
        ("Local and regional government", True),
        ("5 to 10 years", True),
        ("Unsafe abortion", False),
        ("Mothers’ groups", False),
        ("50,000 to 100,000", False),
    ]:
        assert (words, words in theirs, words in ours) == (words, True, is_public)
    api = f"/api/v1/organizations/{house.organization.pk}/"
    told_to_all = client.get(api).json()
    assert [row["years"] for row in told_to_all["experiences"]] == ["5_to_10"]
    assert "staff_band" not in told_to_all
    assert client.get(f"{api}capacity/").status_code == 403
    client.force_login(house.officer)
    assert client.get(f"{api}capacity/").json()["donors"] == ["individuals", "un"]
    client.force_login(house.nobody)
    assert client.get(f"{api}capacity/").status_code == 403


def test_profile_page_costs_the_same_for_one_row_and_for_many(queries_of, house):
    url = f"/organizations/{house.organization.pk}/profile/"
    Experience.objects.create(organization=house.organization, theme=ThemeFactory(), years="under_1")
    few = queries_of(house.officer, url)
    for theme in ThemeFactory.create_batch(5):
        Experience.objects.create(organization=house.organization, theme=theme, years="under_1")
        house.organization.track_records.create(kind="result", what="Something")
    assert ThematicArea.objects.count() == 6
    assert queries_of(house.officer, url) == few


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_profile_page_is_only_read(client, house, method):
    client.force_login(house.editor)
    assert getattr(client, method)(f"/organizations/{house.organization.pk}/profile/").status_code == 405
