"""Signing in without Django's permission rows: what a person may do, the rules alone say.

The stock backend would look for such rows on every page on which a rule has said no.
"""

from typing import Any

from allauth.account import auth_backends

from accounts.models.user import PERSON


class AccountBackend(auth_backends.AuthenticationBackend):
    """The ways in that allauth offers; there is no other, so that its limits and second steps hold for everybody."""

    def get_user(self, user_id: Any) -> Any:
        """The person of a session; every page asks."""
        found = PERSON(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        return set()
