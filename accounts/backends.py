"""Signing in without Django's permission rows: what a person may do, the rules alone say.

The stock backends would look for such rows on every page on which a rule has said no.
"""

from typing import Any

from allauth.account import auth_backends
from django.contrib.auth import backends


class _NoRows:
    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        return set()


class PasswordBackend(_NoRows, backends.ModelBackend):
    """E-mail address and password, for the admin's own form."""


class AccountBackend(_NoRows, auth_backends.AuthenticationBackend):
    """The ways in that allauth offers."""
