"""The pages that belong to no app: the front door, one's desk, and where one lands after signing in."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect


@login_required
def landing(request):
    """Send a person to where their work is."""
    if request.user.works_for_unicef:
        return redirect("work")
    return redirect("organizations:my-organization")
