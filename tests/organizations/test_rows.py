"""Rows that are drawn in Python: what people wrote stands in them as text and never as HTML."""

import pytest
from django.urls import reverse
from django.utils import translation

from organizations.search import reindex_all
from tests.factories.organizations import OrganizationFactory, RegistrationFactory
from tests.factories.partnerships import AgreementFactory
from tests.factories.programmes import StaffAssignmentFactory

pytestmark = pytest.mark.django_db

BAD = "<script>x</script>&"
SAFE = "&lt;script&gt;x&lt;/script&gt;&amp;"


@pytest.fixture
def officer(client):
    post = StaffAssignmentFactory(role="registration_officer")
    client.force_login(post.user)
    return post


def drawn(client, name, **query):
    page = client.get(reverse(name), query)
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def organization():
    return OrganizationFactory(name=BAD, acronym=BAD[:20])


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_rows_escape_what_people_wrote(client, officer, organization, language):
    registration = RegistrationFactory(
        organization=organization, office=officer.office, state="submitted", assigned_to=officer.user
    )
    type(officer.user).objects.update(name=BAD)
    AgreementFactory(organization=organization, office=officer.office, title=BAD, reference=f"R{BAD}")
    reindex_all()
    client.cookies["django_language"] = language
    with translation.override(language):
        for name, times in (
            ("organizations:organization-list", 2),
            ("organizations:registration-list", 3),
            ("partnerships:agreement-list", 3),
        ):
            page = drawn(client, name)
            assert BAD not in page
            assert page.count(SAFE) >= times, name
    assert f"/registrations/{registration.pk}/" in drawn(client, "organizations:registration-list")
