"""Searches that people keep: saved, renamed, shared, retired, deleted; and who is told what they newly find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, changing, create, move, record
from accounts.models import User
from organizations import emails
from organizations.lifecycle import SAVED_SEARCH, SavedSearchState
from organizations.models import Digest, SavedSearch
from organizations.models.saved import FOLLOWED_MOST, Rhythm
from portal.kit.access import NotNow, require
from portal.kit.claims import claim
from programmes.models import CountryOffice

_UNSEEN = {SavedSearchState.PRIVATE}


@transaction.atomic
def save_search(*, by: User, name: str, query: str, office: CountryOffice | None = None) -> SavedSearch:
    """Keep what is asked of the directory under a name. ``query`` is as ``organizations.filters.saved`` wrote it."""
    if SavedSearch.objects.filter(owner=by).count() >= SavedSearch.MOST:
        raise NotNow([_("You have saved as many searches as is possible. Delete or retire one first.")])
    search = SavedSearch(owner=by, name=name, query=query, office=office)
    return create(search, "organizations.save_search", by=by, audience=OFFICE)


def change_search(search: SavedSearch, *, by: User, expected_version: int | None = None, **fields: Any) -> SavedSearch:
    """Rename a search, or keep one's own for another office."""
    with changing(
        search, "organizations.change_saved_search", by=by, expected_version=expected_version, audience=OFFICE
    ) as changed:
        for name in fields.keys() & {"name", "office"}:
            setattr(changed, name, fields[name])
        if changed.office and not by.works_at(changed.office) and not by.is_superuser:
            raise ValidationError({"office": _("You do not work at this office.")})
    return changed


@SAVED_SEARCH.action("share")
def share_search(search: SavedSearch, *, by: User, expected_version: int | None = None) -> SavedSearch:
    """Let everybody at its office open it."""
    return move(search, "share", by=by, expected_version=expected_version, audience=OFFICE)


@SAVED_SEARCH.action("retire")
def retire_search(search: SavedSearch, *, by: User, expected_version: int | None = None) -> SavedSearch:
    """Say that the office no longer uses it. What others have seen is not deleted."""
    return move(search, "retire", by=by, expected_version=expected_version, audience=OFFICE)


@SAVED_SEARCH.action("restore")
def restore_search(search: SavedSearch, *, by: User, expected_version: int | None = None) -> SavedSearch:
    """Use it again. The next digest tells what is new since it was retired."""
    return move(search, "restore", by=by, expected_version=expected_version, audience=OFFICE)


@transaction.atomic
def delete_search(search: SavedSearch, *, by: User) -> None:
    """Remove a search that nobody else has seen."""
    locked = SavedSearch.objects.select_for_update(of=("self",)).get(pk=search.pk)
    require(by, "organizations.delete_saved_search", locked)
    if locked.state not in _UNSEEN:
        raise NotNow([_("Colleagues have seen it, so it is not deleted. Retire it instead.")])
    record(locked, "deleted", by=by, audience=OFFICE)
    locked.delete()


# --- Being told what is new -------------------------------------------------------------------------------------------

CLAIM_LASTS = timedelta(minutes=10)


@transaction.atomic
def set_rhythm(search: SavedSearch, *, by: User, rhythm: str, known: Sequence[int] = ()) -> Digest:
    """Say how often one is told what the search newly finds. ``known``: the keys of all that it finds for one now."""
    search = SavedSearch.objects.select_for_update(of=("self",)).get(pk=search.pk)  # of two clicks the second waits
    require(by, "organizations.follow_saved_search", search)
    on = rhythm != Rhythm.OFF
    if on and search.state == SavedSearchState.RETIRED:
        raise NotNow([_("It is retired. Use it again first.")])
    if on and len(known) > FOLLOWED_MOST:
        raise ValidationError({"rhythm": _too_wide()})
    digest = Digest.objects.filter(search=search, person=by).first() or Digest(search=search, person=by)
    digest.rhythm, digest.known, digest.looked_at = rhythm, list(known), timezone.now()
    digest.full_clean(exclude=["due_on", "known"])
    digest.due_on = digest.next_day(timezone.localdate())
    digest.save()
    return digest


def stop_digest(digest: Digest) -> None:
    """End a digest for whoever holds the link in one of its e-mails, signed in or not."""
    Digest.objects.filter(pk=digest.pk).update(rhythm=Rhythm.OFF, known=[])


def claim_digests(now: datetime, most: int) -> list[Digest]:
    """Take up to ``most`` digests that are due for this worker, the longest due first."""
    due = Digest.objects.due(now).select_related("person", "search__office").order_by("due_on", "pk")
    return claim(due, most=most, claimed_until=now + CLAIM_LASTS)


@transaction.atomic
def close_digest(digest: Digest, found: Sequence[int] | None, now: datetime) -> int:
    """Write the e-mail about what is new among ``found``, remember all of it, and return how many are new.

    ``found`` None: the person may no longer follow the search; nothing is told, and what was known stays. More than
    ``FOLLOWED_MOST``: the person is told once that it has become too wide, and the digest ends.
    """
    today = timezone.localdate(now)
    values: dict[str, Any] = {"due_on": digest.next_day(today), "looked_at": now, "claimed_until": None}
    new: list[int] = []
    if found is not None and len(found) > FOLLOWED_MOST:
        emails.search_too_wide(digest, most=FOLLOWED_MOST)
        values |= {"rhythm": Rhythm.OFF, "known": [], "sent_at": now}
    elif found is not None:
        new = sorted(set(found) - set(digest.known))
        values["known"] = list(found)
        if new:
            emails.search_finds_new(digest, new, day=today)
            values["sent_at"] = now
    Digest.objects.filter(pk=digest.pk).exclude(rhythm=Rhythm.OFF).update(**values)
    return len(new)


def _too_wide() -> str:
    words = _("It finds more than %(most)s organizations. Make it narrower, then you can be told what is new.")
    return words % {"most": number_format(FOLLOWED_MOST, force_grouping=True)}
