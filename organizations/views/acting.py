"""For which of several organizations a person acts: said at the head of every page, and a first choice in forms."""

from django.http import HttpRequest

from organizations.models import Organization

ACTING_FOR = "acting_for"


def act_for(request: HttpRequest, organization: Organization) -> None:
    """Remember that this person has turned to ``organization``. It gives no right; each record asks its own rules."""
    if request.user.is_authenticated and request.user.acts_for(organization.pk):
        told = [organization.pk, organization.name]
        if request.session.get(ACTING_FOR) != told:
            request.session[ACTING_FOR] = told
