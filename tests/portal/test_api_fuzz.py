"""Whatever is sent to the API, it never breaks, and it answers in the shape that its schema promises."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from organizations.actions.merge import merge_organizations
from organizations.lifecycle import RegistrationState
from organizations.models import ImportBatch, PossibleTwin
from partnerships.lifecycle import AgreementState
from portal.kit.throttling import SharedRate
from portal.wsgi import application
from tests.factories.accounts import ApiTokenFactory, ExportFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, PlanActionFactory
from tests.factories.organizations import (
    DocumentFactory,
    InvitationFactory,
    JoinRequestFactory,
    ObservationFactory,
    OrganizationFactory,
    OrganizationNameFactory,
    PresenceFactory,
    QuestionFactory,
    RegistrationFactory,
)
from tests.factories.partnerships import AgreementFactory
from tests.factories.programmes import StrategyFactory
from tests.factories.sanctions import SanctionsMatchFactory

pytestmark = pytest.mark.django_db

EXAMPLES = 5  # of each operation; always the same ones


@pytest.fixture(autouse=True)
def one_connection_without_limit(monkeypatch):
    """Requests come through WSGI here: they must neither be counted nor close the connection of the test."""
    monkeypatch.setattr(SharedRate, "allow_request", lambda *_asked: True)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def known():
    """What the paths name: a record of each kind and the codes of reference data."""
    administrator = UserFactory(administrator=True)
    ApiTokenFactory(user=administrator, secret="pp_known")
    registration = RegistrationFactory(state=RegistrationState.SUBMITTED)
    agreement = AgreementFactory(state=AgreementState.AWAITING_SIGNATURES, signed=["partner"])
    presence, one, other = PresenceFactory(), OrganizationFactory(), OrganizationFactory()
    merge = merge_organizations(OrganizationFactory(), OrganizationFactory(), by=administrator, reason="The same.")
    OrganizationNameFactory(organization=presence.organization)
    return {
        "exports": {"id": ExportFactory().pk},
        "organizations": {"id": presence.organization.pk},
        "registrations": {"id": registration.pk, "code": QuestionFactory().code},
        "agreements": {"id": agreement.pk},
        "twins": {"id": PossibleTwin.objects.create(first=one, second=other, score=80, reason="same_acronym").pk},
        "imports": {"id": ImportBatch.objects.create(layout="x", file_name="x.csv", created_by=administrator).pk},
        "sanctions": {"id": SanctionsMatchFactory().pk},
        "documents": {"id": DocumentFactory().pk, "number": 1},
        "observations": {"id": ObservationFactory().pk},
        "assessments": {"id": AssessmentFactory().pk},
        "plan-actions": {"id": PlanActionFactory().pk},
        "invitations": {"id": InvitationFactory().pk},
        "join-requests": {"id": JoinRequestFactory().pk},
        "merges": {"id": merge.pk},
        "themes": {"code": presence.theme.code},
        "locations": {"code": presence.location.code},
        "countries": {"code": presence.location.parent.code},
        "offices": {"code": registration.office.code},
        "strategies": {"code": StrategyFactory().code},
    }


def test_every_operation_survives_whatever_it_is_sent(known):
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 40
    for operation in operations:
        survive(operation, known.get(operation.path.split("/")[3], {}))


def survive(operation, named):
    """Send ``operation`` what its schema allows and what it does not, with the path of a record that is there."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case):
        for name in named.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = named[name]
        response = case.call(headers={"Authorization": "Bearer pp_known", "Accept-Encoding": "identity"})
        case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])

    send()


@pytest.mark.parametrize("key", ["0", "-1", "9" * 18, "9" * 40, "abc", "1.5", "१", "%00", "1;", "null"])
@pytest.mark.parametrize("name", ["organizations", "registrations", "agreements", "twins", "imports", "themes"])
def test_key_of_no_record_is_not_found(name, key):
    client = APIClient()
    client.force_authenticate(UserFactory(administrator=True))
    assert client.get(f"/api/v1/{name}/{key}/").status_code == 404
