"""Lets the demonstration live through its past in order, so that waiting times and expiry dates look like life."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock


@contextmanager
def days_ago(days: float):
    """Within it, the portal believes it is ``days`` days ago."""

    class Then(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=days)

    with mock.patch("django.utils.timezone.datetime", Then):
        yield
