"""How invitations and requests to join are filtered in the API."""

import django_filters as filters

from organizations.models import Invitation, JoinRequest


class InvitationFilter(filters.FilterSet):
    class Meta:
        model = Invitation
        fields = ["state", "organization"]


class JoinRequestFilter(filters.FilterSet):
    class Meta:
        model = JoinRequest
        fields = ["state", "organization"]
