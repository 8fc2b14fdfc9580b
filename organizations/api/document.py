"""The API of documents: facts and versions as JSON, files in and out."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser

from accounts.models import AuditEvent
from organizations.actions.document import add_document, change_document, replace_document
from organizations.filters.document import DocumentFilter
from organizations.lifecycle import DOCUMENT
from organizations.models import Document, DocumentVersion, Organization
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, moves_of
from portal.kit.exports import private_file
from portal.kit.parsers import JSONParser

FACTS = ["title", "issuer", "number", "issued_on", "expires_on"]


class VersionSerializer(ReadSerializer):
    """One file that the document is or was, the newest first."""

    class Meta:
        model = DocumentVersion
        fields = ["number", "file_name", "media_type", "size", "sha256", "uploaded_at"]


class DocumentSerializer(ReadSerializer):
    """A document of an organization, with every version of its file."""

    versions = VersionSerializer(many=True)

    class Meta:
        model = Document
        fields = [
            *("id", "organization", "kind", *FACTS, "audience", "from_office"),
            *("state", "state_since", "version", "created_at", "versions"),
        ]


class DocumentFactsSerializer(serializers.ModelSerializer):
    class Meta:
        model = Document
        fields = FACTS
        extra_kwargs = {name: {"required": False} for name in FACTS}


class DocumentReplaceSerializer(DocumentFactsSerializer):
    file = serializers.FileField(allow_empty_file=True, help_text=_("PDF, JPEG, PNG, DOCX, XLSX or ODT."))

    class Meta(DocumentFactsSerializer.Meta):
        fields = [*FACTS, "file"]


class DocumentAddSerializer(DocumentReplaceSerializer):
    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    title = serializers.CharField(max_length=200)
    audience = serializers.ChoiceField(
        AuditEvent.Audience.choices,
        default=AuditEvent.Audience.BOTH,
        help_text=_("For the office alone: UNICEF staff only."),
    )

    class Meta(DocumentReplaceSerializer.Meta):
        fields = ["organization", "kind", *FACTS, "audience", "file"]

    def get_fields(self) -> Any:
        fields = super().get_fields()
        if "request" in self.context:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields


NUMBER = OpenApiParameter("number", OpenApiTypes.INT, OpenApiParameter.PATH)


@moves_of(DOCUMENT)
class DocumentViewSet(LifecycleViewSet):
    """Documents of the caller's organizations; all of them for UNICEF staff."""

    model = Document
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    ordering_fields = ("created_at",)
    csv_columns = {
        name: lambda row, name=name: getattr(row, name) for name in ("id", "organization_id", "kind", *FACTS, "state")
    }

    def with_related(self, rows: Any) -> Any:
        return rows.with_versions()

    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": DocumentAddSerializer}, responses={201: DocumentSerializer}, filters=False
    )
    def create(self, request: Any) -> Any:
        """Put a document on record. The same file of the same kind again is the same document."""
        told = DocumentAddSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        facts = dict(told.validated_data)
        self.kwargs["pk"] = add_document(facts.pop("organization"), by=request.user, **facts).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)

    @extend_schema(request=DocumentFactsSerializer, responses=DocumentSerializer, parameters=[IF_MATCH], filters=False)
    def partial_update(self, request: Any, pk: str) -> Any:
        """Correct what is written about it; the file stays."""
        document = self.get_record()
        told = DocumentFactsSerializer(document, data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        change_document(document, by=request.user, expected_version=self.expected_version(), **told.validated_data)
        return self.answer(self.get_object())

    @extend_schema(
        request={"multipart/form-data": DocumentReplaceSerializer},
        responses=DocumentSerializer,
        parameters=[IF_MATCH],
        filters=False,
    )
    @action(detail=True, methods=["post"])
    def replace(self, request: Any, pk: str) -> Any:
        """Bring a newer file, with the facts that changed. The older ones stay readable."""
        document = self.get_record()
        told = DocumentReplaceSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        replace_document(document, by=request.user, expected_version=self.expected_version(), **told.validated_data)
        return self.answer(self.get_object())

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, parameters=[NUMBER], filters=False
    )
    @action(
        detail=True,
        methods=["get"],
        url_path=r"versions/(?P<number>[0-9]{1,5})",
        pagination_class=None,
        filter_backends=[],
        filterset_class=None,
    )
    def file(self, request: Any, pk: str, number: str) -> Any:
        """One version's file."""
        version = get_object_or_404(self.get_record().versions, number=number)
        return private_file(version.file, version.file_name, version.media_type)
