"""The people around one registration and what a complete form says, as fixtures."""

from copy import deepcopy

import pytest

from tests.organizations.house import make_house, make_told


@pytest.fixture(scope="module")
def kept_house(kept):
    return kept(make_house)


@pytest.fixture
def house(kept_house, db):
    """A copy for each test of what ``make_house`` made once for the module."""
    return deepcopy(kept_house)


@pytest.fixture(scope="module")
def kept_told(kept, kept_house):
    return kept(make_told, kept_house)


@pytest.fixture
def told(kept_told, house):
    """A valid answer to every section, as a browser sends it; the certificate is on record already."""
    return deepcopy(kept_told)


@pytest.fixture
def queries_of(client, django_assert_max_num_queries):
    """Return how many queries a page costs: ``queries_of(user, url)``."""

    def count(user, url, most=15):
        client.force_login(user)
        client.get(url)  # the session may have to remember for which organization this person acts
        with django_assert_max_num_queries(most) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    return count
