"""The one router of the API, with its schema and the page that documents it."""

import gzip
from threading import Lock
from typing import Any, ClassVar, NamedTuple

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.routers import DefaultRouter

from accounts import api as accounts
from organizations import api as organizations
from partnerships import api as partnerships
from programmes import api as programmes

router = DefaultRouter()
router.include_format_suffixes = False  # one address for each thing; ?format=csv asks for the other form
for app in (accounts, programmes, organizations, partnerships):
    for prefix, viewset, basename in app.ROUTES:
        router.register(prefix, viewset, basename=basename)


class Written(NamedTuple):
    """An answer that is kept: plain, and packed for whoever can unpack it."""

    plain: bytes
    packed: bytes
    headers: dict[str, str]


class Schema(SpectacularAPIView):
    """The schema. It is the same for everybody and follows from the code alone, so each form of it is written once."""

    written: ClassVar[dict[tuple[str | None, str], Written]] = {}
    writing: ClassVar = Lock()  # two at once disturb each other: what writes it is made for one thread

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if request.GET.keys() - {"format"}:  # a version or a language by name: as many as callers make up
            return super().get(request, *args, **kwargs)
        key = (get_language(), request.accepted_renderer.media_type)
        with self.writing:
            if key not in self.written:
                made = self.finalize_response(request, super().get(request, *args, **kwargs)).render()
                headers = {name: made[name] for name in ("Content-Type", "Content-Disposition")}
                self.written[key] = Written(made.content, gzip.compress(made.content, mtime=0), headers)
        kept = self.written[key]
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            response = HttpResponse(kept.packed, headers=kept.headers | {"Content-Encoding": "gzip"})
        else:
            response = HttpResponse(kept.plain, headers=kept.headers)
        patch_vary_headers(response, ("Accept-Encoding",))
        return response


# Swagger UI writes a style attribute or two into its page; they colour that page and run nothing.
allow_style_attributes = csp_update({"style-src-attr": [UNSAFE_INLINE]})

docs_urls = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", allow_style_attributes(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
]
