import pytest
from django.db import transaction

from programmes.imports.reference import load_reference


@pytest.fixture(scope="class")
def _reference_rows(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def reference(_reference_rows, db):
    """The reference data that the portal ships, loaded once for a class of tests."""
