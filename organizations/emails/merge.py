"""Messages about two records that became one."""

from accounts.actions import notify
from organizations.emails.people import administrators_of


def organizations_merged(merge):
    """The administrators of both: your two records are one."""
    _tell(merge, administrators_of(merge.kept_id), "done", reason=merge.reason)


def merge_undone(merge, administrators, *, reason):
    """The administrators of both: your records are two again."""
    _tell(merge, administrators, "undone", reason=reason)


def _tell(merge, people, occasion, **context):
    """The link leads to the record that stays: the merge has its page for UNICEF staff alone."""
    notify(
        people,
        f"merge:{merge.pk}:{occasion}",
        "organizations-merged",
        {"merge": merge, "is_undone": occasion == "undone", **context},
        path=merge.kept.get_absolute_url(),
    )
