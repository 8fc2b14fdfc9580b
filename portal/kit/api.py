"""The API's common ground: pages by cursor, errors in one shape, versions, moves, CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from drf_standardized_errors.handler import ExceptionHandler as StandardHandler
from rest_framework import exceptions, filters, renderers, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from portal.kit.access import NotAllowed, Stale, as_refusal, as_trouble, visible_or_404
from portal.kit.exports import FORMATS, Table, download
from portal.kit.lifecycle import Lifecycle, Reason
from portal.kit.paging import BadCursor, bounded_count, in_pieces, page_of

# --- Errors -----------------------------------------------------------------------------------------------------------


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not_now"
    default_detail = _("This is not possible now.")


class PreconditionFailed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"
    default_detail = _("Somebody changed this since you read it.")


class Trouble(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    wait = 30  # seconds, told as Retry-After


class ExceptionHandler(StandardHandler):
    """Turns the portal's own refusals into the API's: not now 409, out of date 412, wrong field 400, no answer 503."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Stale):
            return PreconditionFailed(exc.reasons)
        if refusal := as_refusal(exc):
            return Conflict(refusal.reasons)
        if trouble := as_trouble(exc):
            return Trouble(trouble)
        if isinstance(exc, ModelValidationError):
            return exceptions.ValidationError(serializers.as_serializer_error(exc))
        # JSON nested so deep that Python will not read it, or longer than a form may be
        if isinstance(exc, RecursionError | RequestDataTooBig):
            return exceptions.ParseError()
        return super().convert_known_exceptions(exc)


class ErrorSerializer(serializers.Serializer):
    """One thing that is wrong; ``attr`` names the field where there is one."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ProblemSerializer(serializers.Serializer):
    """Every error of the API has this shape."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]  # the name is also the base class's


ONLY_CHANGES_MEET = {"409", "412", "415"}


