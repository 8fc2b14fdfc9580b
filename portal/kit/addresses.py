"""Addresses of records, without asking the table of addresses anew for each: a page of a list holds dozens of them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse


def record_address(name: str, pk: int) -> str:
    """``reverse(name, args=[pk])``, for an address that holds one number."""
    before, after = _around(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    return f"{before}{pk:d}{after}"


@lru_cache(maxsize=256)
def _around(name: str, urlconf: str, prefix: str) -> tuple[str, str]:
    """What stands before and behind the number."""
    before, _number, after = reverse(name, args=[_UNLIKELY], urlconf=urlconf).rpartition(str(_UNLIKELY))
    return before, after


_UNLIKELY = 9_000_000_001
