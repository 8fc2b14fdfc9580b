"""Changing reference data and staff assignments: who may, and what is recorded."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent
from accounts.roles import StaffRole
from programmes.actions import assign_staff, delete_reference, end_assignment, is_used, save_reference
from programmes.models import StaffAssignment, Strategy
from tests.factories.accounts import UserFactory
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    PlaceFactory,
    StaffAssignmentFactory,
    StrategyFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(is_staff=True)


@pytest.fixture(params=["stranger", "head of office", "former administrator"])
def other(request):
    if request.param == "head of office":
        return StaffAssignmentFactory(role=StaffRole.HEAD_OF_OFFICE).user
    return UserFactory(is_staff=request.param == "former administrator", is_active=request.param == "stranger")


def last_event():
    event = AuditEvent.objects.latest("pk")
    return event.action, event.subject_label, event.reason, event.changes, event.audience


class TestSaveReference:
    def test_new_row(self, administrator):
        save_reference(Strategy(code="peace", name="Peace"), by=administrator)
        assert last_event() == ("created", "Peace", "", {}, "office")

    def test_changed_row(self, administrator):
        strategy = StrategyFactory(name="Old")
        strategy.name = "New"
        save_reference(strategy, by=administrator, changes={"name": ["Old", "New"]})
        assert Strategy.objects.get().name == "New"
        assert last_event() == ("changed", "New", "", {"name": ["Old", "New"]}, "office")

    def test_invalid_row(self, administrator):
        with pytest.raises(ValidationError):
            save_reference(Strategy(code="not a code", name=""), by=administrator)
        assert not Strategy.objects.exists()

    def test_is_for_administrators(self, other):
        with pytest.raises(PermissionDenied):
            save_reference(Strategy(code="peace", name="Peace"), by=other)
        assert not Strategy.objects.exists()


class TestDeleteReference:
    def test_unused_row(self, administrator):
        delete_reference(StrategyFactory(name="Gone"), by=administrator)
        assert not Strategy.objects.exists()
        assert last_event()[:2] == ("deleted", "Gone")

    def test_used_row(self, administrator):
        theme = ThemeFactory()
        ThemeFactory(parent=theme)
        with pytest.raises(ValidationError, match="has to stay"):
            delete_reference(theme, by=administrator)

    def test_is_for_administrators(self, other):
        strategy = StrategyFactory()
        with pytest.raises(PermissionDenied):
            delete_reference(strategy, by=other)
        assert Strategy.objects.exists()


def test_a_country_is_used_by_its_office_and_by_its_places():
    served, divided, unused = CountryFactory(), CountryFactory(), CountryFactory()
    CountryOfficeFactory(countries=[served])
    PlaceFactory(parent=divided)
    assert [is_used(country) for country in (served, divided, unused)] == [True, True, False]


class TestAssignStaff:
    def test_assign_and_end(self, administrator):
        person, office = UserFactory(name="Ana"), CountryOfficeFactory(name="Atlantis")
        assignment = StaffAssignment(user=person, role=StaffRole.REVIEWER, office=office)
        assign_staff(assignment, by=administrator)
        assert last_event() == ("staff_assigned", "Ana", "Reviewer, Atlantis", {}, "office")
        end_assignment(assignment, by=administrator)
        assert last_event() == ("staff_removed", "Ana", "Reviewer, Atlantis", {}, "office")
        assert not person.staff_assignments.exists()

    def test_twice(self, administrator):
        post = StaffAssignmentFactory()
        with pytest.raises(ValidationError):
            assign_staff(StaffAssignment(user=post.user, role=post.role, office=post.office), by=administrator)

    def test_is_for_administrators(self, other):
        post = StaffAssignmentFactory()
        with pytest.raises(PermissionDenied):
            assign_staff(StaffAssignment(user=UserFactory(), role=post.role, office=post.office), by=other)
        with pytest.raises(PermissionDenied):
            end_assignment(post, by=other)
        assert StaffAssignment.objects.filter(pk=post.pk).exists()
