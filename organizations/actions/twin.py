"""What happens to possible twins, and to the keys by which they are found."""

from __future__ import annotations

from collections.abc import Collection

from accounts.actions import performing
from accounts.models import User
from organizations.lifecycle import TWIN
from organizations.models import NameKey, Organization, PossibleTwin
from organizations.twins.finder import DatabaseIndex
from organizations.twins.keys import keys_of

AT_ONCE = 500  # records; databases bound the parameters of a query


def refresh_keys(pks: Collection[int]) -> int:
    """Write the keys of these records anew from their names and numbers; return how many records have other keys now.

    Whoever writes names or numbers calls this in the same transaction. A record whose keys changed is looked at again
    in the coming night.
    """
    changed: list[int] = []
    ordered = sorted(pks)
    for start in range(0, len(ordered), AT_ONCE):
        known = DatabaseIndex().known(ordered[start : start + AT_ONCE])
        wanted = {(pk, key) for pk, one in known.items() for key in keys_of(one.names, one.only_numbers)}
        rows = NameKey.objects.filter(organization__in=known).order_by()
        held = {(pk, key): row for row, pk, key in rows.values_list("pk", "organization_id", "key")}
        old = [row for pair, row in held.items() if pair not in wanted]
        new = sorted(wanted - set(held))
        for first in range(0, len(old), AT_ONCE):
            NameKey.objects.filter(pk__in=old[first : first + AT_ONCE]).delete()
        NameKey.objects.bulk_create((NameKey(organization_id=pk, key=key) for pk, key in new), ignore_conflicts=True)
        changed += {pk for pk, _key in wanted ^ set(held)}
    for start in range(0, len(changed), AT_ONCE):
        Organization.objects.filter(pk__in=changed[start : start + AT_ONCE]).update(twins_due=True)
    return len(changed)


@TWIN.action("dismiss")
def dismiss_twin(
    twin: PossibleTwin, *, by: User, reason: str = "", expected_version: int | None = None
) -> PossibleTwin:
    """Say that two records are two organizations; the pair does not come back."""
    with performing(twin, "dismiss", by=by, reason=reason, expected_version=expected_version) as decided:
        pass
    return decided
