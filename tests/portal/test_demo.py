"""The demonstration shows every state, made by the actions themselves, and is made once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEvent, Export, User
from accounts.roles import MemberRole, StaffRole
from organizations.lifecycle import MatchState, ObservationState, RegistrationState, SavedSearchState
from organizations.models import (
    BulkRun,
    Digest,
    Membership,
    Observation,
    Organization,
    Registration,
    SanctionsMatch,
    SavedSearch,
)
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal.demo import DEMO_ACCOUNTS, PASSWORD
from programmes.models import StaffAssignment
from tests.organizations.search.reference import wanted, written


@pytest.mark.django_db
def test_demonstration_has_every_state_and_role_in_ten_countries(client):
    call_command("demo", stdout=StringIO())
    assert set(Registration.objects.values_list("state", flat=True)) == set(RegistrationState)
    assert set(Agreement.objects.values_list("state", flat=True)) == set(AgreementState)
    assert set(SanctionsMatch.objects.values_list("state", flat=True)) == set(MatchState)
    assert set(Observation.objects.values_list("state", flat=True)) == set(ObservationState)
    assert set(Export.objects.values_list("state", flat=True)) == {"done", "failed"}
    assert set(SavedSearch.objects.values_list("state", flat=True)) == set(SavedSearchState)
    assert [run.done for run in BulkRun.objects.order_by("pk")] == [4, 4]
    assert Digest.objects.due(timezone.now()).count() == Digest.objects.exclude(sent_at=None).count() == 1
    assert set(StaffAssignment.objects.values_list("role", flat=True)) == set(StaffRole)
    assert set(Membership.objects.values_list("role", flat=True)) == set(MemberRole)
    registrations = Registration.objects.exclude(office__is_headquarters=True)
    assert registrations.values("office").distinct().count() == 10
    scripts = "".join(Organization.objects.values_list("name", flat=True))
    # Latin, Cyrillic, Arabic, Chinese.
    assert all(letter in scripts for letter in "aоج云")
    # Each state was reached by a recorded move.
    moved = {event.subject_id for event in AuditEvent.objects.filter(subject_type="partnerships.agreement")}
    assert moved == set(Agreement.objects.values_list("pk", flat=True))
    # All that was done has left the index as the records are.
    assert written() == wanted()
    assert client.login(email=DEMO_ACCOUNTS[0].email, password=PASSWORD)

    before = User.objects.count(), AuditEvent.objects.count()
    call_command("demo", stdout=StringIO())
    assert (User.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.django_db
def test_a_real_portal_takes_no_demonstration(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="public password"):
        call_command("demo", stdout=StringIO())
    assert not User.objects.exists()
