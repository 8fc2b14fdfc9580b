"""Entries of a sanctions list and the names that resemble them, for tests; all invented, nothing random."""

import factory
from factory.django import DjangoModelFactory

from organizations.models import SanctionsEntry, SanctionsMatch
from portal.kit.text import fold
from tests.factories.organizations import OrganizationFactory


class SanctionsEntryFactory(DjangoModelFactory):
    class Meta:
        model = SanctionsEntry

    reference = factory.Sequence(lambda n: f"TEi.{n:03d}")
    kind = SanctionsEntry.Type.PERSON
    name = factory.Sequence(lambda n: f"Zubayr Tallani {n}")


class SanctionsMatchFactory(DjangoModelFactory):
    """A head of an organization whose name is an entry's."""

    class Meta:
        model = SanctionsMatch

    organization = factory.SubFactory(OrganizationFactory)
    entry = factory.SubFactory(SanctionsEntryFactory)
    subject = SanctionsMatch.Subject.HEAD
    name = factory.SelfAttribute("entry.name")
    folded = factory.LazyAttribute(lambda match: fold(match.name))
    listed_name = factory.SelfAttribute("entry.name")
    score = 90
