"""Assessments with their criteria, and the actions of strengthening plans, for tests; nothing is random."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from organizations.lifecycle import AssessmentState, PlanActionState
from organizations.models import Assessment, AssessmentCriterion, PlanAction
from organizations.models.assessment import AssessmentKind
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.programmes import CountryOfficeFactory

_DECIDED = (AssessmentState.FINAL, AssessmentState.REPLACED)


def _result(value):
    """``value`` for an assessment that has a result, ``empty`` for any other."""
    return factory.LazyAttribute(lambda row: value() if row.state in _DECIDED else None)


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = AssessmentCriterion

    kind = AssessmentKind.PSEA
    code = factory.Sequence(lambda n: f"criterion-{n}")
    text = factory.Sequence(lambda n: f"Criterion {n}")
    order = factory.Sequence(lambda n: n)


class AssessmentFactory(DjangoModelFactory):
    class Meta:
        model = Assessment

    organization = factory.SubFactory(OrganizationFactory)
    office = factory.SubFactory(CountryOfficeFactory)
    kind = AssessmentKind.PSEA
    created_by = factory.SubFactory(UserFactory)
    state = AssessmentState.DRAFT
    assessed_on = factory.LazyFunction(timezone.localdate)
    score = _result(lambda: Decimal("1.00"))
    rating = factory.LazyAttribute(lambda row: "low" if row.state in _DECIDED else "")
    valid_until = _result(lambda: timezone.localdate() + timedelta(days=1000))


class PlanActionFactory(DjangoModelFactory):
    class Meta:
        model = PlanAction

    organization = factory.SubFactory(OrganizationFactory)
    office = factory.SubFactory(CountryOfficeFactory)
    text = "Write a reporting procedure"
    state = PlanActionState.PROPOSED
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=100))
