import pytest

from programmes.imports.reference import load_reference


@pytest.fixture
def reference(db):
    """The reference data that the portal ships."""
    load_reference()
