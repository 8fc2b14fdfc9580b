"""Lists that were asked for as files: one is written when all is told, one could not be."""

from typing import Any

from accounts.actions import request_export
from accounts.actions.export import fail_export, start_export
from accounts.models import User
from portal.demo.clock import days_ago

READY = 0.1
"""So many days ago the file is asked for; it is written at that time too, once the index stands."""


def play(stage: Any) -> None:
    """A programme officer takes the country's partners along; a longer list met a full disk."""
    officer = User.objects.get(email="programme@demo.example")
    with days_ago(2):
        too_long = start_export(request_export(by=officer, path="/agreements/", format="xlsx"))
        fail_export(too_long, reason="The disk was full. The file can be asked for again.")
    with days_ago(READY):
        request_export(by=officer, path="/organizations/", query="country=UZB")
