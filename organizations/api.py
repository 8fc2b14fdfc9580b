"""The API of organizations, registrations, possible twins and imports. Everything is done by the actions."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api import Discussed
from organizations.actions.organization import Profile, change_profile
from organizations.actions.registration import (
    answer_question,
    comment_registration,
    save_section,
    start_registration,
)
from organizations.filters import OrganizationFilter
from organizations.filters.organization import is_staff
from organizations.filters.registration import RegistrationFilter
from organizations.filters.twin import TwinFilter
from organizations.forms import SECTION_FORMS
from organizations.forms.section import as_typed
from organizations.lifecycle import IMPORT, REGISTRATION, TWIN
from organizations.models import (
    Identifier,
    ImportBatch,
    Organization,
    OrganizationName,
    PossibleTwin,
    Presence,
    Registration,
    SectionDraft,
    VerificationAnswer,
    VerificationQuestion,
)
from organizations.models.registration import Section
from portal.kit.access import require
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, RecordViewSet, moves_of
from programmes.models import CountryOffice, Strategy

# --- Organizations ----------------------------------------------------------------------------------------------------


class NameSerializer(ReadSerializer):
    class Meta:
        model = OrganizationName
        fields = ["name", "kind", "language", "source"]


class IdentifierSerializer(ReadSerializer):
    class Meta:
        model = Identifier
        fields = ["scheme", "value"]


class PresenceSerializer(ReadSerializer):
    """The organization at work on a theme in a place, by their codes; ``source`` empty: it says so itself."""

    theme = serializers.SlugRelatedField("code", read_only=True)
    location = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Presence
        fields = ["theme", "location", "source", "as_of", "since", "status"]


_ROW = [
    *("id", "name", "name_language", "acronym", "partner_type", "cso_type", "organization_category", "country"),
    *("is_opd", "is_parents_organization", "is_women_led", "is_youth_led", "has_disability_expertise"),
    *("is_verified", "version"),
]
_CHANGEABLE = [
    *("focus", "is_opd", "is_parents_organization", "is_women_led", "is_youth_led", "has_disability_expertise"),
    *("mission", "mission_language", "strategies", "email", "phone", "website", "listed"),
]


class OrganizationRowSerializer(ReadSerializer):
    country = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    is_verified = serializers.BooleanField(help_text=_("By some country office, and not lapsed."))

    class Meta:
        model = Organization
        fields = _ROW


class OrganizationSerializer(OrganizationRowSerializer):
    """One organization: the record that all country offices share."""

    strategies = serializers.SlugRelatedField("code", many=True, read_only=True)
    names = NameSerializer(many=True)
    identifiers = IdentifierSerializer(many=True)
    email = serializers.CharField(help_text=_("Empty where none is given, as the website."))
    website = serializers.CharField()

    class Meta:
        model = Organization
        fields = [
            *_ROW,
            *("headquarters", "legal_status", "founded", "focus", "mission", "mission_language", "languages"),
            *("strategies", "email", "phone", "website", "listed", "source", "names", "identifiers", "created_at"),
        ]


class OrganizationChangeSerializer(serializers.ModelSerializer):
    """The facts that are changed by themselves. Identity, numbers and places are sections, for an office to check."""

    strategies = serializers.SlugRelatedField("code", many=True, queryset=Strategy.objects.all())

    class Meta:
        model = Organization
        fields = _CHANGEABLE


class OrganizationViewSet(RecordViewSet):
    """Organizations: all for UNICEF staff, one's own for members, the verified and listed ones for everybody."""

    model = Organization
    serializer_class = OrganizationSerializer
    list_serializer_class = OrganizationRowSerializer
    filterset_class = OrganizationFilter
    ordering_fields = ("name", "created_at")
    csv_columns = {
        "id": lambda row: row.pk,
        "name": lambda row: row.name,
        "acronym": lambda row: row.acronym,
        "partner_type": lambda row: row.partner_type,
        "cso_type": lambda row: row.cso_type,
        "organization_category": lambda row: row.organization_category,
        "country": lambda row: row.country.code if row.country else "",
        "is_verified": lambda row: row.is_verified,
    }

    def with_related(self, rows):
        rows = rows.with_verified().select_related("country")
        if self.action == "list":
            return rows
        names = OrganizationName.objects.all()
        if not is_staff(self.request.user):  # how sources misspell it helps those who have to recognise it there
            names = names.exclude(kind=OrganizationName.Kind.MISSPELLING)
        return rows.prefetch_related("strategies", "identifiers", Prefetch("names", names))

    @extend_schema(
        request=OrganizationChangeSerializer, responses=OrganizationSerializer, parameters=[IF_MATCH], filters=False
    )
    def partial_update(self, request, pk):
        """Change facts of the profile, once for all country offices."""
        organization = self.get_record()
        require(request.user, "organizations.change_organization", organization)
        told = OrganizationChangeSerializer(organization, data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        facts = dict(told.validated_data)
        profile = Profile(strategies=facts.pop("strategies", None), fields=facts)
        change_profile(organization, profile, by=request.user, expected_version=self.expected_version())
        return self.answer(self.get_object())

    @extend_schema(responses=PresenceSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[], filterset_class=None)
    def presences(self, request, pk):
        """Where the organization works on what. Sensitive themes are shown to UNICEF staff and to its own people."""
        organization, user = self.get_record(), request.user
        rows = organization.presences.select_related("theme", "location")
        sees_all = user.is_authenticated and (
            user.is_superuser or user.works_for_unicef or user.acts_for(organization.pk)
        )
        return self.page_of(rows if sees_all else rows.exclude(theme__is_sensitive=True), PresenceSerializer)


# --- Registrations ----------------------------------------------------------------------------------------------------


class RegistrationSerializer(ReadSerializer):
    """One organization's file with one country office."""

    office = serializers.SlugRelatedField("code", read_only=True)
    organization_name = serializers.CharField(source="organization.name")

    class Meta:
        model = Registration
        fields = [
            *("id", "organization", "organization_name", "office", "state", "state_since", "version", "on_behalf"),
            *("declaration", "submitted_at", "decided_at", "valid_until", "created_at"),
        ]


class RegistrationStartSerializer(serializers.Serializer):
    """With which office, and for which organization: one on record, or a new one by its name."""

    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.active())
    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none(), required=False)
    name = serializers.CharField(max_length=300, required=False, help_text=_("Of an organization not on record yet."))
    on_behalf = serializers.BooleanField(default=False, help_text=_("A registration officer fills it in."))

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields

    def validate(self, told):
        if ("organization" in told) == ("name" in told):
            raise serializers.ValidationError(_("Give either an organization on record or the name of a new one."))
        return told