def say_problems_once(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Let all errors in the schema point to one description, and leave out those that reading cannot meet."""
    for operations in result["paths"].values():
        for method, operation in operations.items():
            idle = ONLY_CHANGES_MEET if method == "get" else set()
            for code in [code for code in operation["responses"] if code >= "400"]:
                problem = operation["responses"].pop(code)
                if code not in idle:
                    operation["responses"][code] = {"$ref": "#/components/responses/Problem"}
                    result["components"]["responses"] = {"Problem": {**problem, "description": "What is wrong."}}
    for response in result["components"]["responses"].values():
        for content in response["content"].values():
            content.pop("examples", None)
    return result


# --- Reading ----------------------------------------------------------------------------------------------------------


class ReadSerializer(serializers.ModelSerializer):
    """A record as the API shows it: nothing in it is written, and a choice that may be empty says so in the schema."""

    def get_extra_kwargs(self) -> dict[str, Any]:
        return {name: {"read_only": True} for name in self.Meta.fields}

    def include_extra_kwargs(
        self, kwargs: MutableMapping[str, Any], extra_kwargs: MutableMapping[str, Any]
    ) -> dict[str, Any]:
        may_be_empty = {"allow_blank": True} if "choices" in kwargs and kwargs.get("allow_blank") else {}
        return {**super().include_extra_kwargs(kwargs, extra_kwargs), **may_be_empty}


# --- Lists ------------------------------------------------------------------------------------------------------------


class CursorPages(CursorPagination):
    """Pages that stay right while rows are added; ``page_size`` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Return one page, as lists of pages do; a cursor that somebody made up is 404."""
        self.base_url: str = request.build_absolute_uri()
        place = {}
        if asked := request.query_params.get(self.cursor_query_param):
            direction, _colon, cursor = asked.partition(":")
            if direction not in ("after", "before") or not cursor:
                raise exceptions.NotFound(self.invalid_cursor_message)
            place = {direction: cursor}
        rows = queryset.order_by(*self.get_ordering(request, queryset, view))
        try:
            self.shown = page_of(rows, self.get_page_size(request) or self.page_size, **place)
        except BadCursor as made_up:
            raise exceptions.NotFound(self.invalid_cursor_message) from made_up
        return self.shown.rows

    def get_next_link(self) -> str | None:
        return self._link("after", self.shown.next)

    def get_previous_link(self) -> str | None:
        return self._link("before", self.shown.previous)

    def _link(self, direction: str, cursor: str) -> str | None:
        return replace_query_param(self.base_url, self.cursor_query_param, f"{direction}:{cursor}") if cursor else None


class Ordering(filters.OrderingFilter):
    """``?ordering=`` takes the viewset's ``ordering_fields`` and no other; the key decides between equals."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> list[str]:
        asked = request.query_params.get(self.ordering_param, "")
        if asked and asked not in self.choices(view):
            raise exceptions.ValidationError(
                {self.ordering_param: [_("Choose one of: %(names)s.") % {"names": ", ".join(self.choices(view))}]}
            )
        if not asked:
            return [*view.default_ordering]
        sign, name = ("-", asked[1:]) if asked.startswith("-") else ("", asked)
        return [f"{sign}{view.ordering_columns.get(name, name)}", f"{sign}pk"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        named = {"name": self.ordering_param, "in": "query", "required": False}
        return [{**named, "schema": {"type": "string", "enum": self.choices(view)}}] if self.choices(view) else []

    @staticmethod
    def choices(view: Any) -> list[str]:
        return [f"{sign}{name}" for name in view.ordering_fields for sign in ("", "-")]


class FileRenderer(renderers.BaseRenderer):
    """Offers a file, ``?format=csv``. The viewset streams it itself, so nothing is rendered here but errors."""

    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return str(data).encode()


class CsvRenderer(FileRenderer):
    media_type = "text/csv"
    format = "csv"


class XlsxRenderer(FileRenderer):
    media_type = FORMATS["xlsx"].media_type
    format = "xlsx"
    charset = None  # type: ignore[assignment]  # packed, and in no script


class RecordViewSet(viewsets.ReadOnlyModelViewSet):
    """Reading: what the person may see, filtered like the page, by cursor or as a file, with a version as ETag.

    Subclasses give ``model`` (with ``visible_to``), ``serializer_class`` (``list_serializer_class`` where a row shows
    less), ``filterset_class``, ``ordering_fields`` and, for files, ``csv_columns`` (heading: function of a row).
    """

    model: Any = None
    list_serializer_class: type[serializers.Serializer] | None = None
    ordering_fields: tuple[str, ...] = ()
    ordering_columns: Mapping[str, str] = {}  # by which column an ordering field orders, where that has another name
    default_ordering: tuple[str, ...] = ("pk",)
    csv_columns: Mapping[Any, Callable[[Any], Any]] = {}
    lookup_value_regex = "[0-9]{1,18}"
    pagination_class = CursorPages
    filter_backends = [DjangoFilterBackend, Ordering]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a person
            return self.model._default_manager.none()
        return self.with_related(self.model._default_manager.visible_to(self.request.user))

    def with_related(self, rows: Any) -> Any:
        """Return ``rows`` with what the serializer reads from other tables, so that a list asks once for all rows."""
        return rows

    def get_record(self) -> Any:
        """The record to act on, without what only its answer shows."""
        return visible_or_404(self.model, self.request.user, pk=self.kwargs["pk"])

    def get_object(self) -> Any:
        found = self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if found is None:
            raise exceptions.NotFound
        return found

    def get_serializer_class(self) -> Any:
        shorter = self.list_serializer_class if self.action == "list" else None
        return shorter or super().get_serializer_class()

    def get_renderers(self) -> list[renderers.BaseRenderer]:
        exported = [CsvRenderer(), XlsxRenderer()] if self.action == "list" and self.csv_columns else []
        return [renderers.JSONRenderer(), *exported]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        asked = request.accepted_renderer.format
        if asked in FORMATS:
            rows = self.filter_queryset(self.get_queryset())
            if bounded_count(rows, settings.EXPORT_AT_ONCE) > settings.EXPORT_AT_ONCE:
                raise Conflict(_("This is too long for one answer. Narrow it with filters, or read it page by page."))
            columns = {str(heading): cell for heading, cell in self.csv_columns.items()}
            return download(Table(self.basename, columns, in_pieces(rows)), asked)
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())

    def page_of(self, rows: Any, serializer_class: type[serializers.Serializer]) -> Response:
        """Return one page of other rows that belong to the record."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer_class(page, many=True).data)

    def answer(self, instance: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the record with its version as ETag."""
        headers = {"ETag": f'"{instance.version}"'} if hasattr(instance, "version") else {}
        return Response(self.get_serializer(instance).data, status=status_code, headers=headers)

    def expected_version(self) -> int | None:
        """The version the caller read, from If-Match; None when the caller does not say."""
        header = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if not header or header == "*":
            return None
        if not (header.isdecimal() and len(header) < 19):
            raise exceptions.ValidationError({"If-Match": [_('Give the ETag that you read, for example "3".')]})
        return int(header)


# --- Changes ----------------------------------------------------------------------------------------------------------

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you read. If somebody changed the record since, the answer is 412 and nothing happens.",
)


