"""The addresses of one's own account, beside those of django-allauth."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("me/exports/", views.ExportList.as_view(), name="export-list"),
    path("me/exports/new/", views.ExportNew.as_view(), name="export-new"),
    path("me/exports/<int:pk>/", views.ExportDetail.as_view(), name="export-detail"),
    path("me/exports/<int:pk>/file/", views.ExportFile.as_view(), name="export-file"),
    path("me/exports/<int:pk>/<slug:transition>/", views.ExportTransition.as_view(), name="export-transition"),
    path("me/tokens/", views.TokenList.as_view(), name="token-list"),
    path("me/tokens/<int:pk>/revoke/", views.TokenRevoke.as_view(), name="token-revoke"),
]
