import pytest

from organizations.filters.vocabulary import forget_vocabulary


@pytest.fixture(autouse=True)
def words_of_this_test():
    """The process keeps themes and places for a minute; a test must not see those of the one before."""
    forget_vocabulary()
