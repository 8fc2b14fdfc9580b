"""The API of observations and flags."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status

from organizations.actions.observation import add_observation, change_observation
from organizations.filters.observation import ObservationFilter
from organizations.lifecycle import OBSERVATION
from organizations.models import Observation, Organization
from organizations.models.organization import with_names
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, moves_of
from programmes.models import CountryOffice

_WRITTEN = ["nature", "category", "observed_on", "text", "document", "for_partner"]
INTERNAL = ("text", "author_name", "nature", "document", "created_at")


class ObservationSerializer(ReadSerializer):
    """One observation. The organization itself reads flags that concern it, with what is internal left null."""

    organization_name = serializers.CharField(source="organization.name")
    office = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    author_name = serializers.CharField(source="author", allow_null=True)
    text = serializers.CharField(allow_null=True)
    nature = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Observation
        fields = [
            *("id", "organization", "organization_name", "office", "author_name", *_WRITTEN),
            *("state", "state_since", "flagged_at", "released_at", "replied_at", "version", "created_at"),
        ]

    def to_representation(self, observation):
        shown = super().to_representation(observation)
        user = self.context["request"].user
        if not user.has_perm("organizations.read_internal_observation", observation):
            shown |= dict.fromkeys(INTERNAL)
        return shown


class ObservationChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Observation
        fields = _WRITTEN


class ObservationStartSerializer(ObservationChangeSerializer):
    """About whom, for which office (null: headquarters), and the words; ``flag`` raises a yellow flag at once."""

    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.active(), allow_null=True)
    flag = serializers.BooleanField(default=False)

    class Meta:
        model = Observation
        fields = ["organization", "office", *_WRITTEN, "flag"]

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields


@moves_of(OBSERVATION)
class ObservationViewSet(LifecycleViewSet):
    """Observations: for UNICEF staff, and for an organization the flags that concern it. Nobody else sees any."""

    model = Observation
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilter
    ordering_fields = ("state_since", "observed_on")
    csv_columns = {
        "id": lambda row: row.pk,
        "organization": lambda row: row.organization_id,
        "organization_name": lambda row: row.organization.name,
        "office": lambda row: row.office.code if row.office else "",
        "category": lambda row: row.category,
        "observed_on": lambda row: row.observed_on,
        "state": lambda row: row.state,
        "state_since": lambda row: row.state_since.isoformat(),
    }

    def with_related(self, rows):
        return with_names(rows.select_related("organization", "office", "author"))

    @extend_schema(request=ObservationStartSerializer, responses={201: ObservationSerializer}, filters=False)
    def create(self, request):
        """Note an observation about an organization."""
        told = ObservationStartSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        self.kwargs["pk"] = add_observation(by=request.user, **told.validated_data).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)

    @extend_schema(request=ObservationChangeSerializer, parameters=[IF_MATCH], filters=False)
    def partial_update(self, request, pk):
        """Correct what one has written oneself, while its state leaves it open."""
        observation = self.get_record()
        told = ObservationChangeSerializer(observation, data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        change_observation(
            observation, by=request.user, expected_version=self.expected_version(), **told.validated_data
        )
        return self.answer(self.get_object())
