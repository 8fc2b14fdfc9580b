"""What the API reads of a request. A file of its own, because the framework's settings load it before anything else."""

from io import BytesIO
from typing import Any

from rest_framework import parsers


class JSONParser(parsers.JSONParser):
    """Reads no longer a body than the pages do: ``DATA_UPLOAD_MAX_MEMORY_SIZE``, which the stock parser passes by."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return super().parse(BytesIO(parser_context["request"].body), media_type, parser_context)
