import pytest

from programmes.imports.reference import load_reference


@pytest.fixture(scope="module")
def kept_reference(kept):
    kept(load_reference)


@pytest.fixture
def reference(kept_reference, db):
    """The reference data that the portal ships, loaded once for the tests of a module that ask for it."""
