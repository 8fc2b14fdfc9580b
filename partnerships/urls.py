"""The addresses of agreements. The API uses the same words."""

from django.urls import path

from partnerships import views

app_name = "partnerships"

urlpatterns = [
    path("agreements/", views.AgreementList.as_view(), name="agreement-list"),
    path("agreements/new/", views.AgreementCreate.as_view(), name="agreement-create"),
    path("agreements/<int:pk>/", views.AgreementDetail.as_view(), name="agreement-detail"),
    path("agreements/<int:pk>/edit/", views.AgreementEdit.as_view(), name="agreement-edit"),
    path("agreements/<int:pk>/comment/", views.AgreementComment.as_view(), name="agreement-comment"),
    path("agreements/<int:pk>/<slug:transition>/", views.AgreementTransition.as_view(), name="agreement-transition"),
]
