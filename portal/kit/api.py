"""The API's common ground: pages by cursor, errors in one shape, versions, moves, CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from drf_standardized_errors.handler import ExceptionHandler as StandardHandler
from rest_framework import exceptions, renderers, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kit.access import NotNow, Stale, visible_or_404
from portal.kit.exports import csv_response
from portal.kit.lifecycle import Lifecycle, Reason


class CursorPages(CursorPagination):
    """Pages that stay right while rows are added; ``page_size`` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "pk"


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not_now"
    default_detail = _("This is not possible now.")


class PreconditionFailed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"
    default_detail = _("Somebody changed this since you read it.")


class ExceptionHandler(StandardHandler):
    """Turns the portal's own refusals into the API's: not now 409, out of date 412, wrong field 400."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Stale):
            return PreconditionFailed(exc.reasons)
        if isinstance(exc, NotNow):
            return Conflict(exc.reasons)
        if isinstance(exc, ModelValidationError):
            return exceptions.ValidationError(serializers.as_serializer_error(exc))
        return super().convert_known_exceptions(exc)


class CsvRenderer(renderers.BaseRenderer):
    """Offers ``?format=csv``. The viewset streams the file itself, so nothing is rendered here but errors."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return str(data).encode()


class RecordViewSet(viewsets.ReadOnlyModelViewSet):
    """Reading: what the person may see, filtered like the page, by cursor or as CSV, with a version as ETag.

    Subclasses give ``model`` (with ``visible_to``), ``serializer_class``, ``filterset_class`` and, for CSV,
    ``csv_columns`` (heading: function of a row).
    """

    model: Any = None
    csv_columns: Mapping[Any, Callable[[Any], Any]] = {}
    renderer_classes = [renderers.JSONRenderer, CsvRenderer]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return self.model._default_manager.none()
        return self.model._default_manager.visible_to(self.request.user)

    def get_object(self) -> Any:
        return visible_or_404(self.model, self.request.user, pk=self.kwargs["pk"])

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if getattr(request.accepted_renderer, "format", "") == "csv":
            rows = self.filter_queryset(self.get_queryset()).order_by("pk")
            columns = {str(heading): cell for heading, cell in self.csv_columns.items()}
            return csv_response(self.basename, columns, rows.iterator(chunk_size=500))
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        instance = self.get_object()
        return self.answer(instance)

    def answer(self, instance: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the record with its version as ETag."""
        headers = {"ETag": f'"{instance.version}"'} if hasattr(instance, "version") else {}
        return Response(self.get_serializer(instance).data, status=status_code, headers=headers)

    def expected_version(self) -> int | None:
        """The version the caller read, from If-Match; None when the caller does not say."""
        header = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if not header or header == "*":
            return None
        if not header.isdecimal():
            raise exceptions.ValidationError({"If-Match": [_("Give the ETag that you read, for example \"3\".")]})
        return int(header)


class OfferSerializer(serializers.Serializer):
    """One move that the caller may make now, or why not yet."""

    name = serializers.CharField(source="transition.name")
    label = serializers.CharField(source="transition.label")
    allowed = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    asks_reason = serializers.CharField(source="transition.reason.value", help_text="none, optional or required")


class LifecycleViewSet(RecordViewSet):
    """Reading, and every move of the lifecycle's table under ``transitions/<name>/``."""

    lifecycle: Lifecycle

    @extend_schema(responses=OfferSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def transitions(self, request: Request, pk: str | None = None) -> Response:
        """The moves that start in the present state and that the caller may make, each with what stands against it."""
        instance = self.get_object()
        return Response(OfferSerializer(instance.lifecycle.offers(instance, request.user), many=True).data)

    @action(detail=True, methods=["post"], url_path=r"transitions/(?P<name>[a-z_]+)", url_name="transition")
    def transition(self, request: Request, pk: str | None = None, name: str = "") -> Response:
        """Make one move. 403: not yours to make; 409: not now, with reasons; 412: changed since you read it."""
        instance = self.get_object()
        try:
            move = instance.lifecycle.transition(name)
        except KeyError as unknown:
            raise exceptions.NotFound from unknown
        told = told_serializer(instance.lifecycle, move.name)(data=request.data)
        told.is_valid(raise_exception=True)
        moved = instance.lifecycle.perform(
            instance, name, by=request.user, expected_version=self.expected_version(), **told.validated_data
        )
        return self.answer(moved)


def told_serializer(lifecycle: Lifecycle, name: str | None = None) -> type[serializers.Serializer]:
    """Return the serializer of what a move is told; without ``name``, of everything any move may be told."""
    moves = [lifecycle.transition(name)] if name else list(lifecycle.transitions)
    fields: dict[str, Any] = {}
    for move in moves:
        if move.reason is not Reason.NONE:
            fields["reason"] = serializers.CharField(
                required=bool(name) and move.reason is Reason.REQUIRED,
                allow_blank=move.reason is Reason.OPTIONAL,
                max_length=4000,
            )
        for entry in move.inputs:
            kind = serializers.DateField if entry.kind == "date" else serializers.CharField
            fields[entry.name] = kind(required=bool(name) and entry.required, help_text=str(entry.hint))
    title = "".join(part.title() for part in lifecycle.model.split(".")[-1].split("_"))
    return type(f"{title}TransitionSerializer", (serializers.Serializer,), fields)
