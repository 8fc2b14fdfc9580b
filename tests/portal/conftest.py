"""A submitted registration and the two sides of it, as the API's tests meet them."""

import pytest
from rest_framework.test import APIClient

from accounts.roles import MemberRole, StaffRole
from organizations.lifecycle import RegistrationState
from tests.factories.organizations import RegistrationFactory
from tests.factories.partnerships import person_at, person_of


def signed_in(user):
    """A client of the API that acts for ``user``."""
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def anyone():
    return APIClient()


@pytest.fixture
def registration():
    """Submitted, at an office with a registration officer."""
    return RegistrationFactory(state=RegistrationState.SUBMITTED, complete=True)


@pytest.fixture
def officer(registration):
    return signed_in(person_at(registration.office, StaffRole.REGISTRATION_OFFICER))


@pytest.fixture
def administrator(registration):
    return signed_in(person_of(registration.organization, MemberRole.ADMINISTRATOR))


def problems(response):
    """What an answer finds wrong: (field, code) of each."""
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]
