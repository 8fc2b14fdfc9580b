"""The API's part about people: who the caller is, what happened to a record and was said of it, the caller's files."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.lifecycle import EXPORT
from accounts.models import AuditEvent, Export
from accounts.roles import StaffRole
from portal.kit.access import require
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of


class PostSerializer(serializers.Serializer):
    """A post at UNICEF; with neither office nor region it counts everywhere."""

    role = serializers.CharField()
    description = serializers.SerializerMethodField()
    office = serializers.CharField(source="office.code", default=None, allow_null=True)
    region = serializers.CharField(source="region.code", default=None, allow_null=True)

    def get_description(self, post) -> str:
        return StaffRole(post.role).description


class MembershipSerializer(serializers.Serializer):
    role = serializers.CharField()
    description = serializers.CharField(source="role_description")
    organization = serializers.IntegerField(source="organization_id")
    organization_name = serializers.CharField(source="organization.name")


class MeSerializer(serializers.Serializer):
    """Who the caller is, and which roles decide what the caller may do."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.CharField()
    is_superuser = serializers.BooleanField()
    posts = PostSerializer(many=True)
    memberships = serializers.SerializerMethodField()

    @extend_schema_field(MembershipSerializer(many=True))
    def get_memberships(self, user):
        return MembershipSerializer(user.memberships.select_related("organization"), many=True).data


class MeViewSet(viewsets.ViewSet):
    """Who I am."""

    permission_classes = [permissions.IsAuthenticated]
    serializer_class = MeSerializer

    @extend_schema(responses=forced_singular_serializer(MeSerializer))
    def list(self, request):
        """Who I am: my posts at UNICEF and my memberships of organizations."""
        return Response(MeSerializer(request.user).data)


class EventSerializer(ReadSerializer):
    """One thing that happened: a move, a change or a comment (its text is the reason)."""

    actor = serializers.CharField(source="actor_label")

    class Meta:
        model = AuditEvent
        fields = ["id", "at", "actor", "action", "from_state", "to_state", "reason", "changes", "audience"]


class CommentSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=4000)
    audience = serializers.ChoiceField(
        AuditEvent.Audience.choices, default=AuditEvent.Audience.BOTH, help_text=_("Who may read it.")
    )


class Discussed:
    """For a record's viewset: what happened to it, and comments. Both are for the two sides, not for the public.

    The viewset gives ``comment_permission`` and ``write_comment``, the action that carries a comment out.
    """

    comment_permission = ""
    write_comment: Any = None

    @extend_schema(responses=EventSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[], filterset_class=None, url_path="events")
    def events(self, request, pk):
        """What happened, the oldest first; what is for the office alone is shown to the office alone."""
        record = self.get_record()
        require(request.user, self.comment_permission, record)
        events = AuditEvent.objects.about(record)
        if not (request.user.is_superuser or request.user.works_at(record.office)):
            events = events.for_partner()
        return self.page_of(events, EventSerializer)

    @extend_schema(request=CommentSerializer, responses={201: EventSerializer}, filters=False)
    @action(detail=True, methods=["post"], url_path="comment")
    def comment(self, request, pk):
        """Write a comment, for both sides or for the office alone."""
        record = self.get_record()
        said = CommentSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        event = type(self).write_comment(record, by=request.user, **said.validated_data)
        return Response(EventSerializer(event).data, status=status.HTTP_201_CREATED)


class ExportSerializer(ReadSerializer):
    class Meta:
        model = Export
        fields = [
            *("id", "title", "path", "query", "columns", "format", "language", "state", "state_since", "version"),
            *("rows_done", "rows_expected", "problem", "expires_at", "created_at"),
        ]


@moves_of(EXPORT)
class ExportViewSet(LifecycleViewSet):
    """Files of lists that the caller asked for on the pages: how far each is. It is downloaded there as well."""

    model = Export
    serializer_class = ExportSerializer
    filterset_fields = ["state"]
    ordering_fields = ("created_at",)
    csv_columns = {
        name: lambda row, name=name: getattr(row, name) for name in ("id", "title", "format", "state", "rows_done")
    }


ROUTES = [("me", MeViewSet, "me"), ("exports", ExportViewSet, "export")]
