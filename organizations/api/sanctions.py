"""The API of sanctions matches."""

from rest_framework import serializers

from organizations.filters.sanctions import SanctionsFilter
from organizations.lifecycle import SANCTIONS
from organizations.models import SanctionsMatch
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of


class SanctionsMatchSerializer(ReadSerializer):
    reference = serializers.CharField(source="entry.reference")
    entry_kind = serializers.CharField(source="entry.kind")

    class Meta:
        model = SanctionsMatch
        fields = [
            *("id", "organization", "subject", "name", "reference", "entry_kind", "listed_name", "score"),
            *("state", "state_since", "version"),
        ]


@moves_of(SANCTIONS)
class SanctionsViewSet(LifecycleViewSet):
    """Names that resemble entries of the Security Council's list; for headquarters editors and administrators."""

    model = SanctionsMatch
    serializer_class = SanctionsMatchSerializer
    filterset_class = SanctionsFilter
    csv_columns = {
        "id": lambda match: match.pk,
        "organization": lambda match: match.organization_id,
        "name": lambda match: match.name,
        "reference": lambda match: match.entry.reference,
        "score": lambda match: match.score,
        "state": lambda match: match.state,
    }

    def with_related(self, rows):
        return rows.select_related("entry")
