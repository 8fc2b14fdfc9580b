"""What saved searches newly find, told by e-mail: who follows one, and the worker's round."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from organizations.actions.saved import claim_digests, close_digest, set_rhythm
from organizations.filters.saved import Question
from organizations.models import Digest, SavedSearch
from organizations.models.saved import FOLLOWED_MOST, Rhythm

AT_ONCE, ROUNDS = 10, 10
"""How many digests a worker takes at once, and how often in one round: the next round, seconds later, goes on."""


def follow(search: SavedSearch, *, by: User, rhythm: str) -> Digest:
    """Tell ``by`` from now on what ``search`` newly finds; what it finds today is known."""
    return set_rhythm(search, by=by, rhythm=rhythm, known=[] if rhythm == Rhythm.OFF else found_by(search, by))


def found_by(search: SavedSearch, user: User) -> list[int]:
    """The keys of all that ``search`` finds for ``user``, at most one more than ``FOLLOWED_MOST``."""
    rows = Question.read(search.query, user).found
    return list(rows.order_by().values_list("pk", flat=True)[: FOLLOWED_MOST + 1])


def send_digests() -> int:
    """Write the digests that are due into the outbox; return how many had something to tell.

    Each is one person's and one worker's. A worker that is killed leaves its claim, which runs out.
    """
    now, told = timezone.now(), 0
    for _round in range(ROUNDS):
        mine = claim_digests(now, AT_ONCE)
        told += sum(bool(close_digest(digest, _found_for(digest), now)) for digest in mine)
        if len(mine) < AT_ONCE:
            break
    return told


def _found_for(digest: Digest) -> list[int] | None:
    """What it finds now; None where the person may no longer follow it, because the post that let them has ended, or
    may no longer ask all of it, because a filter or what it names is gone."""
    person = digest.person
    if not (person.is_active and person.has_perm("organizations.follow_saved_search", digest.search)):
        return None
    return found_by(digest.search, person) if Question.read(digest.search.query, person).is_whole else None
