"""The API of files on their way in."""

from organizations.lifecycle import IMPORT
from organizations.models import (
    ImportBatch,
)
from portal.kit.api import LifecycleViewSet, ReadSerializer, moves_of


class ImportSerializer(ReadSerializer):
    class Meta:
        model = ImportBatch
        fields = [
            *("id", "kind", "layout", "file_name", "state", "state_since", "version"),
            *("progress", "problem", "figures", "created_at"),
        ]


@moves_of(IMPORT)
class ImportViewSet(LifecycleViewSet):
    """Files on their way in; for headquarters editors. Uploading is done on the page, where the preview is read."""

    model = ImportBatch
    serializer_class = ImportSerializer
    filterset_fields = ["state", "kind"]
    csv_columns = {
        name: lambda row, name=name: getattr(row, name) for name in ("id", "kind", "layout", "file_name", "state")
    }
