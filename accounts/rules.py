"""Who may what with accounts, and the way all rules of the portal are written."""

from collections.abc import Callable
from typing import Any

import rules


def relation(told: Callable[[Any, Any], bool]) -> rules.Predicate:
    """Turn a sentence about a signed-in person and a thing into a predicate: False for a stranger or for no thing."""

    @rules.predicate(name=told.__name__)
    def asked(user: Any, thing: Any) -> bool:
        return bool(user and user.is_authenticated and user.is_active and thing is not None and told(user, thing))

    return asked


@rules.predicate
def works_for_unicef(user: Any) -> bool:
    return bool(user and user.is_authenticated and user.is_active and user.works_for_unicef)


@relation
def is_owner(user: Any, thing: Any) -> bool:
    return thing.user_id == user.pk


@relation
def is_oneself(user: Any, person: Any) -> bool:
    return person.pk == user.pk


# Superusers pass before any rule is asked; so this is theirs alone.
only_superusers = rules.always_false

rules.add_perm("accounts.revoke_token", is_owner)
rules.add_perm("accounts.view_export", is_owner)
rules.add_perm("accounts.cancel_export", is_owner)
rules.add_perm("accounts.repeat_export", is_owner)
rules.add_perm("accounts.change_own_account", is_oneself)
rules.add_perm("accounts.administer_accounts", only_superusers)
