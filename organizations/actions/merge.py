"""Making one record of two, and taking that back.

What belongs to a record is found from the models (:mod:`organizations.models.relations`), so nothing is left behind
that a later app adds. A :class:`Merge` remembers every row that moved, was changed or gave way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, create, move, performing, record
from accounts.models import User
from organizations import emails
from organizations.actions.screening import screen_again
from organizations.actions.twin import refresh_keys
from organizations.emails.people import administrators_of
from organizations.lifecycle import MERGE, TWIN, TwinState
from organizations.models import Merge, NameKey, Organization, OrganizationName, PossibleTwin
from organizations.models.fact_groups import FACTS, suggested
from organizations.models.merge import as_json, column_of
from organizations.models.relations import (
    ENDS,
    Relation,
    against_folding,
    clashing,
    counted,
    in_full,
    relations_to,
    write_again,
)
from organizations.search import reindex
from portal.kit.access import NotNow, Stale, require


def merge_organizations(
    kept: Organization,
    merged: Organization,
    *,
    by: User,
    reason: str,
    facts: Mapping[str, int] | None = None,
    name_kind: str = OrganizationName.Kind.OTHER,
    expected_versions: Mapping[int, int] | None = None,
) -> Merge:
    """Make one record of two: everything of ``merged`` moves to ``kept``, and ``merged`` only leads there from now on.

    ``facts`` says for a group of facts the key of the record whose fact is kept; for the others it is ``kept``, or the
    other where ``kept`` says nothing. The name that gives way is kept as ``name_kind``.
    ``expected_versions``: by key, the versions that the person compared.
    Raises NotAllowed, NotNow with what has to be settled first, Stale, ValidationError.
    """
    with transaction.atomic():
        # Always in the same order, so that two people who merge the same two wait for each other.
        locked = Organization.objects.select_for_update(of=("self",)).order_by("pk")
        rows = {row.pk: row for row in locked.filter(pk__in=[kept.pk, merged.pk])}
        kept, merged = rows[kept.pk], rows[merged.pk]
        merge = Merge(kept=kept, merged=merged, merged_by=by, reason=reason)
        require(by, "organizations.merge_organizations", merge)
        _check(kept, merged, reason, expected_versions or {})
        found = counted(merged)
        clashes = clashing(kept, merged, found)
        if reasons := reasons_against(kept, merged, clashes):
            raise NotNow(reasons)

        ended = {relation.key: _ended(relation, clashes.pop(relation)) for relation in _terms(clashes)}
        folded = [
            told
            for relation, pairs in clashes.items()
            for told in _taken_out(relation.model._base_manager.filter(pk__in=pairs))
        ]
        moved = {relation.key: _moved(relation, merged, kept) for relation in found}
        pairs, folded_pairs = _pairs_moved(merged, kept)
        told = _facts_taken(kept, merged, facts or {})
        added = _names_kept(kept, merged, told, name_kind)
        kept.refresh_search_text()
        _write(kept)
        merged.merged_into, merged.twins_due = kept, False
        _write(merged)
        NameKey.objects.filter(organization=merged).delete()
        refresh_keys([kept.pk])
        reindex([kept.pk, merged.pk])

        merge.rows = {
            "moved": {key: pks for key, pks in moved.items() if pks},
            "ended": ended,
            "pairs": pairs,
            "folded": folded + folded_pairs,
            "names": added,
            "facts": told,
        }
        merge.counts = {relation.key: count for relation, count in found.items()}
        create(merge, by=by, reason=reason)
        record(kept, "merged", by=by, reason=f"{merged}: {reason}", changes=told)
        record(merged, "merged_away", by=by, reason=f"{kept}: {reason}")
        _decide_pair(merge, "merge", (TwinState.OPEN, TwinState.DISMISSED), by=by, reason=reason, kept=str(kept.pk))
        screen_again(kept)
        emails.organizations_merged(merge)
    return merge


@TWIN.action("merge")
def merge_twin(
    twin: PossibleTwin,
    *,
    by: User,
    kept: str,
    reason: str = "",
    expected_version: int | None = None,
    **told: Any,
) -> Merge:
    """Say that two records are one and merge them; ``kept`` is the number of the record that stays."""
    with transaction.atomic():
        require(by, "organizations.merge_organizations", twin)
        locked = PossibleTwin.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=twin.pk)
        if expected_version is not None and locked.version != expected_version:
            raise Stale(
                [_("Somebody changed this after you opened it. Look at it again, then repeat what you wanted.")]
            )
        TWIN.check("merge", locked)
        by_number = {str(one.pk): one for one in locked.organizations}
        if kept not in by_number:
            raise ValidationError({"kept": _("Choose one of the two records.")})
        stays = by_number.pop(kept)
        (goes,) = by_number.values()
        return merge_organizations(stays, goes, by=by, reason=reason, **told)


@TWIN.action("reopen")
def reopen_twin(twin: PossibleTwin, *, by: None = None) -> PossibleTwin:
    """Put the pair before a person again, because its merge was undone."""
    return move(twin, "reopen", by=by)


@MERGE.action("undo")
def undo_merge(merge: Merge, *, by: User, reason: str = "", expected_version: int | None = None) -> Merge:
    """Restore both records as they were. What was added since stays with the record that stayed."""
    with (
        transaction.atomic(),
        performing(merge, "undo", by=by, reason=reason, expected_version=expected_version) as undone,
    ):
        both = Organization.objects.select_for_update(of=("self",)).order_by("pk")
        rows = {row.pk: row for row in both.filter(pk__in=[undone.kept_id, undone.merged_id])}
        kept, merged = rows[undone.kept_id], rows[undone.merged_id]
        administrators = list(administrators_of(kept.pk))  # before they part
        relations = {one.key: one for one in relations_to(Organization)}
        OrganizationName.objects.filter(pk__in=undone.rows["names"]).delete()
        for key, pks in undone.rows["moved"].items():
            relation = relations[key]
            relation.model._base_manager.filter(pk__in=pks).update(**{relation.field.name: merged})
        for key, pks in undone.rows["ended"].items():
            _since, until = ENDS[relations[key].model._meta.label_lower]
            relations[key].model._base_manager.filter(pk__in=pks).update(**{until: None})
        for pair in undone.rows["pairs"]:
            PossibleTwin.objects.filter(pk=pair["pk"]).update(first=pair["first"], second=pair["second"])
        write_again(undone.rows["folded"])
        for name, (before, _after) in undone.rows["facts"].items():
            setattr(kept, column_of(name), before)
        merged.merged_into = None
        for row, other in ((kept, merged), (merged, kept)):
            row.refresh_search_text()
            _write(row)
            record(row, "merge_undone", by=by, reason=f"{other}: {reason}")
        refresh_keys([kept.pk, merged.pk])
        reindex([kept.pk, merged.pk])
        undone.kept, undone.merged, undone.rows = kept, merged, {}
        _decide_pair(undone, "reopen", (TwinState.MERGED,), by=None)
        screen_again(kept)
        screen_again(merged)
        emails.merge_undone(undone, administrators, reason=reason)
    return undone


@MERGE.action("close")
def close_merge(merge: Merge, *, by: None = None) -> Merge:
    """Make a merge final and forget what only undoing it needed."""
    with performing(merge, "close", by=by) as closed:
        closed.rows = {}
    return closed


def close_merges() -> int:
    """Close the merges that can no longer be undone; return how many."""
    late = Merge.objects.past_undoing().select_related("kept", "merged").defer("rows")
    count = 0
    for merge in late.iterator(chunk_size=200):
        close_merge(merge)
        count += 1
    return count


def reasons_against(
    kept: Organization, merged: Organization, clashes: Mapping[Relation, Mapping[Any, Any]] | None = None
) -> list[str]:
    """What has to be settled before two records can be merged; empty when nothing stands against it."""
    reasons = [
        _("%(name)s was merged into another record already.") % {"name": row}
        for row in (kept, merged)
        if row.merged_into_id
    ]
    if kept.headquarters_id == merged.pk or merged.headquarters_id == kept.pk:
        reasons.append(_("One is the headquarters of the other. Take the branch from its headquarters first."))
    if reasons:
        return reasons
    if clashes is None:
        clashes = clashing(kept, merged, counted(merged))
    return [reason for relation, pairs in clashes.items() for reason in against_folding(relation, pairs)]


# --- The steps of a merge ---------------------------------------------------------------------------------------------


def _check(kept: Organization, merged: Organization, reason: str, versions: Mapping[int, int]) -> None:
    if any(row.version != versions.get(row.pk, row.version) for row in (kept, merged)):
        raise Stale([_("Somebody changed one of the records after you opened this. Compare them again.")])
    if kept == merged:
        raise ValidationError({"merged": _("A record cannot be merged with itself.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say how you know that they are one.")})


def _taken_out(rows: Any) -> list[Any]:
    """Remove rows that give way to an equal one, and tell them in full."""
    told = in_full(rows)
    rows.delete()
    return told


def _terms(clashes: Mapping[Relation, Any]) -> list[Relation]:
    return [relation for relation in clashes if relation.model._meta.label_lower in ENDS]


def _ended(relation: Relation, pairs: Mapping[Any, Any]) -> list[Any]:
    """End today the terms that cannot run beside those of the record that stays; return their keys."""
    since, until = ENDS[relation.model._meta.label_lower]
    today = Value(timezone.localdate(), output_field=DateField())
    relation.model._base_manager.filter(pk__in=pairs).update(**{until: Greatest(F(since), today)})
    return list(pairs)


def _moved(relation: Relation, merged: Organization, kept: Organization) -> list[Any]:
    rows = relation.rows(merged)
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(**{relation.field.name: kept})
    return pks


def _pairs_moved(merged: Organization, kept: Organization) -> tuple[list[dict[str, int]], list[Any]]:
    """Let pairs of ``merged`` with others be pairs of ``kept``. One that is there already makes the other needless."""
    about = Q(first=merged) | Q(second=merged)
    own = Q(first__in=[kept, merged], second__in=[kept, merged])
    held = set(PossibleTwin.objects.filter(Q(first=kept) | Q(second=kept)).values_list("first_id", "second_id"))
    moved, needless = [], []
    for pair in PossibleTwin.objects.filter(about).exclude(own).order_by("pk"):
        before = {"pk": pair.pk, "first": pair.first_id, "second": pair.second_id}
        other = pair.second_id if pair.first_id == merged.pk else pair.first_id
        pair.first_id, pair.second_id = sorted((other, kept.pk))
        if (pair.first_id, pair.second_id) in held:
            needless.append(pair.pk)
        else:
            pair.save(update_fields=["first", "second"])
            moved.append(before)
    return moved, _taken_out(PossibleTwin.objects.filter(pk__in=needless))


def _names_kept(kept: Organization, merged: Organization, told: Mapping[str, list[Any]], kind: str) -> list[int]:
    """Keep every name and acronym that the two bore and that is not the one they bear now; return the new rows."""
    kinds = OrganizationName.Kind
    before = {name: told[name][0] if name in told else "" for name in ("name", "name_language", "acronym")}
    wanted = [
        *((merged.name, merged.name_language, kind), (before["name"], before["name_language"], kind)),
        *((merged.acronym, "", kinds.ACRONYM), (before["acronym"], "", kinds.ACRONYM)),
    ]
    borne = {"", kept.name, kept.acronym, *kept.names.values_list("name", flat=True)}
    added = []
    for name, language, name_kind in wanted:
        if name not in borne:
            borne.add(name)
            other = OrganizationName(organization=kept, name=name, language=language, kind=name_kind)
            other.full_clean(exclude=["folded"])
            other.save()
            added.append(other.pk)
    return added


def _facts_taken(kept: Organization, merged: Organization, chosen: Mapping[str, int]) -> dict[str, list[Any]]:
    """Write the facts of ``merged`` that are kept into ``kept``; return what changed: field → before and after."""
    if unknown := set(chosen) - FACTS.keys() or set(chosen.values()) - {kept.pk, merged.pk}:
        raise ValidationError({"facts": _("Not known: %(names)s.") % {"names": ", ".join(map(str, unknown))}})
    changed = {}
    for group, columns in FACTS.items():
        if chosen.get(group, suggested(group, kept, merged).pk) != merged.pk:
            continue
        for column in columns:
            name = column_of(column)
            before, after = getattr(kept, name), getattr(merged, name)
            if before != after:
                setattr(kept, name, after)
                changed[column] = [as_json(before), as_json(after)]
    return changed


def _write(organization: Organization) -> None:
    organization.version += 1
    organization.full_clean()
    organization.save()


def _decide_pair(merge: Merge, name: str, states: tuple[TwinState, ...], **told: Any) -> None:
    """Make the move of the possible twin that the two records are, where they are one."""
    first, second = sorted((merge.kept_id, merge.merged_id))
    for pair in PossibleTwin.objects.filter(first=first, second=second, state__in=states):
        move(pair, name, audience=OFFICE, **told)
