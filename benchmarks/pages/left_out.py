"""The addresses that are not measured, each with the reason. What is in no list here has to be measured."""

from __future__ import annotations

from fnmatch import fnmatch

LEFT_OUT = {
    "landing": "leads elsewhere",
    "organizations:saved-search-open": "leads elsewhere",
    "set_language": "takes what is sent",
    "account_login": "",
    "account_signup": "",
    "account_email": "",
    "mfa_index": "",
    "usersessions_list": "",
    "account_*": "a form of django-allauth about oneself: no list, no record",
    "mfa_*": "a form of django-allauth about oneself: no list, no record",
    "admin:index": "",
    "admin:usersessions_*_change": "one’s own sessions, which come and go",
    "admin:mfa_*_change": "keys of one’s own that the benchmark’s people do not have",
    "admin:*_changelist": "",
    "admin:*_change": "",
    "admin:*": "a form of Django’s admin beside the list and the record",
    "organizations:join-named": "needs the token of a form that was just sent",
    "organizations:alike": "a piece of a page, asked with what is typed: measured as “alike names”",
    "organizations:twin-note": "takes what is sent",
}
"""Patterns of names, the first that fits counts; an empty reason: it is measured."""


def why_left_out(name: str) -> str:
    """The reason why the address ``name`` is not measured, or ""."""
    return next((reason for pattern, reason in LEFT_OUT.items() if fnmatch(name, pattern)), "")
