"""Records of any kind, found by the names of the organization that they are about."""

import pytest

from organizations.models import OrganizationName, Registration
from organizations.search import reindex_all
from organizations.search.named import about_named, called_so
from tests.factories.organizations import RegistrationFactory

pytestmark = pytest.mark.django_db

NAMES = ("Hope for Children", "Hopeful Valley", "云南儿童协会", "جمعية الأمل", "Никольск")


@pytest.fixture
def registrations():
    made = {name: RegistrationFactory(organization__name=name) for name in NAMES}
    OrganizationName.objects.create(organization=made["Никольск"].organization, name="Hope of Nikolsk")
    for one in made.values():
        one.organization.refresh_search_text()
        one.organization.save()
    reindex_all()


def found(*words):
    return set(about_named(Registration.objects.all(), words).values_list("organization__name", flat=True))


ASKED = {
    ("hope",): {"Hope for Children", "Hopeful Valley", "Никольск"},
    ("hope", "chil"): {"Hope for Children"},
    ("ope",): set(),
    ("儿童",): {"云南儿童协会"},
    ("童儿",): set(),  # the same characters, not side by side
    ("امل",): {"جمعية الأمل"},
    ("x" * 80,): set(),
}


@pytest.mark.parametrize("words", ASKED)
def test_every_word_begins_one_of_the_names(registrations, words):
    assert found(*words) == ASKED[words]


@pytest.mark.parametrize("words", ASKED)
def test_where_many_are_called_so_the_same_are_found(registrations, words, monkeypatch):
    monkeypatch.setattr("organizations.search.named.FEW", -1)
    assert called_so(words) is None
    assert found(*words) == ASKED[words]
