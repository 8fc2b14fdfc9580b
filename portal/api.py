"""The one router of the API, with its schema and the page that documents it."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
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

# Swagger UI writes a style attribute or two into its page; they colour that page and run nothing.
allow_style_attributes = csp_update({"style-src-attr": [UNSAFE_INLINE]})

docs_urls = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", allow_style_attributes(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
]
