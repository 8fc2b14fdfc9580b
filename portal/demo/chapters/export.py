"""Lists that were asked for as files: one is ready, one could not be written."""

from typing import Any

from accounts.actions import request_export, run_exports
from accounts.actions.export import fail_export, start_export
from accounts.models import User
from portal.demo.clock import days_ago


def play(stage: Any) -> None:
    """A programme officer takes the country's partners along; a longer list met a full disk."""
    officer = User.objects.get(email="programme@demo.example")
    with days_ago(2):
        too_long = start_export(request_export(by=officer, path="/agreements/", format="xlsx"))
        fail_export(too_long, reason="The disk was full. The file can be asked for again.")
    with days_ago(0.1):
        request_export(by=officer, path="/organizations/", query="country=UZB")
        run_exports()
