"""The API of coverage: partners by theme and area."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from accounts.stamp import kept
from organizations.coverage import Coverage, chosen_coverage, cover
from organizations.filters.coverage import COUNTED


class CoverageSerializer(serializers.Serializer):
    """How many partners are at work on a theme in an area; ``theme`` null: on all that is asked for; 0 is a gap."""

    area = serializers.CharField()
    theme = serializers.CharField(allow_null=True)
    partners = serializers.IntegerField()


class CoverageViewSet(viewsets.ViewSet):
    """Where partners are at work on what, and where nobody is."""

    @extend_schema(
        responses=CoverageSerializer(many=True),
        parameters=[
            OpenApiParameter("area", OpenApiTypes.STR, description=_("Code of a region or a country; else the world")),
            OpenApiParameter("theme", OpenApiTypes.STR, description=_("Code of a theme, for what lies below it")),
            OpenApiParameter("counted", enum=[name for name, _label in COUNTED], description=_("For UNICEF staff")),
        ],
    )
    def list(self, request: Any) -> Response:
        """The countries of the world or of a region, or a country and what lies directly in it, by theme."""
        form, scope, counted = chosen_coverage(request.query_params, request.user)
        if not form.is_valid():
            raise exceptions.ValidationError(form.errors)
        # Kept as it is answered: the world has some thousand rows, too many to be serialized each time.
        rows = kept(f"api coverage {scope}", lambda: _rows(cover(scope, counted)), reader=f"{counted.for_unicef}")
        return Response(rows)


def _rows(table: Coverage) -> list[dict[str, Any]]:
    themes = [None, *(theme.code for theme in table.themes)]
    return [
        {"area": row.place.code, "theme": theme, "partners": number}
        for row in table.lines
        for theme, number in zip(themes, [row.total, *row.numbers], strict=True)
    ]
