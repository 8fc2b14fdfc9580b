"""The addresses of one's own account, beside those of django-allauth."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("me/tokens/", views.TokenList.as_view(), name="token-list"),
    path("me/tokens/<int:pk>/revoke/", views.TokenRevoke.as_view(), name="token-revoke"),
]
