"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from accounts.views import choose_language
from portal import styleguide, views
from portal.api import docs_urls, router

urlpatterns = [
    path("", views.HomePage.as_view(), name="home"),
    # First those with a beginning of their own: Django tries, and remembers, every address before the one that fits.
    path("api/v1/", include(router.urls)),
    path("api/", include(docs_urls)),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("my-work/", views.WorkPage.as_view(), name="work"),
    path("landing/", views.landing, name="landing"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("language/", choose_language, name="set_language"),
    path("", include("organizations.urls")),
    path("", include("partnerships.urls")),
    path("", include("programmes.urls")),
    path("", include("accounts.urls")),
]
