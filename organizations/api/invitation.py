"""The API of invitations and of requests to join."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status

from organizations.actions.invitation import ask_to_join, invite
from organizations.filters.invitation import InvitationFilter, JoinRequestFilter
from organizations.lifecycle import INVITATION, JOIN_REQUEST
from organizations.models import Invitation, JoinRequest, Organization
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of


class VisibleOrganization(serializers.PrimaryKeyRelatedField):
    """One of the organizations that the caller may see."""

    def get_queryset(self) -> Any:
        return Organization.objects.visible_to(self.context["request"].user)


class InvitationSerializer(ReadSerializer):
    organization_name = serializers.CharField(source="organization.name")
    invited_by = serializers.CharField(source="invited_by.name")

    class Meta:
        model = Invitation
        fields = [
            *("id", "organization", "organization_name", "email", "role", "message", "invited_by", "lapses_at"),
            *("state", "state_since", "version", "created_at"),
        ]


class InviteSerializer(serializers.ModelSerializer):
    organization = VisibleOrganization(queryset=Organization.objects.none())

    class Meta:
        model = Invitation
        fields = ["organization", "email", "role", "message"]
        validators: list[Any] = []  # the action checks the record


@moves_of(INVITATION)
class InvitationViewSet(LifecycleViewSet):
    """Invitations that the caller was sent, and those of the caller's organizations."""

    model = Invitation
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    ordering_fields = ("created_at",)
    csv_columns = {
        "id": lambda row: row.pk,
        "organization": lambda row: row.organization_id,
        "email": lambda row: row.email,
        "role": lambda row: row.role,
        "state": lambda row: row.state,
        "lapses_at": lambda row: row.lapses_at.isoformat(),
    }

    def with_related(self, rows):
        return rows.select_related("organization", "invited_by")

    @extend_schema(request=InviteSerializer, responses={201: InvitationSerializer}, filters=False)
    def create(self, request):
        """Invite a person by e-mail address. Nothing is given before that person accepts."""
        told = InviteSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        self.kwargs["pk"] = invite(by=request.user, **told.validated_data).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)


class JoinRequestSerializer(ReadSerializer):
    """``called``: the name under which the person knows the organization."""

    person = serializers.CharField(source="person.name")
    email = serializers.CharField(source="person.email")

    class Meta:
        model = JoinRequest
        fields = [
            *("id", "organization", "called", "person", "email", "role", "message"),
            *("state", "state_since", "version", "created_at"),
        ]


class AskSerializer(serializers.ModelSerializer):
    organization = VisibleOrganization(queryset=Organization.objects.none())

    class Meta:
        model = JoinRequest
        fields = ["organization", "role", "message"]
        validators: list[Any] = []  # as above


@moves_of(JOIN_REQUEST)
class JoinRequestViewSet(LifecycleViewSet):
    """What the caller has asked, and what is asked of the organizations that the caller administers."""

    model = JoinRequest
    serializer_class = JoinRequestSerializer
    filterset_class = JoinRequestFilter
    ordering_fields = ("created_at",)
    csv_columns = {
        "id": lambda row: row.pk,
        "organization": lambda row: row.organization_id,
        "person": lambda row: row.person.name,
        "role": lambda row: row.role,
        "state": lambda row: row.state,
    }

    def with_related(self, rows):
        return rows.select_related("person")

    @extend_schema(request=AskSerializer, responses={201: JoinRequestSerializer}, filters=False)
    def create(self, request):
        """Ask an organization's administrators to be let in."""
        told = AskSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        self.kwargs["pk"] = ask_to_join(by=request.user, **told.validated_data).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)
