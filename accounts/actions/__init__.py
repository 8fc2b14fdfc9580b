"""The frame of every change, the outbox, and what happens to accounts. One file for each subject."""

from accounts.actions.account import (
    change_account,
    choose_columns,
    create_token,
    open_account,
    remove_authenticator,
    revoke_token,
)
from accounts.actions.export import (
    cancel_export,
    expire_exports,
    repeat_export,
    request_export,
    run_exports,
)
from accounts.actions.frame import (
    BOTH,
    OFFICE,
    changing,
    comment,
    create,
    followed_by,
    move,
    performing,
    record,
)
from accounts.actions.outbox import notify, retry_notifications, send_due_notifications

__all__ = [
    "BOTH",
    "OFFICE",
    "cancel_export",
    "change_account",
    "changing",
    "choose_columns",
    "comment",
    "create",
    "create_token",
    "expire_exports",
    "followed_by",
    "move",
    "notify",
    "open_account",
    "performing",
    "record",
    "remove_authenticator",
    "repeat_export",
    "request_export",
    "retry_notifications",
    "revoke_token",
    "run_exports",
    "send_due_notifications",
]
