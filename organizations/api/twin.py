"""The API of possible twins."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from organizations.filters.twin import TwinFilter
from organizations.lifecycle import TWIN
from organizations.models import Organization, PossibleTwin, TwinReason
from organizations.twins.alike import look_alikes
from portal.kit.access import require
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of
from programmes.models import Location


class TwinSerializer(ReadSerializer):
    """Two records; ``found`` holds the name or number of each that met."""

    class Meta:
        model = PossibleTwin
        fields = ["id", "first", "second", "score", "reason", "found", "state", "state_since", "version"]


class SoughtSerializer(serializers.Serializer):
    """Names and a number as somebody writes them."""

    name = serializers.ListField(child=serializers.CharField(max_length=300), max_length=15, default=list)
    number = serializers.CharField(max_length=80, default="")
    scheme = serializers.CharField(max_length=40, default="")
    country = serializers.SlugRelatedField("code", queryset=Location.objects.countries(), default=None)

    def validate(self, told):
        if not told["name"] and not told["number"]:
            raise serializers.ValidationError({"name": _("Write a name, an acronym or a number.")})
        return told


class CandidateSerializer(serializers.Serializer):
    """A record that may be the one, and why: ``mine`` and ``theirs`` are the names or numbers that met."""

    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.all(), source="organization_id")
    score = serializers.IntegerField()
    reason = serializers.ChoiceField(TwinReason.choices)
    mine = serializers.CharField()
    theirs = serializers.CharField()


@moves_of(TWIN)
class TwinViewSet(LifecycleViewSet):
    """Pairs of records that may be one organization; for UNICEF staff."""

    model = PossibleTwin
    serializer_class = TwinSerializer
    filterset_class = TwinFilter
    csv_columns = {
        name: lambda row, name=name: getattr(row, name)
        for name in ("id", "first_id", "second_id", "score", "reason", "state")
    }

    @extend_schema(
        parameters=[SoughtSerializer, OpenApiParameter("name", str, many=True)],
        responses=CandidateSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def search(self, request):
        """The likely records of any names and number, the most alike first."""
        require(request.user, "organizations.view_twins")
        asked = {
            name: request.query_params[name] for name in ("number", "scheme", "country") if name in request.query_params
        }
        told = SoughtSerializer(data=asked | {"name": request.query_params.getlist("name")})
        told.is_valid(raise_exception=True)
        sought, country = told.validated_data, told.validated_data["country"]
        numbers = [(sought["scheme"], sought["number"])] if sought["number"] else []
        found = look_alikes(request.user, sought["name"], identifiers=numbers, country=country and country.pk)
        rows = [
            {
                "organization": why.organization_id,
                "score": why.score,
                "reason": why.reason,
                "mine": why.mine,
                "theirs": why.theirs,
            }
            for _organization, why in found.shown
        ]
        return Response(rows)
