"""The API of organizations."""

from typing import ClassVar

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.models import reads_for_unicef
from organizations.actions.branch import add_branch
from organizations.actions.organization import Profile, change_profile
from organizations.facets import facets_of, kept_facets
from organizations.filters import OrganizationFilter
from organizations.models import (
    Experience,
    Identifier,
    OfficeHolder,
    Organization,
    OrganizationName,
    Presence,
    TrackRecord,
)
from organizations.models.facts import (
    CAPACITY_FACTS,
    MANDATE_FACTS,
    Audit,
    CapacityAssessment,
    Donor,
    Duty,
    Policy,
    PolicyArena,
    Population,
)
from organizations.passport import compose
from organizations.passport.render import as_json
from portal.kit.access import require
from portal.kit.api import IF_MATCH, ReadSerializer, RecordViewSet
from programmes.models import CountryOffice, Location, Strategy


def _several(kind):
    """Several of the choices of ``kind``."""
    return serializers.ListField(child=serializers.ChoiceField(kind.choices), required=False)


class NameSerializer(ReadSerializer):
    script = serializers.CharField(source="written_in", help_text=_("ISO 15924: as chosen or as the letters show."))

    class Meta:
        model = OrganizationName
        fields = ["name", "kind", "language", "script", "source"]


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


class OfficeHolderSerializer(ReadSerializer):
    """A person in an office of the organization, from when to when."""

    class Meta:
        model = OfficeHolder
        fields = ["role", "name", "title", "email", "since", "until"]


class ExperienceSerializer(ReadSerializer):
    theme = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Experience
        fields = ["theme", "years"]


class TrackRecordSerializer(ReadSerializer):
    class Meta:
        model = TrackRecord
        fields = ["kind", "what", "who", "year"]


class CapacitySerializer(ReadSerializer):
    """How large the organization is and how it looks after money."""

    donors = _several(Donor)
    audits = _several(Audit)
    policies = _several(Policy)
    segregated_duties = _several(Duty)
    capacity_assessments = _several(CapacityAssessment)

    class Meta:
        model = Organization
        fields = CAPACITY_FACTS


_ROW = [
    *("id", "name", "name_language", "acronym", "partner_type", "cso_type", "organization_category", "country"),
    *("is_opd", "is_parents_organization", "is_women_led", "is_youth_led", "has_disability_expertise"),
    *("is_verified", "version"),
]
_CHANGEABLE = [
    *("focus", "is_opd", "is_parents_organization", "is_women_led", "is_youth_led", "has_disability_expertise"),
    *("mission", "mission_language", "strategies", "email", "phone", "website", "listed"),
    *MANDATE_FACTS,
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
    name_script = serializers.CharField(source="written_in", help_text=_("ISO 15924 code."))
    populations = _several(Population)
    policy_arenas = _several(PolicyArena)
    experiences = ExperienceSerializer(many=True)
    track_records = TrackRecordSerializer(many=True)
    identifiers = IdentifierSerializer(many=True)
    email = serializers.CharField(help_text=_("Empty where none is given, as the website."))
    website = serializers.CharField()

    class Meta:
        model = Organization
        fields = [
            *_ROW,
            *("headquarters", "legal_status", "founded", "focus", "mission", "mission_language", "languages"),
            *("strategies", "email", "phone", "website", "listed", "source", "names", "identifiers", "created_at"),
            *("name_script", "populations", "disability_expertise", "policy_arenas", "experiences", "track_records"),
        ]


class OrganizationChangeSerializer(serializers.ModelSerializer):
    """The facts that are changed by themselves. Identity, numbers and places are sections, for an office to check."""

    populations = _several(Population)
    strategies = serializers.SlugRelatedField("code", many=True, queryset=Strategy.objects.all())

    class Meta:
        model = Organization
        fields = _CHANGEABLE


class PassportSaidSerializer(serializers.Serializer):
    text = serializers.CharField()
    language = serializers.CharField(allow_blank=True)


class PassportFactSerializer(serializers.Serializer):
    label = serializers.CharField()
    values = PassportSaidSerializer(many=True)


class PassportCheckSerializer(serializers.Serializer):
    """Who vouches for a part, since when, until when."""

    by = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


class PassportPartSerializer(serializers.Serializer):
    code = serializers.SlugField()
    title = serializers.CharField()
    standing = serializers.CharField()
    changed_on = serializers.DateField(allow_null=True)
    checks = PassportCheckSerializer(many=True)
    facts = PassportFactSerializer(many=True)


class PassportStandingSerializer(serializers.Serializer):
    verified = serializers.BooleanField()
    label = serializers.CharField()
    until = serializers.DateField(allow_null=True)


class PassportOwnerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PassportSerializer(serializers.Serializer):
    """The verified profile; labels are in the language that was asked for, codes stay."""

    organization = PassportOwnerSerializer()
    standing = PassportStandingSerializer()
    made_at = serializers.DateTimeField()
    parts = PassportPartSerializer(many=True)


class FacetChoiceSerializer(serializers.Serializer):
    """One value of a filter, and how many partners there are with it beside what is asked for."""

    name = serializers.CharField(help_text=_("The filter."))
    value = serializers.CharField()
    label = serializers.CharField()
    number = serializers.IntegerField()


class FacetSerializer(serializers.Serializer):
    name = serializers.CharField()
    first_only = serializers.BooleanField(help_text=_("The numbers are of the first thousand by name."))
    choices = FacetChoiceSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    """How many are found (where ``capped``, there are more), and what they can be narrowed down by."""

    count = serializers.IntegerField()
    capped = serializers.BooleanField()
    facets = FacetSerializer(many=True)


class MergedSerializer(serializers.Serializer):
    """Where a record went that was merged into another one."""

    merged_into = serializers.IntegerField()


class BranchSerializer(serializers.Serializer):
    """A new branch of a headquarters: its name and country, and the office with which it registers."""

    name = serializers.CharField(max_length=300)
    country = serializers.SlugRelatedField("code", queryset=Location.objects.countries())
    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.active().of_countries())


