"""Accounts and the tokens that programs use in people's names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.actions.frame import OFFICE, diff, record, snapshot
from accounts.models import ApiToken, User
from accounts.models.user import ChosenColumns
from portal.kit.access import require

_OWN = {"name", "language"}


def open_account(*, by: User, email: str, name: str, **fields: Any) -> User:
    """Make an account for somebody, who then chooses a password by "forgot your password"."""
    require(by, "accounts.administer_accounts")
    person = User(email=User.objects.normalize_email(email), name=name, **fields)
    person.set_unusable_password()
    with transaction.atomic():
        person.full_clean()
        person.save()
        record(person, "created", by=by, audience=OFFICE)
    return person


def change_account(person: User, *, by: User, **fields: Any) -> User:
    """Change an account: people their own name and language, administrators also who may sign in and administer."""
    require(by, "accounts.change_own_account" if fields.keys() <= _OWN else "accounts.administer_accounts", person)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=person.pk)
        before = snapshot(locked)
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.full_clean()
        locked.save(update_fields=list(fields))
        if changes := diff(before, snapshot(locked)):
            record(locked, "changed", by=by, changes=changes, audience=OFFICE)
    return locked


@transaction.atomic
def choose_columns(*, by: User, name: str, columns: list[str], as_table: bool) -> None:
    """Remember how ``by`` reads the list ``name``. It concerns nobody else, so no event tells of it."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    locked.chosen_columns[name] = list(ChosenColumns(as_table, columns))
    locked.save(update_fields=["chosen_columns"])


def remove_authenticator(authenticator: models.Model, *, by: User) -> None:
    """Take a second step or passkey from somebody who has lost it."""
    require(by, "accounts.administer_accounts")
    with transaction.atomic():
        record(authenticator.user, "second_step_removed", by=by, audience=OFFICE)  # type: ignore[attr-defined]
        authenticator.delete()


def create_token(*, by: User, name: str, scope: str, days: int = 90) -> tuple[ApiToken, str]:
    """Make an API token for ``by``; return it and its secret, which is shown once and kept nowhere."""
    secret = ApiToken.new_secret()
    token = ApiToken(
        user=by,
        name=name,
        scope=scope,
        digest=ApiToken.digest_of(secret),
        expires_at=timezone.now() + timedelta(days=days),
    )
    token.full_clean()
    token.save()
    record(by, "token_created", by=by, reason=name, audience=OFFICE)
    return token, secret


def revoke_token(token: ApiToken, *, by: User) -> None:
    """End a token at once. Only its owner can."""
    require(by, "accounts.revoke_token", token)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(by, "token_revoked", by=by, reason=token.name, audience=OFFICE)
