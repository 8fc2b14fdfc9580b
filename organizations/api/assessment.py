"""The API of assessments and strengthening plans."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action

from accounts.api import Discussed
from organizations.actions.assessment import comment_assessment, rate, start_assessment
from organizations.filters.assessment import AssessmentFilter, PlanActionFilter
from organizations.lifecycle import ASSESSMENT, PLAN_ACTION
from organizations.models import Assessment, AssessmentFinding, Organization, PlanAction
from organizations.models.assessment import AssessmentKind, Level, RiskRating
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, moves_of
from programmes.models import CountryOffice


class FindingSerializer(ReadSerializer):
    """How one criterion is met: 1 in place … 4 not in place."""

    criterion = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = AssessmentFinding
        fields = ["criterion", "level", "text"]


class AssessmentSerializer(ReadSerializer):
    office = serializers.SlugRelatedField("code", read_only=True)
    rating = serializers.ChoiceField(RiskRating.choices, allow_blank=True, help_text=_("Empty before it is final."))
    findings = FindingSerializer(many=True)

    class Meta:
        model = Assessment
        fields = [
            *("id", "organization", "office", "kind", "state", "state_since", "version", "assessor", "assessor_name"),
            *("assessed_on", "summary", "score", "rating", "valid_until", "findings", "created_at"),
        ]


class AssessmentRowSerializer(AssessmentSerializer):
    findings = None

    class Meta:
        model = Assessment
        fields = [name for name in AssessmentSerializer.Meta.fields if name not in ("findings", "summary")]


class AssessmentStartSerializer(serializers.Serializer):
    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.active())
    kind = serializers.ChoiceField(AssessmentKind.choices)

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields


class RatingSerializer(serializers.Serializer):
    criterion = serializers.SlugField()
    level = serializers.ChoiceField(Level.choices)
    text = serializers.CharField(allow_blank=True, max_length=4000, default="")


class RateSerializer(serializers.Serializer):
    """Ratings to add or change, and the facts of the whole."""

    assessed_on = serializers.DateField(required=False)
    assessor = serializers.ChoiceField(Assessment.Assessor.choices, required=False)
    assessor_name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    summary = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    findings = RatingSerializer(many=True, required=False)


@moves_of(ASSESSMENT)
class AssessmentViewSet(Discussed, LifecycleViewSet):
    """Assessments: for UNICEF staff, and for an organization its own results and what it is asked to rate itself."""

    model = Assessment
    serializer_class = AssessmentSerializer
    list_serializer_class = AssessmentRowSerializer
    filterset_class = AssessmentFilter
    ordering_fields = ("state_since", "created_at")
    comment_permission = "organizations.comment_assessment"
    write_comment = comment_assessment
    csv_columns = {
        "id": lambda row: row.pk,
        "organization": lambda row: row.organization_id,
        "office": lambda row: row.office.code,
        "kind": lambda row: row.kind,
        "state": lambda row: row.state,
        "rating": lambda row: row.rating,
        "valid_until": lambda row: row.valid_until,
    }

    def with_related(self, rows):
        rows = rows.select_related("office")
        return rows if self.action == "list" else rows.prefetch_related("findings__criterion")

    @extend_schema(request=AssessmentStartSerializer, responses={201: AssessmentSerializer}, filters=False)
    def create(self, request):
        """Begin an assessment for an office."""
        told = AssessmentStartSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        facts = dict(told.validated_data)
        self.kwargs["pk"] = start_assessment(facts.pop("organization"), by=request.user, **facts).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)

    @extend_schema(request=RateSerializer, responses=AssessmentSerializer, parameters=[IF_MATCH], filters=False)
    @action(detail=True, methods=["put"], url_path="ratings")
    def ratings(self, request, pk):
        """Rate criteria, all or some; the others stay as they are."""
        assessment = self.get_record()
        told = RateSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        facts = dict(told.validated_data)
        criteria = {criterion.code: criterion for criterion in assessment.criteria()}
        levels = {}
        for given in facts.pop("findings", ()):
            if given["criterion"] not in criteria:
                raise serializers.ValidationError(
                    {"findings": [gettext("Unknown criterion: %(code)s") % {"code": given["criterion"]}]}
                )
            levels[criteria[given["criterion"]]] = (given["level"], given["text"])
        rate(assessment, by=request.user, levels=levels, expected_version=self.expected_version(), **facts)
        return self.answer(self.get_object())


class PlanActionSerializer(ReadSerializer):
    office = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = PlanAction
        fields = ["id", "organization", "office", "text", "owner", "due_on", "state", "state_since", "version"]


@moves_of(PLAN_ACTION)
class PlanActionViewSet(LifecycleViewSet):
    """The actions of strengthening plans: for UNICEF staff and the organization that carries them out."""

    model = PlanAction
    serializer_class = PlanActionSerializer
    filterset_class = PlanActionFilter
    ordering_fields = ("state_since", "created_at")
    csv_columns = {
        name: lambda row, name=name: getattr(row, name)
        for name in ("id", "organization_id", "text", "owner", "due_on", "state")
    }

    def with_related(self, rows):
        return rows.select_related("office")
