"""The API of possible twins."""

from organizations.filters.twin import TwinFilter
from organizations.lifecycle import TWIN
from organizations.models import (
    PossibleTwin,
)
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of


class TwinSerializer(ReadSerializer):
    class Meta:
        model = PossibleTwin
        fields = ["id", "first", "second", "score", "reason", "state", "state_since", "version"]


@moves_of(TWIN)
class TwinViewSet(LifecycleViewSet):
    """Pairs of records that may be one organization; for UNICEF staff."""

    model = PossibleTwin
    serializer_class = TwinSerializer
    filterset_class = TwinFilter
    csv_columns = {
        name: lambda row, name=name: getattr(row, name) for name in ("id", "first_id", "second_id", "score", "state")
    }
