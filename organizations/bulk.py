"""What staff can do with many found organizations at once: one table, to which an app above adds rows of its own.

A person chooses organizations in the directory, ticked ones or all that a search finds, and reads on one page what will
happen to how many, and what is left out and why. That page carries the choice and a token that is good once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from organizations.actions.tag import (
    MESSAGE,
    administrators_by_organization,
    left_today,
    tag_organizations,
    untag_organizations,
    write_to_partners,
)
from organizations.filters.saved import Question
from organizations.forms.bulk import BulkForm, MessageForm, TagForm, UntagForm
from organizations.models import BulkRun, Organization, Tag
from portal.kit.access import NotNow

MOST = 1000
SALT = "organizations.bulk"
HOURS = 24

Skipped = list[tuple[str, str]]


@dataclass
class Plan:
    """What will happen: to whom, to whom not and why, and more that one should know first, in sentences."""

    ready: list[Organization]
    skipped: Skipped = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


def to_all(organizations: list[Organization], by: User) -> Plan:
    return Plan(organizations)


def nothing(organizations: list[Organization], **_told: Any) -> None:
    """What a row does that only answers."""


@dataclass(frozen=True)
class BulkAction:
    """One row of the table.

    ``permission`` is asked without a record; the action itself asks about each. ``submit``: what the button says, where
    that is not the label. ``plan`` says what will happen before anything is told; ``perform`` does it with what the
    form was told, and writes on the run what it did. A row with ``answer`` writes nothing: what that returns is sent
    to the browser.
    """

    name: str
    label: Any
    help: Any
    permission: str
    form: type[BulkForm]
    submit: Any = ""
    plan: Callable[[list[Organization], User], Plan] = to_all
    perform: Callable[..., None] = nothing
    answer: Callable[..., Any] | None = None


BULK_ACTIONS: dict[str, BulkAction] = {}


def offer(action: BulkAction) -> None:
    """Add a row to the table."""
    BULK_ACTIONS[action.name] = action


def offered_to(user: Any) -> list[BulkAction]:
    """The rows that ``user`` may use."""
    return [action for action in BULK_ACTIONS.values() if user.has_perm(action.permission)]


# --- The choice -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """The organizations that a person chose for one action, and the token by which it is done once."""

    action: str
    pks: tuple[int, ...]
    token: str

    @classmethod
    def ticked(cls, action: str, pks: Iterable[str]) -> Choice:
        keys = dict.fromkeys(int(pk) for pk in pks if pk.isdecimal() and len(pk) < 19)
        return cls(action, tuple(keys)[:MOST], str(uuid4()))

    @classmethod
    def all_found(cls, action: str, query: str, user: User) -> Choice:
        """Everything that the directory finds for ``query``. Raises NotNow where that is more than ``MOST``."""
        question = Question.read(query, user)
        if not question.is_whole:
            raise NotNow([gettext("A filter of this search is no longer there. Search again, and choose then.")])
        found = question.found.order_by().values_list("pk", flat=True)
        pks = tuple(found[: MOST + 1])
        if len(pks) > MOST:
            raise NotNow(
                [
                    gettext(
                        "This finds more than %(most)s partners; that many are taken at once. Search more narrowly."
                    )
                    % {"most": number_format(MOST, force_grouping=True)}
                ]
            )
        return cls(action, pks, str(uuid4()))

    def sealed(self, user: User) -> str:
        """The choice as a page carries it: nobody can change it or use another person's."""
        return signing.dumps([user.pk, self.action, self.token, self.pks], salt=SALT, compress=True)

    @classmethod
    def opened(cls, sealed: str, user: User, action: str) -> Choice:
        """Raises NotNow for one that was made up, is a day old, another person's or for another action."""
        try:
            whose, what, token, pks = signing.loads(sealed, salt=SALT, max_age=HOURS * 3600)
        except signing.BadSignature as made_up:
            raise NotNow([gettext("Choose the partners again: this page is too old.")]) from made_up
        if (whose, what) != (user.pk, action):
            raise NotNow([gettext("Choose the partners again: this page was made for somebody or something else.")])
        return cls(action, tuple(pks), token)

    def plan(self, user: User) -> Plan:
        """What will happen to those of the chosen that ``user`` still sees, by name."""
        rows = Organization.objects.visible_to(user).filter(pk__in=self.pks).select_related("country")
        rows = rows.defer("search_text", "mission", "no_certificate_reason").order_by("name", "pk")
        found = list(rows)
        plan = BULK_ACTIONS[self.action].plan(found, user)
        gone = set(self.pks) - {row.pk for row in found}
        plan.skipped += [
            (gettext("Number %(number)s") % {"number": pk}, gettext("You no longer see it.")) for pk in sorted(gone)
        ]
        return plan


