"""What a merge relies on: every reference to an organization is one it understands."""

from django.apps import apps
from django.db.models import ForeignKey, UniqueConstraint

from organizations.models import Organization
from organizations.models.fact_groups import FACTS, OWN
from organizations.models.relations import PAIRS, relations_to


def test_every_rule_of_uniqueness_about_organizations_is_of_a_shape_that_a_merge_understands():
    """A rule over an expression that reads the organization would be met only by the database's refusal."""
    strange = [
        (relation.key, rule.name)
        for relation in relations_to(Organization)
        for rule in relation.model._meta.constraints
        if isinstance(rule, UniqueConstraint)
        and any(relation.field.name in str(expression) for expression in rule.expressions)
    ]
    assert strange == []


def test_every_pair_of_organizations_is_known_to_be_one():
    """A model that refers to organizations twice says what a merge does with it."""
    twice = {
        model._meta.label_lower
        for model in apps.get_models()
        if sum(isinstance(field, ForeignKey) and field.related_model is Organization for field in model._meta.fields)
        > 1
    }
    assert twice == {*PAIRS, "organizations.merge", "organizations.organization"}


def test_every_fact_of_an_organization_belongs_to_one_group():
    grouped = [column for columns in FACTS.values() for column in columns]
    editable = [one.name for one in Organization._meta.concrete_fields if one.editable and not one.primary_key]
    assert sorted(grouped) == sorted(set(editable) - OWN)
