"""The API of an office's desk: assigning, clocks, what is owed, figures month by month."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from organizations.actions.desk import assign_registration
from organizations.clocks.monthly import monthly
from organizations.clocks.owed import OFFICE, ORGANIZATION, owed_between
from organizations.emails.people import officers_of
from organizations.forms.desk import chosen_figures
from organizations.models import Registration
from organizations.models.clock import Clock, targets
from portal.kit.access import require
from portal.kit.api import IF_MATCH


class ClockFields(serializers.Serializer):
    """Whom a registration waits for, by when the office should answer, and by how many days it is late."""

    waits_for = serializers.SerializerMethodField()
    answer_due = serializers.SerializerMethodField()
    days_late = serializers.SerializerMethodField()

    def get_waits_for(self, registration: Registration) -> str:
        return str(registration.lifecycle.state(registration.state).waits_for)

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_answer_due(self, registration):
        clock = self._clock(registration)
        return clock and clock.due

    def get_days_late(self, registration: Registration) -> int:
        clock = self._clock(registration)
        return clock.late_days if clock else 0

    def _clock(self, registration: Registration) -> Clock | None:
        if "targets" not in self.context:
            self.context["targets"] = targets()
        found: Clock | None = self.context["targets"].clock(registration)
        return found


class AssignSerializer(serializers.Serializer):
    """The officer by e-mail address; null: nobody."""

    to = serializers.SlugRelatedField("email", queryset=User.objects.none(), allow_null=True)

    def __init__(self, *args: Any, registration: Registration | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if registration is not None:
            self.fields["to"].queryset = officers_of(registration.office)  # type: ignore[attr-defined]


class DebtSerializer(serializers.Serializer):
    """One thing that one side owes the other. ``due`` null: no date is set."""

    side = serializers.ChoiceField([OFFICE, ORGANIZATION])
    what = serializers.CharField()
    about = serializers.CharField()
    url = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    due = serializers.DateField(allow_null=True)
    late_days = serializers.IntegerField()


class DeskActions(viewsets.GenericViewSet):
    """What stands on the desk of an office beside the moves of a registration."""

    @extend_schema(request=AssignSerializer, parameters=[IF_MATCH], filters=False)
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def assign(self, request: Any, pk: str) -> Response:
        """Give it to an officer of the office, who is told; null: to nobody."""
        registration = self.get_record()  # type: ignore[attr-defined]
        require(request.user, "organizations.assign_registration", registration)
        told = AssignSerializer(data=request.data, registration=registration)
        told.is_valid(raise_exception=True)
        version = self.expected_version()  # type: ignore[attr-defined]
        assign_registration(registration, by=request.user, expected_version=version, **told.validated_data)
        answer: Response = self.answer(self.get_object())  # type: ignore[attr-defined]
        return answer

    @extend_schema(responses=DebtSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def owed(self, request: Any, pk: str) -> Response:
        """What the organization and the office of this registration owe each other now."""
        registration = self.get_object()
        return Response(DebtSerializer(owed_between(registration.organization, [registration]), many=True).data)


class MonthSerializer(serializers.Serializer):
    """One month: how many, and in how many days (the middle of all cases; ``most``: of four in five)."""

    month = serializers.DateField()
    received = serializers.IntegerField()
    resubmitted = serializers.IntegerField()
    sent_back = serializers.IntegerField()
    verified = serializers.IntegerField()
    declined = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    lapsed = serializers.IntegerField()
    answer_median = serializers.IntegerField(allow_null=True)
    answer_most = serializers.IntegerField(allow_null=True)
    decision_median = serializers.IntegerField(allow_null=True)
    decision_most = serializers.IntegerField(allow_null=True)


class FiguresViewSet(viewsets.ViewSet):
    """Registrations month by month, for UNICEF staff: the last twelve months, the present one first."""

    @extend_schema(
        responses=MonthSerializer(many=True),
        parameters=[
            OpenApiParameter("office", OpenApiTypes.STR, description=_("Code of a country office")),
            OpenApiParameter("region", OpenApiTypes.STR, description=_("Code of a regional office")),
        ],
    )
    def list(self, request: Any) -> Response:
        """The figures of one office, of a region, or of all that the caller's post covers."""
        require(request.user, "organizations.view_figures")
        form, registrations = chosen_figures(request.query_params, request.user)
        if not form.is_valid():
            raise exceptions.ValidationError(form.errors)
        return Response(MonthSerializer(monthly(registrations), many=True).data)
