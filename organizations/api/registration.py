"""The API of registrations."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api import Discussed
from organizations.actions.registration import comment_registration, start_registration
from organizations.actions.verification import answer_question, answer_request, prepare_request, settle_request
from organizations.api.desk import ClockFields, DeskActions
from organizations.filters.registration import RegistrationFilter
from organizations.forms import SECTION_FORMS
from organizations.forms.section import as_typed
from organizations.lifecycle import REGISTRATION
from organizations.models import (
    Document,
    Organization,
    Registration,
    Reply,
    SectionDraft,
    SectionRequest,
    Verification,
    VerificationAnswer,
    VerificationQuestion,
)
from organizations.models.organization import with_names
from organizations.models.registration import Section
from portal.kit.access import require
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, moves_of
from programmes.models import CountryOffice, Location


class RegistrationSerializer(ClockFields, ReadSerializer):
    """One organization's file with one country office."""

    office = serializers.SlugRelatedField("code", read_only=True)
    organization_name = serializers.CharField(source="organization.name")
    assigned_to = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = [
            *("id", "organization", "organization_name", "office", "state", "state_since", "version", "on_behalf"),
            *("declaration", "submitted_at", "decided_at", "valid_until", "holds", "created_at"),
            *("assigned_to", "waits_for", "answer_due", "days_late"),
        ]

    def get_assigned_to(self, registration) -> str | None:
        """The officer's name, for staff alone."""
        user = self.context["request"].user
        return str(registration.assigned_to) if registration.assigned_to and user.works_for_unicef else None


class RegistrationStartSerializer(serializers.Serializer):
    """With which office, and for which organization: one on record, or a new one by its name."""

    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.active())
    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none(), required=False)
    name = serializers.CharField(max_length=300, required=False, help_text=_("Of an organization not on record yet."))
    country = serializers.SlugRelatedField(
        "code", queryset=Location.objects.countries(), required=False, help_text=_("Home of the new organization.")
    )
    another = serializers.CharField(
        max_length=500,
        required=False,
        help_text=_("Staff: how you know that it is another one, where the name is there already (R-03)."),
    )
    on_behalf = serializers.BooleanField(default=False, help_text=_("A registration officer fills it in."))

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields

    def validate(self, told):
        if ("organization" in told) == ("name" in told):
            raise serializers.ValidationError(_("Give either an organization on record or the name of a new one."))
        if "organization" in told:
            told = {name: value for name, value in told.items() if name not in ("country", "another")}
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
    evidence = serializers.CharField()
    document = serializers.IntegerField(allow_null=True)

    class Meta:
        model = VerificationQuestion
        fields = [
            *("code", "text", "expected", "needs_comment", "needs_evidence"),
            *("answer", "comment", "evidence", "document"),
        ]


class AnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = VerificationAnswer
        fields = ["answer", "comment", "evidence", "document"]

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["document"].queryset = Document.objects.visible_to(self.context["request"].user)
        return fields


class RequestSerializer(ReadSerializer):
    """What the office asks in one section, and what came of it."""

    class Meta:
        model = SectionRequest
        fields = [
            *("id", "round", "section", "text", "fields", "status", "asked_at"),
            *("answer", "answered_at", "settled_at"),
        ]

    def get_fields(self):
        return super().get_fields() | {"fields": serializers.ListField(child=serializers.CharField(), read_only=True)}


class RequestTextSerializer(serializers.Serializer):
    """What to ask; an empty text takes it off again. ``fields`` names the questions of the section that are meant."""

    text = serializers.CharField(max_length=4000, allow_blank=True)
    fields = serializers.ListField(child=serializers.CharField(max_length=100), default=list, max_length=100)


class RequestAnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=4000, allow_blank=True)


class DecisionSerializer(ReadSerializer):
    """One decision, with the office's answers as they were then (for the office)."""

    decided_by = serializers.StringRelatedField()

    class Meta:
        model = Verification
        fields = ["id", "outcome", "decided_at", "decided_by", "valid_until", "reason", "answers"]


class ReplySerializer(ReadSerializer):
    """What the organization says against a decision, and what the office answers."""

    written_by = serializers.StringRelatedField()
    answered_by = serializers.StringRelatedField()

    class Meta:
        model = Reply
        fields = [
            *("id", "decision", "text", "written_by", "written_at"),
            *("outcome", "answer", "answered_by", "answered_at"),
        ]


