"""What the page of one registration says of time and of whom it is sent to, where it links to, what it costs."""

import pytest
from django.utils import timezone

from accounts.actions import comment
from organizations.lifecycle import RegistrationState
from organizations.models import Experience, Organization, TrackRecord
from organizations.models.facts import Years
from organizations.models.registration import EXTRA_SECTIONS, Section
from tests.factories.accounts import UserFactory
from tests.factories.organizations import (
    AnswerFactory,
    DocumentFactory,
    IdentifierFactory,
    ObservationFactory,
    OfficeHolderFactory,
    OrganizationNameFactory,
    PresenceFactory,
    RegistrationFactory,
    ReplyFactory,
    SectionDraftFactory,
    SectionRequestFactory,
)
from tests.factories.programmes import CountryOfficeFactory, HeadquartersFactory, StrategyFactory, ThemeFactory

R = RegistrationState


def make(house, **told):
    told = {"organization": house.organization, "office": house.office} | told
    return RegistrationFactory(created_by=house.administrator, **told)


def one_more_of_each(house, registration):
    """One more row of everything that the page of a registration may show."""
    theme = ThemeFactory()
    AnswerFactory(registration=registration)
    PresenceFactory(organization=house.organization, theme=theme)
    OfficeHolderFactory(organization=house.organization, role="board")
    DocumentFactory(organization=house.organization, created_by=house.editor)
    OrganizationNameFactory(organization=house.organization)
    IdentifierFactory(organization=house.organization)
    ObservationFactory(organization=house.organization, state="yellow")
    Experience.objects.create(organization=house.organization, theme=theme, years=Years.FEW)
    TrackRecord.objects.create(organization=house.organization, what="Cluster")
    house.organization.strategies.add(StrategyFactory())
    ReplyFactory(registration=registration, outcome="upheld", answered_by=house.head, answered_at=timezone.now())
    comment(registration, "organizations.comment_registration", by=house.editor, text="A word.")


@pytest.mark.parametrize("who", ["administrator", "officer", "head", "superuser"])
@pytest.mark.parametrize("state", R)
def test_detail_costs_at_most_fifteen_queries_in_every_state_for_one_row_and_for_many(queries_of, house, who, state):
    registration = make(house, state=state, complete=True, on_behalf=True, assigned_to=house.officer)
    Organization.objects.filter(pk=house.organization.pk).update(policy_arenas=["local"], staff_band="1_50")
    for section, status in ((Section.LEGAL, "open"), (Section.MANDATE, "answered")):
        SectionRequestFactory(
            registration=registration, section=section, status=status, asked_by=house.officer, asked_at=timezone.now()
        )
    for section in EXTRA_SECTIONS:
        SectionDraftFactory(registration=registration, section=section, is_complete=True)
    one_more_of_each(house, registration)
    house.superuser = UserFactory(is_superuser=True, is_staff=True)
    few = queries_of(getattr(house, who), registration.get_absolute_url(), most=15)
    for _each in range(4):
        one_more_of_each(house, registration)
    assert queries_of(getattr(house, who), registration.get_absolute_url(), most=15) == few


def test_detail_links_to_what_the_profile_says_at_length(client, house):
    Organization.objects.filter(pk=house.organization.pk).update(policy_arenas=["local"])
    TrackRecord.objects.create(organization=house.organization, what="Four hundred girls in school")
    registration = make(house, state=R.SUBMITTED, complete=True)
    client.force_login(house.officer)
    page = client.get(registration.get_absolute_url()).text
    assert f'href="/organizations/{house.organization.pk}/profile/#reach"' in page
    assert "Four hundred girls in school" not in page
    elsewhere = make(house, complete=True, office=CountryOfficeFactory())
    client.force_login(house.administrator)
    assert "Four hundred girls in school" in client.get(f"{elsewhere.get_absolute_url()}check/").text


@pytest.mark.parametrize("who", ["administrator", "reader", "officer"])
def test_lapsed_verification_under_renewal_is_not_said_to_hold(client, house, who):
    past = timezone.localdate() - timezone.timedelta(days=3)
    registration = make(house, state=R.RENEWING, complete=True, valid_until=past)
    client.force_login(getattr(house, who))
    pages = client.get(registration.get_absolute_url()).text, client.get("/my-organization/").text
    assert not any("present verification" in page for page in pages)
    said = [("verification lapsed on" in page) for page in pages]
    assert said == {"administrator": [True, True], "reader": [False, True], "officer": [False, False]}[who]


@pytest.mark.parametrize(("is_headquarters", "whom"), [(True, "UNICEF headquarters"), (False, "the country office")])
def test_form_says_to_whom_it_is_sent(client, house, is_headquarters, whom):
    office = HeadquartersFactory() if is_headquarters else house.office
    registration = make(house, office=office)
    client.force_login(house.administrator)
    assert f"Send it to {whom}" in client.get(registration.get_absolute_url()).text


def test_reply_is_asked_for_under_its_own_name(client, house):
    url = f"{make(house, state=R.SUSPENDED, complete=True).get_absolute_url()}reply/"
    client.force_login(house.administrator)
    assert client.get(url).context["form"].fields["reason"].label == "Your reply"
    refused = client.post(url)
    assert (refused.status_code, "Give the reason." in refused.text) == (422, False)
