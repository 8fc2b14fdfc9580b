"""The API of agreements. Everything is done by the actions."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status

from accounts.api import Discussed
from organizations.models import Organization
from partnerships.actions import change_agreement, comment_agreement, create_agreement
from partnerships.filters import AgreementFilter
from partnerships.lifecycle import AGREEMENT
from partnerships.models import Agreement
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, moves_of
from programmes.models import CountryOffice, Location, ThematicArea

_FACTS = ["kind", "title", "summary", "themes", "locations", "start", "end", "amount", "currency"]


class AgreementSerializer(ReadSerializer):
    """What an organization and a country office agree. Themes and places by their codes."""

    organization_name = serializers.CharField(source="organization.name")
    office = serializers.SlugRelatedField("code", read_only=True)
    themes = serializers.SerializerMethodField()
    locations = serializers.SerializerMethodField()
    signed_by = serializers.SerializerMethodField(help_text=_("The sides that have signed."))

    class Meta:
        model = Agreement
        fields = [
            *("id", "reference", "organization", "organization_name", "office", *_FACTS),
            *("state", "state_since", "version", "signed_by", "source", "external_id", "created_at"),
        ]

    def get_themes(self, agreement) -> list[str]:
        return [theme.code for theme in agreement.theme_list]

    def get_locations(self, agreement) -> list[str]:
        return [place.code for place in agreement.place_list]

    def get_signed_by(self, agreement) -> list[str]:
        return [signature.side for signature in agreement.signature_list]


class AgreementChangeSerializer(serializers.ModelSerializer):
    """The facts that a person writes, open while the state leaves them open."""

    themes = serializers.SlugRelatedField("code", many=True, queryset=ThematicArea.objects.all(), required=False)
    locations = serializers.SlugRelatedField("code", many=True, queryset=Location.objects.all(), required=False)

    class Meta:
        model = Agreement
        fields = _FACTS


class AgreementStartSerializer(AgreementChangeSerializer):
    """Between whom, and the facts."""

    organization = serializers.PrimaryKeyRelatedField(queryset=Organization.objects.none())
    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.active())

    class Meta:
        model = Agreement
        fields = ["organization", "office", *_FACTS]

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["organization"].queryset = Organization.objects.visible_to(self.context["request"].user)
        return fields


@moves_of(AGREEMENT)
class AgreementViewSet(Discussed, LifecycleViewSet):
    """Agreements: those of the caller's offices and organizations, and for everybody what is public."""

    model = Agreement
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter
    ordering_fields = ("created_at", "state_since", "reference")
    comment_permission = "partnerships.comment_agreement"
    write_comment = comment_agreement
    csv_columns = {
        "id": lambda row: row.pk,
        "reference": lambda row: row.reference,
        "kind": lambda row: row.kind,
        "title": lambda row: row.title,
        "organization": lambda row: row.organization_id,
        "organization_name": lambda row: row.organization.name,
        "office": lambda row: row.office.code,
        "themes": lambda row: " ".join(theme.code for theme in row.theme_list),
        "start": lambda row: row.start,
        "end": lambda row: row.end,
        "amount": lambda row: row.amount,
        "currency": lambda row: row.currency,
        "state": lambda row: row.state,
    }

    def with_related(self, rows):
        places = Prefetch("locations", Location.objects.only("code"), to_attr="place_list")
        return rows.for_list().prefetch_related(places, Prefetch("signatures", to_attr="signature_list"))

    @extend_schema(request=AgreementStartSerializer, responses={201: AgreementSerializer}, filters=False)
    def create(self, request):
        """Draft an agreement of an office with an organization that it has verified."""
        told = AgreementStartSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        facts = {"themes": [], "locations": [], **told.validated_data}
        self.kwargs["pk"] = create_agreement(by=request.user, **facts).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)

    @extend_schema(request=AgreementChangeSerializer, parameters=[IF_MATCH], filters=False)
    def partial_update(self, request, pk):
        """Change the facts while the state leaves them open."""
        agreement = self.get_record()
        told = AgreementChangeSerializer(agreement, data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        change_agreement(agreement, by=request.user, expected_version=self.expected_version(), **told.validated_data)
        return self.answer(self.get_object())


ROUTES = [("agreements", AgreementViewSet, "agreement")]