SECTION = OpenApiParameter("section", OpenApiTypes.STR, OpenApiParameter.PATH, enum=Section.values)


@moves_of(REGISTRATION)
class RegistrationViewSet(DeskActions, Discussed, LifecycleViewSet):
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
        return with_names(rows.select_related("organization", "office", "assigned_to"))

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
            draft = registration.draft_of(section)
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
        return form.keep(by=self.request.user, expected_version=self.expected_version()), form

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
        question = next((question for question in registration.questions_in_use if question.code == code), None)
        if question is None:
            raise Http404
        told = AnswerSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        answer_question(registration, question, by=request.user, **told.validated_data)
        return Response(self._questions(self.get_record()))

    @extend_schema(responses=RequestSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def requests(self, request, pk):
        """What the office asks section by section, in every round; what is not sent yet, for the office alone."""
        registration = self.get_record()
        rows = registration.requests.all()
        if not self._for_office(registration):
            rows = rows.exclude(status=SectionRequest.Status.PREPARED)
        return Response(RequestSerializer(rows, many=True).data)

    @extend_schema(
        request=RequestTextSerializer, responses=RequestSerializer(many=True), parameters=[SECTION], filters=False
    )
    @action(
        detail=True,
        methods=["put"],
        url_path="requests/(?P<section>[a-z_]+)",
        url_name="request",
        pagination_class=None,
    )
    def prepare_request(self, request, pk, section):
        """Write down what to ask about a section; the move ``send_back`` sends it."""
        registration = self.get_record()
        if section not in SECTION_FORMS:
            raise exceptions.NotFound
        told = RequestTextSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        prepare_request(registration, section, by=request.user, **told.validated_data)
        return self.requests(request, pk)

    @extend_schema(
        request=RequestAnswerSerializer, responses=RequestSerializer(many=True), parameters=[SECTION], filters=False
    )
    @action(
        detail=True,
        methods=["put"],
        url_path="requests/(?P<section>[a-z_]+)/answer",
        url_name="request-answer",
        pagination_class=None,
    )
    def answer_request(self, request, pk, section):
        """The organization's words on what is asked about a section in the round that runs."""
        told = RequestAnswerSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        asked = self._current(section, SectionRequest.Status.OPEN)
        answer_request(asked, by=request.user, text=told.validated_data["answer"])
        return self.requests(request, pk)

    @extend_schema(request=None, responses=RequestSerializer(many=True), parameters=[SECTION], filters=False)
    @action(
        detail=True,
        methods=["post"],
        url_path="requests/(?P<section>[a-z_]+)/settle",
        url_name="request-settle",
        pagination_class=None,
    )
    def settle_request(self, request, pk, section):
        """Say that what was asked about a section is answered."""
        settle_request(self._current(section, SectionRequest.Status.ANSWERED), by=request.user)
        return self.requests(request, pk)

    @extend_schema(responses=DecisionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def decisions(self, request, pk):
        """Every decision, the newest first; the answers to the questions are for the office alone."""
        registration = self.get_record()
        rows = list(registration.verifications.select_related("decided_by"))
        if not self._for_office(registration):
            for row in rows:
                row.answers = []
        return Response(DecisionSerializer(rows, many=True).data)

    @extend_schema(responses=ReplySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def replies(self, request, pk):
        """What the organization has said against decisions; the move ``reply`` adds to it."""
        rows = self.get_record().replies.select_related("written_by", "answered_by")
        return Response(ReplySerializer(rows, many=True).data)

    def _for_office(self, registration: Registration) -> bool:
        user = self.request.user
        return user.is_superuser or user.works_at(registration.office)

    def _current(self, section: str, status: str) -> SectionRequest:
        asked = self.get_record().requests.filter(section=section, status=status).first()
        if asked is None:
            raise exceptions.NotFound
        return asked

    def _questions(self, registration: Registration) -> list[dict[str, Any]]:
        given = {answer.question_id: answer for answer in registration.given_answers}
        for question in registration.questions_in_use:
            answer = given.get(question.pk)
            question.answer, question.document = (answer.answer, answer.document_id) if answer else (None, None)
            question.comment, question.evidence = (answer.comment, answer.evidence) if answer else ("", "")
        return QuestionSerializer(registration.questions_in_use, many=True).data
