"""The addresses of themes, countries and offices. The API uses the same words."""

from django.urls import path

from programmes import views

app_name = "programmes"

urlpatterns = [
    path("themes/", views.ThemeList.as_view(), name="theme-list"),
    path("themes/<str:code>/", views.ThemeDetail.as_view(), name="theme-detail"),
    path("countries/", views.CountryList.as_view(), name="country-list"),
    path("countries/<str:code>/", views.CountryDetail.as_view(), name="country-detail"),
    path("countries/<str:country>/<str:code>/", views.PlaceDetail.as_view(), name="place-detail"),
    path("offices/", views.OfficeList.as_view(), name="office-list"),
    path("offices/<str:code>/", views.OfficeDetail.as_view(), name="office-detail"),
]
