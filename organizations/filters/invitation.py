"""How invitations and requests to join are filtered in the API."""

from organizations.models import Invitation, JoinRequest
from portal.kit.filters import FilterSet


class InvitationFilter(FilterSet):
    class Meta:
        model = Invitation
        fields = ["state", "organization"]


class JoinRequestFilter(FilterSet):
    class Meta:
        model = JoinRequest
        fields = ["state", "organization"]
