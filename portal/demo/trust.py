"""Lets the demonstration be there in seconds: what the database itself refuses is not asked of it beforehand."""

from contextlib import contextmanager
from unittest import mock

from django.db.models import ForeignKey, Model


def _left_to_the_database(*_told, **_more):
    """Pass. The same constraints stand in the tables, so a story that breaks one fails when it is written."""


@contextmanager
def database_alone_checks_constraints():
    """Within it ``full_clean`` checks fields and the record as a whole, but asks nothing of other rows."""
    with (
        mock.patch.object(Model, "validate_constraints", _left_to_the_database),
        mock.patch.object(Model, "validate_unique", _left_to_the_database),
        mock.patch.object(ForeignKey, "validate", _left_to_the_database),
    ):
        yield