class OrganizationViewSet(RecordViewSet):
    """Organizations: all for UNICEF staff, one's own for members, the verified and listed ones for everybody."""

    model = Organization
    serializer_class = OrganizationSerializer
    list_serializer_class = OrganizationRowSerializer
    filterset_class = OrganizationFilter
    ordering_fields = ("name", "created_at")
    ordering_columns: ClassVar = {"name": "listed_as"}
    default_ordering = ("listed_as", "pk")
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

    def get_queryset(self):
        if self.action == "list":  # the index says who may find whom: see OrganizationFilter
            return self.with_related(Organization.objects.all())
        return super().get_queryset()

    def with_related(self, rows):
        rows = rows.telling_verified().select_related("country")
        if self.action == "list":
            return rows
        names = OrganizationName.objects.all()
        if not reads_for_unicef(
            self.request.user
        ):  # how sources misspell it helps those who have to recognise it there
            names = names.exclude(kind=OrganizationName.Kind.MISSPELLING)
        experiences = Experience.objects.select_related("theme")
        if not self._sees_all(self.kwargs.get("pk")):
            experiences = experiences.exclude(theme__is_sensitive=True)
        return rows.prefetch_related(
            *("strategies", "identifiers", "track_records"),
            Prefetch("names", names),
            Prefetch("experiences", experiences),
        )

    def _sees_all(self, organization_id):
        """Whether the caller is UNICEF staff or acts for the organization."""
        user = self.request.user
        return reads_for_unicef(user) or (user.is_authenticated and user.acts_for(int(organization_id)))

    @extend_schema(responses={200: OrganizationSerializer, 302: MergedSerializer})
    def retrieve(self, request, *args, **kwargs):
        """One organization; for a record that was merged, 302 to the one that stays."""
        try:
            return super().retrieve(request, *args, **kwargs)
        except exceptions.NotFound:
            successor = Organization.objects.successor_of(self.kwargs["pk"], request.user)
            if successor is None:
                raise
            address = reverse("organization-detail", args=[successor.pk], request=request)
            return Response({"merged_into": successor.pk}, status=status.HTTP_302_FOUND, headers={"Location": address})

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

    @extend_schema(responses=FacetsSerializer, filters=True)
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[DjangoFilterBackend])
    def facets(self, request):
        """What a search finds, counted by theme, place, kind and more."""
        asked = OrganizationFilter(request.query_params, queryset=Organization.objects.all(), request=request)
        if not asked.form.is_valid():
            raise exceptions.ValidationError(asked.form.errors)
        return Response(kept_facets(asked, "api", lambda: FacetsSerializer(facets_of(asked)).data))

    @extend_schema(responses=PassportSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def passport(self, request, pk):
        """The partner passport: part by part what the organization says, who checked it, and when that lapses."""
        organization = self.get_record()
        require(request.user, "organizations.view_passport", organization)
        return Response(PassportSerializer(as_json(compose(organization))).data)

    @extend_schema(methods=["get"], responses=OrganizationRowSerializer(many=True))
    @extend_schema(
        methods=["post"], request=BranchSerializer, responses={201: OrganizationRowSerializer}, filters=False
    )
    @action(detail=True, methods=["get", "post"], filter_backends=[], filterset_class=None)
    def branches(self, request, pk):
        """The branches of a headquarters that the caller may see; posting adds one and begins its registration."""
        organization = self.get_record()
        if request.method == "GET":
            return self.page_of(self._branches_of(organization), OrganizationRowSerializer)
        told = BranchSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        registration = add_branch(organization, by=request.user, **told.validated_data)
        branch = self._branches_of(organization).get(pk=registration.organization_id)
        return Response(OrganizationRowSerializer(branch).data, status=status.HTTP_201_CREATED)

    def _branches_of(self, headquarters):
        seen = Organization.objects.visible_to(self.request.user).filter(headquarters=headquarters)
        return seen.with_verified().select_related("country")

    @extend_schema(responses=PresenceSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[], filterset_class=None)
    def presences(self, request, pk):
        """Where the organization works on what. Sensitive themes are shown to UNICEF staff and to its own people."""
        rows = self.get_record().presences.select_related("theme", "location")
        return self.page_of(rows if self._sees_all(pk) else rows.exclude(theme__is_sensitive=True), PresenceSerializer)

    @extend_schema(responses=OfficeHolderSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def people(self, request, pk):
        """Who holds which office, now and before; for UNICEF staff and the organization's own people."""
        organization = self.get_record()
        require(request.user, "organizations.view_people", organization)
        return Response(OfficeHolderSerializer(organization.office_holders.all(), many=True).data)

    @extend_schema(responses=CapacitySerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], filterset_class=None)
    def capacity(self, request, pk):
        """Capacity and funding; for UNICEF staff and the organization's own people."""
        organization = self.get_record()
        require(request.user, "organizations.view_capacity", organization)
        return Response(CapacitySerializer(organization).data)
