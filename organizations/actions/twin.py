"""What happens to possible twins, and to the keys by which they are found."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, create, move
from accounts.models import User
from organizations.lifecycle import TWIN, TwinState
from organizations.models import NameKey, Organization, PossibleTwin
from organizations.models.twin import NUMBER, others_than, same_named
from organizations.search.index import pieces
from organizations.twins.finder import Candidate, DatabaseIndex, Known, MemoryIndex, TwinFinder, judge
from organizations.twins.keys import keys_of
from organizations.twins.numbers import same_number
from portal.kit.access import require

AT_ONCE = 500  # records; databases bound the parameters of a query
MEMORY_FROM = 2_000  # records to look up, from which reading all names once is quicker than asking for each
PAIRS_EACH = 10

Pair = tuple[int, int]


# --- Keys -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def refresh_keys(pks: Collection[int]) -> int:
    """Write the keys of these records anew from their names and numbers; return how many records have other keys now.

    Whoever writes names or numbers calls this in the same transaction. A record whose keys changed is looked up in the
    coming night.
    """
    changed: set[int] = set()
    for some in pieces(sorted(pks), AT_ONCE):
        known = DatabaseIndex().known(some)
        wanted = {(pk, key) for pk, one in known.items() for key in keys_of(one.names, one.only_numbers)}
        rows = NameKey.objects.filter(organization__in=some).order_by()
        held = {(pk, key): row for row, pk, key in rows.values_list("pk", "organization_id", "key")}
        for old in pieces([row for pair, row in held.items() if pair not in wanted], AT_ONCE):
            NameKey.objects.filter(pk__in=old).delete()
        new = sorted(wanted - set(held))
        NameKey.objects.bulk_create((NameKey(organization_id=pk, key=key) for pk, key in new), ignore_conflicts=True)
        changed |= {pk for pk, _key in wanted ^ set(held)}
    for some in pieces(sorted(changed), AT_ONCE):
        Organization.objects.filter(pk__in=some).update(twins_due=True)
    return len(changed)


# --- R-03 -------------------------------------------------------------------------------------------------------------


def require_unlike(organization: Organization, *, by: User, another: str = "") -> None:
    """R-03: raise ValidationError where another organization of the country has this name.

    With a reason in ``another``, staff who may decide on twins say that it is another organization: that is kept as a
    pair that was found to be two.
    """
    same = list(same_named(organization))
    if not same:
        return
    if another.strip() and by.has_perm("organizations.decide_twin"):
        for other in same:
            note_twin(organization, other, by=by, dismiss=another)
    elif by.works_for_unicef:
        raise ValidationError(
            {
                "name": _(
                    "An organization of this name is already here in this country (R-03). Take that one, or say how "
                    "you know that this is another one."
                )
            }
        )
    else:
        raise ValidationError(
            {
                "name": _(
                    "An organization of this name is already here in this country. If it is yours, ask its people to "
                    "add you. If it is another one, ask the country office to register yours on your behalf."
                )
            }
        )


def require_other_numbers(organization: Organization) -> None:
    """R-03: raise ValidationError where another organization has one of these numbers under another spelling."""
    numbers = organization.name_keys.filter(key__startswith=NUMBER).values("key")
    others = others_than(organization).filter(country=organization.country_id, name_keys__key__in=numbers)
    theirs = [pair for other in others.distinct() for pair in other.identifiers.values_list("scheme", "value")]
    for mine in organization.identifiers.values_list("scheme", "value"):
        if any(same_number(mine, other) for other in theirs):
            raise ValidationError(
                _(
                    "Another organization of this country is already registered with the number %(number)s. Check the "
                    "number; if it is yours, ask the country office."
                )
                % {"number": mine[1]}
            )


# --- Pairs ------------------------------------------------------------------------------------------------------------


@TWIN.action("dismiss")
def dismiss_twin(
    twin: PossibleTwin, *, by: User, reason: str = "", expected_version: int | None = None
) -> PossibleTwin:
    """Say that two records are two organizations; the pair does not come back."""
    return move(twin, "dismiss", by=by, reason=reason, expected_version=expected_version, audience=OFFICE)


@transaction.atomic
def note_twin(one: Organization, other: Organization, *, by: User, dismiss: str = "") -> PossibleTwin:
    """Put two records before a person as a pair, or return the one there is. ``dismiss``: why they are two."""
    require(by, "organizations.decide_twin")
    pair = PossibleTwin.objects.of(one.pk, other.pk).first()
    if pair is None:
        known = DatabaseIndex().known([one.pk, other.pk])
        first, second = sorted((one.pk, other.pk))
        found = judge(known[first], known[second])
        pair = create(
            PossibleTwin(
                first_id=first,
                second_id=second,
                score=found.score,
                reason=found.reason,
                found=[found.first, found.second],
            ),
            by=by,
        )
    if dismiss and pair.state == TwinState.OPEN:
        pair = dismiss_twin(pair, by=by, reason=dismiss)
    return pair


def find_twins(*, everything: bool = False) -> int:
    """Look for twins of the records whose names or numbers changed since the last night; return how many pairs are new.

    ``everything``: of all records. A pair that is there, open or decided, stays as it is. Killed and run again it goes
    on with the records that were not looked up yet.
    """
    if everything:
        Organization.objects.filter(twins_due=False).update(twins_due=True)
    due = list(Organization.objects.current().filter(twins_due=True).order_by("pk").values_list("pk", flat=True))
    refresh_keys(due)
    finder = TwinFinder(_all_in_memory() if len(due) > MEMORY_FROM else None)
    new = 0
    for some in pieces(due, AT_ONCE):
        with transaction.atomic():
            new += _write_pairs(_pairs_of(some, finder))
            Organization.objects.filter(pk__in=some).update(twins_due=False)
    return new


def _all_in_memory() -> MemoryIndex:
    pks = list(Organization.objects.current().order_by("pk").values_list("pk", flat=True))
    records: dict[int, Known] = {}
    for some in pieces(pks, AT_ONCE):
        records |= DatabaseIndex().known(some)
    return MemoryIndex(records)


def _pairs_of(pks: list[int], finder: TwinFinder) -> dict[Pair, Candidate]:
    """The pairs of these records with any record, each the more alike of its two directions."""
    known = finder.index.known(pks)
    pairs: dict[Pair, Candidate] = {}
    for pk, one in known.items():
        for other in finder.candidates(one.names, one.numbers, one.country, limit=PAIRS_EACH, exclude=[pk]):
            if one.family and other.family == one.family:
                continue  # headquarters and branches bear one name
            first, second = pair = (min(pk, other.organization_id), max(pk, other.organization_id))
            names = (other.mine, other.theirs) if pk == first else (other.theirs, other.mine)
            if pair not in pairs or pairs[pair].score < other.score:
                pairs[pair] = Candidate(second, other.score, other.reason, *names)
    return pairs


def _write_pairs(pairs: dict[Pair, Candidate]) -> int:
    firsts = {first for first, _second in pairs}
    there = set(PossibleTwin.objects.filter(first__in=firsts).values_list("first", "second"))
    new = [
        PossibleTwin(
            first_id=first, second_id=second, score=found.score, reason=found.reason, found=[found.mine, found.theirs]
        )
        for (first, second), found in sorted(pairs.items())
        if (first, second) not in there
    ]
    PossibleTwin.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
