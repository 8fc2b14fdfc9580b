import pytest

from organizations.filters.vocabulary import forget_vocabulary
from tests.factories.partnerships import AgreementFactory, Cast


@pytest.fixture(autouse=True)
def words_of_this_test():
    """The process keeps themes and places for a minute; a test must not see those of the one before."""
    forget_vocabulary()


@pytest.fixture
def agreement(db):
    return AgreementFactory(title="Learning together")


@pytest.fixture
def cast(agreement):
    return Cast(agreement)


@pytest.fixture
def as_(client, cast):
    """``as_("head")``: the test client signed in as one of the cast."""

    def sign_in(name):
        client.logout()
        if name != "anonymous":
            client.force_login(getattr(cast, name))
        return client

    return sign_in
