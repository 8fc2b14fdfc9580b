"""Changing the profile outside a registration."""

import pytest

from accounts.models import AuditEvent
from accounts.roles import MemberRole, StaffRole
from organizations.lifecycle import RegistrationState
from organizations.models import Organization
from tests.factories.organizations import MembershipFactory, OrganizationFactory, RegistrationFactory
from tests.organizations.world import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory(name="Hope", languages=["en", "tlh"], listed=True, is_opd=True)


@pytest.fixture
def url(organization):
    return f"/organizations/{organization.pk}/edit/"


@pytest.fixture
def editor(organization):
    return MembershipFactory(organization=organization, role=MemberRole.EDITOR).user


def typed(organization, **changes):
    return {
        "version": organization.version,
        "mission": "We teach.",
        "mission_language": "en",
        "email": "hope@example.org",
        "phone": "+998 71 000",
        "website": "https://example.org",
        "languages": ["en", "tlh"],
        "traits": ["is_women_led"],
        "listed": "on",
    } | changes


def test_an_editor_changes_the_profile(client, organization, url, editor):
    client.force_login(editor)
    assert client.get(url).status_code == 200
    response = client.post(url, typed(organization))
    assert response["Location"] == organization.get_absolute_url()
    changed = Organization.objects.get()
    assert (changed.mission, changed.languages, changed.is_women_led, changed.is_opd) == (
        "We teach.",
        ["en", "tlh"],
        True,
        False,
    )
    assert "we teach" in changed.search_text
    event = AuditEvent.objects.about(changed).get()
    assert (event.actor, event.action) == (editor, "changed")
    assert {"mission", "email", "is_opd"} <= set(event.changes)


def test_the_office_that_registers_it_on_its_behalf_changes_it_too(client, organization, url):
    registration = RegistrationFactory(organization=organization, state=RegistrationState.VERIFIED, on_behalf=True)
    client.force_login(make_staff(StaffRole.REGISTRATION_OFFICER, office=registration.office))
    assert client.post(url, typed(organization)).status_code == 302


@pytest.mark.parametrize("state", [RegistrationState.DECLINED, RegistrationState.WITHDRAWN])
def test_the_office_whose_registration_was_given_up_does_not(client, organization, url, state):
    registration = RegistrationFactory(organization=organization, state=state, on_behalf=True)
    client.force_login(make_staff(StaffRole.REGISTRATION_OFFICER, office=registration.office))
    assert client.post(url, typed(organization)).status_code == 403


def test_a_colleague_who_only_reads_is_refused(client, organization, url):
    client.force_login(MembershipFactory(organization=organization, role=MemberRole.VIEWER).user)
    assert client.get(url).status_code == client.post(url, typed(organization)).status_code == 403


def test_staff_of_another_office_are_refused(client, organization, url):
    client.force_login(make_staff(StaffRole.REGISTRATION_OFFICER))
    assert client.get(url).status_code == 403


def test_strangers_do_not_find_it(client, url):
    client.force_login(MembershipFactory().user)
    assert client.get(url).status_code == 404


def test_nobody_is_asked_to_sign_in(client, url):
    assert client.get(url)["Location"] == f"/accounts/login/?next={url}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("website", "javascript:alert(1)"),
        ("languages", ["xx"]),
        ("traits", ["is_rich"]),
        ("mission_language", "xx"),
        ("phone", "1" * 41),
        ("version", "x"),
    ],
)
def test_bad_input_comes_back_with_a_sentence_and_what_was_typed(client, organization, url, editor, field, value):
    client.force_login(editor)
    response = client.post(url, typed(organization, **{field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "We teach." in response.content.decode()
    assert Organization.objects.get().mission == ""


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(client, organization, url, editor):
    client.force_login(editor)
    assert client.post(url, typed(organization, mission="First.")).status_code == 302
    response = client.post(url, typed(organization, mission="Second."))
    assert response.status_code == 409
    assert "Second." in response.content.decode()
    assert Organization.objects.get().mission == "First."
    version = response.context["form"].data["version"]
    assert client.post(url, typed(organization, mission="Second.", version=version)).status_code == 302
    assert Organization.objects.get().mission == "Second."


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, url, editor, method):
    client.force_login(editor)
    assert getattr(client, method)(url).status_code == 405