@transaction.atomic
def carry_out(choice: Choice, *, by: User, **told: Any) -> BulkRun:
    """Do what was chosen, once: whoever sends the page again gets the run that was made the first time."""
    action = BULK_ACTIONS[choice.action]
    run, is_new = BulkRun.objects.get_or_create(token=choice.token, defaults={"action": action.name, "by": by})
    if not is_new:
        return run
    plan = choice.plan(by)
    run.skipped = plan.skipped
    action.perform(plan.ready, by=by, run=run, **told)
    run.save()
    return run


# --- The rows ---------------------------------------------------------------------------------------------------------


def _tag(organizations: list[Organization], *, by: User, run: BulkRun, **told: Any) -> None:
    run.tag, changed = tag_organizations(organizations, by=by, **told)
    _write(run, organizations, changed, gettext("It has this tag already."))


def _untag(organizations: list[Organization], *, by: User, run: BulkRun, tag: Tag) -> None:
    run.tag, changed = tag, untag_organizations(organizations, by=by, tag=tag)
    _write(run, organizations, changed, gettext("It does not have this tag."))


def _write(run: BulkRun, organizations: list[Organization], changed: set[int], why_not: str) -> None:
    run.done = len(changed)
    run.skipped += [(row.name, why_not) for row in organizations if row.pk not in changed]


def _message(organizations: list[Organization], *, by: User, run: BulkRun, **told: Any) -> None:
    people = write_to_partners(organizations, by=by, run=run, **told)
    run.done, run.reached = len(people), sum(map(len, people.values()))


def _whom_it_reaches(organizations: list[Organization], by: User) -> Plan:
    people = administrators_by_organization(organizations)
    why = gettext("Nobody administers it in the portal yet.")
    plan = Plan([row for row in organizations if row.pk in people])
    plan.skipped = [(row.name, why) for row in organizations if row.pk not in people]
    counted = sum(map(len, people.values()))
    reach = ngettext("It reaches %(n)s person.", "It reaches %(n)s people.", counted) % {"n": counted}
    plan.facts.append(reach)
    languages = Counter(person.language for each in people.values() for person in each)
    if languages:
        names = dict(settings.LANGUAGES)
        told = ", ".join(f"{names.get(code, code)} ({number})" for code, number in languages.most_common())
        plan.facts.append(
            gettext("They read the portal in: %(languages)s. Your words are not translated.") % {"languages": told}
        )
    left = left_today(by)
    plan.facts.append(
        ngettext(
            "You can write to %(n)s organization more today.", "You can write to %(n)s organizations more today.", left
        )
        % {"n": left}
    )
    return plan


offer(
    BulkAction(
        "tag",
        _("Tag"),
        _("The tag is for the staff of the office alone; organizations do not see it."),
        "organizations.work_in_bulk",
        TagForm,
        perform=_tag,
    )
)
offer(
    BulkAction(
        "untag",
        _("Take a tag off"),
        _("The tag stays on all others that have it."),
        "organizations.work_in_bulk",
        UntagForm,
        perform=_untag,
    )
)
offer(
    BulkAction(
        MESSAGE,
        _("Write a message"),
        _("One e-mail to each person who administers one of these organizations."),
        "organizations.work_in_bulk",
        MessageForm,
        submit=_("Send"),
        plan=_whom_it_reaches,
        perform=_message,
    )
)
