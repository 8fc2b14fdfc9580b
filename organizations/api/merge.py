"""The API of merges."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status

from organizations.actions.merge import merge_organizations
from organizations.filters.merge import MergeFilter
from organizations.lifecycle import MERGE
from organizations.models import Merge, Organization, OrganizationName
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of


class MergeSerializer(ReadSerializer):
    """Two records that are one; ``counts`` says how many rows of each kind moved."""

    counts = serializers.DictField(child=serializers.IntegerField())
    undo_until = serializers.DateTimeField()

    class Meta:
        model = Merge
        fields = [
            *("id", "kept", "merged", "reason", "counts", "created_at", "undo_until"),
            *("state", "state_since", "version"),
        ]


class MergeStartSerializer(serializers.Serializer):
    """``facts``: for a group of facts, the number of the record whose fact is kept."""

    kept = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    merged = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    reason = serializers.CharField(max_length=4000)
    facts = serializers.DictField(child=serializers.IntegerField(), required=False)
    name_kind = serializers.ChoiceField(
        [OrganizationName.Kind.OTHER, OrganizationName.Kind.FORMER], required=False, help_text="of the name that goes"
    )

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            for name in ("kept", "merged"):
                fields[name].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields


@moves_of(MERGE)
class MergeViewSet(LifecycleViewSet):
    """Records that were merged; for UNICEF staff."""

    model = Merge
    serializer_class = MergeSerializer
    filterset_class = MergeFilter
    ordering_fields = ("created_at",)
    csv_columns = {
        name: lambda row, name=name: getattr(row, name) for name in ("id", "kept_id", "merged_id", "state", "reason")
    }

    @extend_schema(request=MergeStartSerializer, responses={201: MergeSerializer}, filters=False)
    def create(self, request):
        """Merge two records. 409: what has to be settled first."""
        told = MergeStartSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        facts = dict(told.validated_data)
        merge = merge_organizations(facts.pop("kept"), facts.pop("merged"), by=request.user, **facts)
        self.kwargs["pk"] = merge.pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)
