"""The API of saved searches: what one keeps of the directory, and how often one is told what is new."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from organizations.actions.saved import change_search, delete_search, save_search
from organizations.digests import follow
from organizations.filters.saved import Question, SavedSearchFilter
from organizations.lifecycle import SAVED_SEARCH
from organizations.models import Digest, SavedSearch
from organizations.models.saved import QUERY_LENGTH, Rhythm
from portal.kit.access import require
from portal.kit.api import IF_MATCH, LifecycleViewSet, ReadSerializer, moves_of
from programmes.models import CountryOffice

FILTERS_MOST = 100


class SavedSearchSerializer(ReadSerializer):
    """``query`` is what ``/organizations/`` takes, here and on the pages."""

    owner = serializers.CharField(source="owner.name")
    office = serializers.CharField(source="office.code", default=None, allow_null=True)

    class Meta:
        model = SavedSearch
        fields = ["id", "name", "query", "owner", "office", "state", "state_since", "version", "created_at"]


class KeepSerializer(serializers.ModelSerializer):
    """``office``: with whom it can be shared; one at which the caller works."""

    office = serializers.SlugRelatedField("code", queryset=CountryOffice.objects.all(), required=False, allow_null=True)
    query = serializers.CharField(
        max_length=QUERY_LENGTH, help_text=_("As in the address of the directory: theme=education&country=ETH")
    )

    class Meta:
        model = SavedSearch
        fields = ["name", "query", "office"]
        validators: list[Any] = []  # the action checks the record

    def validate_query(self, value: str) -> str:
        if value.count("&") > FILTERS_MOST:
            raise serializers.ValidationError(_("This asks for too much at once. Take some of the filters away."))
        question = Question.read(value, self.context["request"].user)
        if question.errors:
            raise serializers.ValidationError([f"{name}: {said[0]}" for name, said in question.errors.items()])
        return question.query

    def validate_office(self, office: CountryOffice | None) -> CountryOffice | None:
        user = self.context["request"].user
        if office and not (user.is_superuser or user.works_at(office)):
            raise serializers.ValidationError(_("You do not work at this office."))
        return office


class KeepChangeSerializer(KeepSerializer):
    query = None  # type: ignore[assignment]

    class Meta(KeepSerializer.Meta):
        fields = ["name", "office"]


class RhythmSerializer(serializers.Serializer):
    """How often the caller is told what the search newly finds."""

    rhythm = serializers.ChoiceField(Rhythm.choices)


@moves_of(SAVED_SEARCH)
class SavedSearchViewSet(LifecycleViewSet):
    """The caller's own saved searches, and those that the caller's office shares."""

    model = SavedSearch
    permission_classes = [permissions.IsAuthenticated, *LifecycleViewSet.permission_classes]
    serializer_class = SavedSearchSerializer
    filterset_class = SavedSearchFilter
    ordering_fields = ("name", "created_at")
    csv_columns = {
        "id": lambda row: row.pk,
        "name": lambda row: row.name,
        "query": lambda row: row.query,
        "owner": lambda row: row.owner.name,
        "office": lambda row: row.office.code if row.office else "",
        "state": lambda row: row.state,
    }

    def with_related(self, rows):
        return rows.select_related("owner", "office")

    @extend_schema(request=KeepSerializer, responses={201: SavedSearchSerializer}, filters=False)
    def create(self, request):
        """Keep a question to the directory under a name."""
        told = KeepSerializer(data=request.data, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        self.kwargs["pk"] = save_search(by=request.user, **told.validated_data).pk
        return self.answer(self.get_object(), status.HTTP_201_CREATED)

    @extend_schema(request=KeepChangeSerializer, responses=SavedSearchSerializer, parameters=[IF_MATCH], filters=False)
    def partial_update(self, request, pk):
        """Rename it, or keep one's own for another office."""
        search = self.get_record()
        require(request.user, "organizations.change_saved_search", search)
        told = KeepChangeSerializer(search, data=request.data, partial=True, context=self.get_serializer_context())
        told.is_valid(raise_exception=True)
        change_search(search, by=request.user, expected_version=self.expected_version(), **told.validated_data)
        return self.answer(self.get_object())

    @extend_schema(responses={204: None}, filters=False)
    def destroy(self, request, pk):
        """Delete one that nobody else has seen; what was shared is retired instead (409)."""
        delete_search(self.get_record(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(methods=["get"], responses=RhythmSerializer, filters=False)
    @extend_schema(methods=["put"], request=RhythmSerializer, responses=RhythmSerializer, filters=False)
    @action(detail=True, methods=["get", "put"], pagination_class=None, filter_backends=[], filterset_class=None)
    def digest(self, request, pk):
        """How often the caller is told by e-mail what it newly finds, and to say so."""
        search = self.get_record()
        require(request.user, "organizations.follow_saved_search", search)
        if request.method == "PUT":
            told = RhythmSerializer(data=request.data)
            told.is_valid(raise_exception=True)
            digest = follow(search, by=request.user, **told.validated_data)
        else:
            digest = Digest.objects.filter(search=search, person=request.user).first()
        return Response({"rhythm": digest.rhythm if digest else Rhythm.OFF})