class OfferSerializer(serializers.Serializer):
    """One move that the caller may make now, or why not yet."""

    name = serializers.CharField(source="transition.name")
    label = serializers.CharField(source="transition.label")  # type: ignore[assignment]  # as above
    allowed = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    asks_reason = serializers.ChoiceField(list(Reason), source="transition.reason")
    reason_label = serializers.CharField(source="transition.reason_label")


class LifecycleViewSet(RecordViewSet):
    """Reading, and every move of the lifecycle's table under ``transitions/<name>/``.

    Subclasses are decorated with :func:`moves_of`, which writes the moves into the schema.
    """

    @extend_schema(responses=OfferSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def transitions(self, request: Request, pk: str) -> Response:
        """The moves that start in the present state and that the caller may make, each with what stands against it."""
        instance = self.get_record()
        return Response(OfferSerializer(instance.lifecycle.offers(instance, request.user), many=True).data)

    @action(detail=True, methods=["post"], url_path=r"transitions/(?P<name>[a-z_]+)", url_name="transition")
    def transition(self, request: Request, pk: str, name: str) -> Response:
        """Make one move. 403: not yours to make; 409: not now, with reasons; 412: changed since you read it."""
        instance = self.get_record()
        try:
            move = instance.lifecycle.transition(name)
        except KeyError as unknown:
            raise exceptions.NotFound from unknown
        if not move.permission:  # the portal's own worker makes it, told what only the worker knows
            raise NotAllowed
        told = told_serializer(instance.lifecycle, name)(data=request.data)
        told.is_valid(raise_exception=True)
        instance.lifecycle.perform(
            instance, name, by=request.user, expected_version=self.expected_version(), **told.validated_data
        )
        return self.answer(self.get_object())


def moves_of(lifecycle: Lifecycle) -> Callable[[type], type]:
    """Return a class decorator that describes the moves of ``lifecycle`` in the schema."""
    people = [move.name for move in lifecycle.transitions if move.permission]
    name = OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, enum=people)
    return extend_schema_view(
        transition=extend_schema(parameters=[name, IF_MATCH], request=told_serializer(lifecycle), filters=False)
    )


_INPUTS = {"date": serializers.DateField, "email": serializers.EmailField}


def told_serializer(lifecycle: Lifecycle, name: str | None = None) -> type[serializers.Serializer]:
    """Return the serializer of what a move is told; without ``name``, of everything any move may be told."""
    moves = [lifecycle.transition(name)] if name else list(lifecycle.transitions)
    fields: dict[str, Any] = {}
    asked = dict.fromkeys(str(move.reason_label) for move in moves if move.reason is not Reason.NONE)
    for move in moves:
        if move.reason is not Reason.NONE:
            fields["reason"] = serializers.CharField(
                required=bool(name) and move.reason is Reason.REQUIRED,
                allow_blank=move.reason is Reason.OPTIONAL,
                max_length=4000,
                help_text=" / ".join(asked),
            )
        for entry in move.inputs:
            kind = _INPUTS.get(entry.kind, serializers.CharField)
            fields[entry.name] = kind(required=bool(name) and entry.required, help_text=str(entry.label))
    title = lifecycle.model.split(".")[-1].title()
    return type(f"{title}TransitionSerializer", (serializers.Serializer,), fields)
