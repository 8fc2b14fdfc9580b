"""The addresses of organizations, documents, registrations, possible twins and imports. The API uses the same words."""

from django.urls import path

from organizations.views import (
    document,
    imports,
    observation,
    organization,
    passport,
    people,
    registration,
    section,
    twin,
)

app_name = "organizations"

urlpatterns = [
    path("organizations/", organization.OrganizationList.as_view(), name="organization-list"),
    path("organizations/<int:pk>/", organization.OrganizationDetail.as_view(), name="organization-detail"),
    path("organizations/<int:pk>/edit/", organization.OrganizationEdit.as_view(), name="organization-edit"),
    path("organizations/<int:pk>/members/", people.MemberList.as_view(), name="member-list"),
    path("organizations/<int:pk>/members/<int:member>/remove/", people.MemberRemove.as_view(), name="member-remove"),
    path("organizations/<int:pk>/passport/", passport.PassportPage.as_view(), name="passport"),
    path("organizations/<int:pk>/passport.<slug:form>", passport.PassportFile.as_view(), name="passport-file"),
    path(
        "organizations/<int:pk>/passport/links/<int:link>/revoke/",
        passport.LinkRevoke.as_view(),
        name="passport-link-revoke",
    ),
    path("passports/<str:secret>/", passport.SharedPassport.as_view(), name="passport-shared"),
    path("passports/<str:secret>/passport.<slug:form>", passport.SharedFile.as_view(), name="passport-shared-file"),
    path("organizations/<int:pk>/observe/", observation.ObservationCreate.as_view(), name="observation-create"),
    path("observations/", observation.ObservationList.as_view(), name="observation-list"),
    path("observations/<int:pk>/", observation.ObservationDetail.as_view(), name="observation-detail"),
    path("observations/<int:pk>/edit/", observation.ObservationEdit.as_view(), name="observation-edit"),
    path(
        "observations/<int:pk>/<slug:transition>/",
        observation.ObservationTransition.as_view(),
        name="observation-transition",
    ),
    path("organizations/<int:pk>/documents/", document.DocumentList.as_view(), name="document-list"),
    path("organizations/<int:pk>/documents/new/", document.DocumentAdd.as_view(), name="document-add"),
    path("documents/<int:pk>/", document.DocumentDetail.as_view(), name="document-detail"),
    path("documents/<int:pk>/edit/", document.DocumentEdit.as_view(), name="document-edit"),
    path("documents/<int:pk>/replace/", document.DocumentReplace.as_view(), name="document-replace"),
    path("documents/<int:pk>/versions/<int:number>/", document.DocumentFile.as_view(), name="document-file"),
    path("documents/<int:pk>/<slug:transition>/", document.DocumentTransition.as_view(), name="document-transition"),
    path("my-organization/", people.MyOrganization.as_view(), name="my-organization"),
    path("register/", registration.Register.as_view(), name="register"),
    path("registrations/", registration.RegistrationList.as_view(), name="registration-list"),
    path("registrations/<int:pk>/", registration.RegistrationDetail.as_view(), name="registration-detail"),
    path("registrations/<int:pk>/check/", section.CheckAnswers.as_view(), name="registration-check"),
    path("registrations/<int:pk>/questions/", registration.Questions.as_view(), name="registration-questions"),
    path("registrations/<int:pk>/comment/", registration.Comment.as_view(), name="registration-comment"),
    path("registrations/<int:pk>/sections/<slug:section>/", section.SectionPage.as_view(), name="registration-section"),
    path(
        "registrations/<int:pk>/<slug:transition>/",
        registration.RegistrationTransition.as_view(),
        name="registration-transition",
    ),
    path("twins/", twin.TwinList.as_view(), name="twin-list"),
    path("twins/<int:pk>/", twin.TwinDetail.as_view(), name="twin-detail"),
    path("twins/<int:pk>/<slug:transition>/", twin.TwinTransition.as_view(), name="twin-transition"),
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/new/", imports.ImportUpload.as_view(), name="import-upload"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import-detail"),
    path("imports/<int:pk>/rejects/", imports.ImportRejects.as_view(), name="import-rejects"),
    path("imports/<int:pk>/<slug:transition>/", imports.ImportTransition.as_view(), name="import-transition"),
]
