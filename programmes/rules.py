"""Who may change reference data and say who works where. Everybody may read it."""

from typing import Any

import rules


@rules.predicate
def is_administrator(user: Any) -> bool:
    return bool(user and user.is_active and user.is_staff)


rules.add_perm("programmes.manage_reference", is_administrator)
rules.add_perm("programmes.assign_staff", is_administrator)