class SectionSerializer(serializers.Serializer):
    """A section as typed; ``errors`` say what it still needs. ``version`` 0: nobody has saved it."""

    section = serializers.ChoiceField(Section.choices, read_only=True)
    data = serializers.DictField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    is_complete = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), read_only=True)


class QuestionSerializer(ReadSerializer):
    """A verification question with the office's answer, null while there is none."""

    text = serializers.CharField(source="label")
    answer = serializers.ChoiceField(VerificationQuestion.Answer.choices, allow_null=True)
    comment = serializers.CharField()

    class Meta:
        model = VerificationQuestion
        fields = ["code", "text", "expected", "answer", "comment"]


class AnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = VerificationAnswer
        fields = ["answer", "comment"]


SECTION = OpenApiParameter("section", OpenApiTypes.STR, OpenApiParameter.PATH, enum=Section.values)


@moves_of(REGISTRATION)
class RegistrationViewSet(Discussed, LifecycleViewSet):
    """Registrations of the caller's offices and organizations."""

    model = Registration
    serializer_class = RegistrationSerializer
    filterset_class = RegistrationFilter
    ordering_fields = ("state_since", "created_at")
    comment_permission = "organizations.comment_registration"
    write_comment = comment_registration
    csv_columns = {
        "id": lambda row: row.pk,
        "organization": lambda row: row.organization_id,
        "organization_name": lambda row: row.organization.name,
        "office": lambda row: row.office.code,
        "state": lambda row: row.state,
        "state_since": lambda row: row.state_since.isoformat(),
        "valid_until": lambda row: row.valid_until,
    }

    def with_related(self, rows):
        return rows.select_related("organization", "office")

    @extend_schema(request=RegistrationStartSerializer, responses={201: RegistrationSerializer}, filters=False)
    def create(self, request):
        """Open a registration with an office."""
        told = RegistrationStartSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        self.kwargs["pk"] = start_registration(by=request.user, **told.validated_data).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)

    @extend_schema(methods=["get"], responses=SectionSerializer, parameters=[SECTION], filters=False)
    @extend_schema(
        methods=["put"], request=SectionSerializer, responses=SectionSerializer, parameters=[SECTION, IF_MATCH]
    )
    @action(detail=True, methods=["get", "put"], url_path="sections/(?P<section>[a-z_]+)")
    def section(self, request, pk, section):
        """One section of the form. What is put is kept as typed; when it is valid it is also written to the profile.

        The form's fields are those of the page. If-Match takes the section's version, not the registration's.
        """
        registration = self.get_record()
        if section not in SECTION_FORMS:
            raise exceptions.NotFound
        if request.method == "PUT":
            draft, form = self._save_section(registration, section)
        else:
            draft = registration.drafts.filter(section=section).first()
            form = SECTION_FORMS[section].opened(registration, draft)
        draft = draft or SectionDraft(section=section, version=0)
        found = {
            **{name: getattr(draft, name) for name in ("section", "data", "is_complete", "version")},
            "errors": form.errors,
        }
        return Response(SectionSerializer(found).data, headers={"ETag": f'"{draft.version}"'})

    def _save_section(self, registration: Registration, section: str) -> tuple[SectionDraft, Any]:
        told = SectionSerializer(data=self.request.data)
        told.is_valid(raise_exception=True)
        form = SECTION_FORMS[section](as_typed(told.validated_data["data"]), registration=registration)
        outcome = form.outcome() if form.is_valid() else {}
        draft = save_section(
            registration,
            section,
            by=self.request.user,
            data=form.typed(),
            expected_version=self.expected_version(),
            **outcome,
        )
        return draft, form

    @extend_schema(responses=QuestionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def questions(self, request, pk):
        """The verification questions with the office's answers; for those who check."""
        registration = self.get_record()
        require(request.user, "organizations.check_registration", registration)
        return Response(self._questions(registration))

    @extend_schema(request=AnswerSerializer, responses=QuestionSerializer(many=True), filters=False)
    @action(
        detail=True,
        methods=["put"],
        url_path="questions/(?P<code>[-a-zA-Z0-9_]+)",
        url_name="answer",
        pagination_class=None,
    )
    def answer_question(self, request, pk, code):
        """Answer one verification question, or answer it otherwise; returns all of them."""
        registration = self.get_record()
        question = registration.active_questions().filter(code=code).first()
        if question is None:
            raise Http404
        told = AnswerSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        answer_question(registration, question, by=request.user, **told.validated_data)
        return Response(self._questions(registration))

    def _questions(self, registration: Registration) -> list[dict[str, Any]]:
        given = {answer.question_id: answer for answer in registration.answers.all()}
        questions = list(registration.active_questions())
        for question in questions:
            answer = given.get(question.pk)
            question.answer, question.comment = (answer.answer, answer.comment) if answer else (None, "")
        return QuestionSerializer(questions, many=True).data


# --- Possible twins, imports ------------------------------------------------------------------------------------------


class TwinSerializer(ReadSerializer):
    class Meta:
        model = PossibleTwin
        fields = ["id", "first", "second", "score", "reason", "state", "state_since", "version"]


@moves_of(TWIN)
class TwinViewSet(LifecycleViewSet):
    """Pairs of records that may be one organization; for UNICEF staff."""

    model = PossibleTwin
    serializer_class = TwinSerializer
    filterset_class = TwinFilter
    csv_columns = {
        name: lambda row, name=name: getattr(row, name) for name in ("id", "first_id", "second_id", "score", "state")
    }


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


ROUTES = [
    ("organizations", OrganizationViewSet, "organization"),
    ("registrations", RegistrationViewSet, "registration"),
    ("twins", TwinViewSet, "twin"),
    ("imports", ImportViewSet, "import"),
]
