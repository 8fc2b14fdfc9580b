"""Headquarters and branches: who registers where, what waits for what, who administers whom (S2-14, R-09)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Notification
from accounts.roles import MemberRole, StaffRole
from organizations import emails
from organizations.actions.branch import add_branch
from organizations.actions.registration import start_registration
from organizations.lifecycle.family import (
    headquarters_has_registered,
    headquarters_is_verified,
    office_suits_the_organization,
)
from organizations.models import Organization, Registration
from organizations.models.organization import OrganizationCategory
from portal.kit.access import NotAllowed, NotNow
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory, RegistrationFactory
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    HeadquartersFactory,
    StaffAssignmentFactory,
)

INGO = OrganizationCategory.INTERNATIONAL_NGO


class Family:
    """The headquarters of an international organization with one branch, and the people of both."""

    def __init__(self):
        self.unicef = HeadquartersFactory()
        self.office = CountryOfficeFactory()
        self.headquarters = OrganizationFactory(name="Lanterns International", organization_category=INGO)
        self.branch = OrganizationFactory(
            name="Lanterns in Homeland", organization_category=INGO, headquarters=self.headquarters
        )
        self.above = MembershipFactory(organization=self.headquarters).user
        self.below = MembershipFactory(organization=self.branch).user
        self.registration = RegistrationFactory(organization=self.branch, office=self.office, complete=True)

    def register_headquarters(self, state):
        return RegistrationFactory(organization=self.headquarters, office=self.unicef, state=state)


@pytest.fixture
def family(db):
    return Family()


# --- What waits for what ----------------------------------------------------------------------------------------------


def test_branch_is_not_submitted_before_its_headquarters(family):
    assert "has not submitted" in headquarters_has_registered(family.registration)
    draft = family.register_headquarters("draft")
    assert headquarters_has_registered(family.registration)
    with pytest.raises(NotNow, match="headquarters registers first"):
        family.registration.lifecycle.perform(family.registration, "submit", by=family.below)
    Registration.objects.filter(pk=draft.pk).delete()
    family.register_headquarters("submitted")
    assert headquarters_has_registered(family.registration) is None


def test_branch_is_not_verified_before_its_headquarters(family):
    sent = family.register_headquarters("submitted")
    assert "verified first" in headquarters_is_verified(family.registration)
    officer = StaffAssignmentFactory(office=family.office, role=StaffRole.REGISTRATION_OFFICER).user
    Registration.objects.filter(pk=family.registration.pk).update(state="submitted")
    with pytest.raises(NotNow, match="headquarters is verified first"):
        family.registration.lifecycle.perform(family.registration, "verify", by=officer)
    Registration.objects.filter(pk=sent.pk).update(state="withdrawn")
    family.register_headquarters("verified")
    assert headquarters_is_verified(family.registration) is None


def test_registration_of_the_headquarters_with_a_country_office_does_not_count(family):
    RegistrationFactory(organization=family.headquarters, office=family.office, state="verified")
    assert headquarters_is_verified(family.registration)


def test_branch_of_a_national_organization_waits_for_it_with_any_office(db):
    """S2-14: a branch in a region is a record under its organization too."""
    union = OrganizationFactory(organization_category=OrganizationCategory.NATIONAL_NGO)
    office = CountryOfficeFactory()
    branch = OrganizationFactory(organization_category=OrganizationCategory.NATIONAL_NGO, headquarters=union)
    registration = RegistrationFactory(organization=branch, office=office)
    assert headquarters_is_verified(registration)
    RegistrationFactory(organization=union, office=office, state="verified")
    assert headquarters_is_verified(registration) is None
    assert office_suits_the_organization(registration) is None


def test_organization_without_headquarters_waits_for_nobody(house):
    registration = RegistrationFactory(organization=house.organization, office=house.office)
    for blocker in (office_suits_the_organization, headquarters_has_registered, headquarters_is_verified):
        assert blocker(registration) is None


# --- Which office -----------------------------------------------------------------------------------------------------


def test_headquarters_of_an_international_organization_registers_with_unicef_headquarters_alone(family):
    with pytest.raises(ValidationError, match="registers with UNICEF headquarters"):
        start_registration(by=family.above, office=family.office, organization=family.headquarters)
    started = start_registration(by=family.above, office=family.unicef, organization=family.headquarters)
    assert started.state == "draft"


def test_branch_is_offered_where_it_makes_sense_and_possible_elsewhere(client, family):
    def offers(organization):
        client.force_login(MembershipFactory(organization=organization).user)
        doors = (organization.get_absolute_url(), f"/organizations/{organization.pk}/edit/")
        return ["Add a branch" in client.get(door).text for door in doors]

    national = OrganizationFactory(organization_category=OrganizationCategory.NATIONAL_NGO)
    assert [offers(one) for one in (family.headquarters, family.branch, national)] == [
        [True, True],
        [False, False],
        [False, True],
    ]
    OrganizationFactory(headquarters=national)
    assert offers(national) == [True, True]


@pytest.mark.parametrize("who", ["branch", "national"])
def test_unicef_headquarters_registers_nobody_else(family, who):
    national = OrganizationFactory(organization_category=OrganizationCategory.NATIONAL_NGO)
    organization = {"branch": family.branch, "national": national}[who]
    member = MembershipFactory(organization=organization).user
    with pytest.raises(ValidationError, match="headquarters of international organizations only"):
        start_registration(by=member, office=family.unicef, organization=organization)


def test_new_organization_that_starts_with_unicef_headquarters_is_international(family):
    started = start_registration(by=UserFactory(), office=family.unicef, name="New World")
    assert started.organization.organization_category == INGO


def test_category_chosen_in_the_form_decides_when_it_is_submitted(house, family):
    """Whoever began with a country office and then says “international” is told before anything is sent."""
    registration = RegistrationFactory(organization=house.organization, office=house.office, complete=True)
    Organization.objects.filter(pk=house.organization.pk).update(organization_category=INGO)
    registration = Registration.objects.get(pk=registration.pk)
    with pytest.raises(NotNow, match="registers with UNICEF headquarters"):
        registration.lifecycle.perform(registration, "submit", by=house.administrator)


# --- Who checks: R-09 -------------------------------------------------------------------------------------------------


def test_r09_headquarters_editors_alone_verify_headquarters(family):
    sent = family.register_headquarters("submitted")
    editor = StaffAssignmentFactory(office=None, role=StaffRole.HQ_EDITOR).user
    at_the_office = StaffAssignmentFactory(office=family.unicef, role=StaffRole.HQ_EDITOR).user
    officer_everywhere = StaffAssignmentFactory(office=None, role=StaffRole.REGISTRATION_OFFICER).user
    officer_there = StaffAssignmentFactory(office=family.unicef, role=StaffRole.REGISTRATION_OFFICER).user
    national = StaffAssignmentFactory(office=family.office, role=StaffRole.REGISTRATION_OFFICER).user
    regional_editor = StaffAssignmentFactory(office=None, region=family.office.region, role=StaffRole.HQ_EDITOR).user
    people = [editor, at_the_office, officer_everywhere, officer_there, national, regional_editor]
    for permission in ("check", "verify"):
        may = [person.has_perm(f"organizations.{permission}_registration", sent) for person in people]
        assert may == [True, True, False, False, False, False]


def test_r09_headquarters_editors_do_not_verify_for_a_country_office(family):
    editor = StaffAssignmentFactory(office=None, role=StaffRole.HQ_EDITOR).user
    assert not editor.has_perm("organizations.verify_registration", family.registration)


def test_r09_four_eyes_hold_at_headquarters(family):
    editor = StaffAssignmentFactory(office=None, role=StaffRole.HQ_EDITOR).user
    sent = family.register_headquarters("submitted")
    sent.submitted_by = editor
    assert not editor.has_perm("organizations.verify_registration", sent)
    member = StaffAssignmentFactory(user=family.above, office=None, role=StaffRole.HQ_EDITOR).user
    assert not member.has_perm("organizations.verify_registration", family.register_headquarters("withdrawn"))


def test_post_at_headquarters_covers_no_country_office_and_no_region_covers_headquarters(family):
    there = StaffAssignmentFactory(office=family.unicef, role=StaffRole.VIEWER)
    here = StaffAssignmentFactory(office=family.office, role=StaffRole.VIEWER)
    regional = StaffAssignmentFactory(office=None, region=family.office.region, role=StaffRole.VIEWER)
    assert [post.covers(family.unicef) for post in (there, here, regional)] == [True, False, False]
    assert [post.covers(family.office) for post in (there, here, regional)] == [False, True, True]


def test_headquarters_editors_are_told_and_find_it_on_their_desk(client, family):
    editor = StaffAssignmentFactory(office=None, role=StaffRole.HQ_EDITOR).user
    StaffAssignmentFactory(office=family.office, role=StaffRole.REGISTRATION_OFFICER)
    started = RegistrationFactory(organization=family.headquarters, office=family.unicef, complete=True)
    emails.registration_submitted(started)
    assert [message.recipient for message in Notification.objects.all()] == [editor]
    Registration.objects.filter(pk=started.pk).update(state="submitted")
    RegistrationFactory(office=family.office, state="submitted")
    client.force_login(editor)
    assert [task.instance for task in client.get("/my-work/").context["tasks"]] == [started]


# --- Whose people may what --------------------------------------------------------------------------------------------


def test_people_of_the_headquarters_act_in_its_branches_and_never_the_other_way(family):
    assert family.above.acts_for(family.branch.pk, MemberRole.ADMINISTRATOR)
    assert not family.below.acts_for(family.headquarters.pk)
    assert family.above.has_perm("organizations.submit_registration", family.registration)
    assert family.registration in Registration.objects.visible_to(family.above)
    assert family.headquarters not in Organization.objects.visible_to(family.below)


@pytest.mark.parametrize(
    ("role", "there"),
    [
        (MemberRole.ADMINISTRATOR, MemberRole.ADMINISTRATOR),
        (MemberRole.EDITOR, MemberRole.EDITOR),
        (MemberRole.VIEWER, MemberRole.VIEWER),
        (MemberRole.AUTHORISED_OFFICER, MemberRole.VIEWER),  # each branch names who signs for it
    ],
)
def test_role_at_the_headquarters_counts_in_a_branch(family, role, there):
    person = MembershipFactory(organization=family.headquarters, role=role).user
    assert person.roles_by_organization[family.branch.pk] == {there}


def test_branches_of_one_headquarters_do_not_see_each_other(family):
    other = OrganizationFactory(organization_category=INGO, headquarters=family.headquarters)
    assert not family.below.acts_for(other.pk)


# --- Adding a branch --------------------------------------------------------------------------------------------------


def test_add_branch_opens_its_record_and_its_registration(family):
    started = add_branch(
        family.headquarters, by=family.above, name="Lanterns Abroad", country=CountryFactory(), office=family.office
    )
    branch = started.organization
    assert (branch.headquarters, branch.organization_category, started.office) == (
        family.headquarters,
        INGO,
        family.office,
    )
    assert branch.memberships.get().user == family.above


def test_add_branch_is_for_administrators_of_the_headquarters(family):
    told = {"name": "B", "country": CountryFactory(), "office": family.office}
    for somebody in (family.below, MembershipFactory(organization=family.headquarters, role="editor").user):
        with pytest.raises(NotAllowed):
            add_branch(family.headquarters, by=somebody, **told)
    with pytest.raises(NotNow, match="no branches"):
        add_branch(family.branch, by=family.below, **told)


def test_family_has_two_levels(family):
    with pytest.raises(ValidationError, match="a branch has no branches"):
        OrganizationFactory.build(country=None, headquarters=family.branch).full_clean()
    family.headquarters.headquarters = OrganizationFactory()
    with pytest.raises(ValidationError, match="headquarters itself"):
        family.headquarters.full_clean()


def test_add_branch_by_page(client, family):
    url = f"/organizations/{family.headquarters.pk}/branches/new/"
    sent = {"name": "Lanterns Abroad", "country": CountryFactory().pk, "office": family.office.pk}
    editor = MembershipFactory(organization=family.headquarters, role="editor").user
    answers = {}
    for name, person in {"editor": editor, "below": family.below, "stranger": UserFactory()}.items():
        client.force_login(person)
        answers[name] = client.post(url, sent).status_code
    assert answers == {"editor": 403, "below": 404, "stranger": 404}
    client.force_login(family.above)
    assert client.get(url).status_code == 200
    refused = client.post(url, sent | {"office": family.unicef.pk})
    assert (refused.status_code, "Lanterns Abroad" in refused.text) == (422, True)
    made = client.post(url, sent)
    assert made.headers["Location"] == Registration.objects.latest("pk").get_absolute_url()
    assert client.delete(url).status_code == 405


def test_branches_by_api(client, family):
    url = f"/api/v1/organizations/{family.headquarters.pk}/branches/"
    client.force_login(family.above)
    told = {"name": "Lanterns Abroad", "country": CountryFactory().code, "office": family.office.code}
    assert client.post(url, told, content_type="application/json").status_code == 201
    assert [row["name"] for row in client.get(url).json()["results"]] == ["Lanterns in Homeland", "Lanterns Abroad"]
    bad = client.post(url, told | {"office": family.unicef.code}, content_type="application/json")
    assert (bad.status_code, bad.json()["errors"][0]["attr"]) == (400, "office")


# --- The family on the page -------------------------------------------------------------------------------------------


def test_page_shows_the_family_with_its_standing(client, family):
    RegistrationFactory(organization=family.branch, office=CountryOfficeFactory(), state="verified")
    client.force_login(family.above)
    shown = client.get(family.headquarters.get_absolute_url())
    assert [(row.name, str(standing.label)) for row, standing in shown.context["branches"]] == [
        ("Lanterns in Homeland", "Verified")
    ]
    page = client.get(family.branch.get_absolute_url())
    assert f'href="/organizations/{family.branch.pk}/members/"' in page.text
    assert "Look for twins" not in page.text
    [above, standing] = page.context["headquarters"]
    assert (above, str(standing.label)) == (family.headquarters, "Not verified")


def test_page_of_a_branch_does_not_name_headquarters_that_are_not_public(client, family):
    client.force_login(family.below)
    assert client.get(family.branch.get_absolute_url()).context["headquarters"] is None


def test_page_of_headquarters_costs_the_same_for_few_and_many_branches(queries_of, family):
    url = family.headquarters.get_absolute_url()
    few = queries_of(family.above, url, most=15)
    for _number in range(4):
        branch = OrganizationFactory(organization_category=INGO, headquarters=family.headquarters)
        RegistrationFactory(organization=branch, state="verified")
    assert queries_of(family.above, url, most=15) == few
