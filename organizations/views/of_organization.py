"""Pages about one organization, which the address names by its number."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest

from organizations.models import Organization
from portal.kit.access import require, visible_or_404


class OfOrganization(LoginRequiredMixin):
    """Finds the organization: 404 where the person may not see it, 403 without the ``permission`` of the page."""

    permission = ""
    organization: Organization

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.organization = visible_or_404(Organization, request.user, pk=kwargs["pk"])
            require(request.user, self.permission, self.organization)
        return super().dispatch(request, *args, **kwargs)
