"""Organizations, their people, registrations in every state and places of work, for tests; nothing is random."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.roles import MemberRole
from organizations.lifecycle import DECIDED, ObservationState, RegistrationState
from organizations.models import (
    Document,
    DocumentVersion,
    Identifier,
    Invitation,
    JoinRequest,
    Membership,
    NameKey,
    Observation,
    OfficeHolder,
    Organization,
    OrganizationName,
    Presence,
    Registration,
    Reply,
    SectionDraft,
    SectionRequest,
    VerificationAnswer,
    VerificationQuestion,
)
from organizations.models.declaration import declaration_version
from organizations.models.organization import CSOType, organization_search_text
from organizations.models.registration import CORE_SECTIONS, ONCE_VERIFIED, Section
from organizations.twins.keys import keys_of
from tests.factories.accounts import UserFactory
from tests.factories.programmes import CountryFactory, CountryOfficeFactory, PlaceFactory, ThemeFactory


class OrganizationFactory(DjangoModelFactory):
    """A civil society organization of a country of its own, found by its name."""

    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Organization {n:03d}")
    cso_type = CSOType.NGO
    country = factory.SubFactory(CountryFactory)

    @classmethod
    def _create(cls, model_class, *args, **facts):
        """Write at once what ``refresh_search_text`` and ``refresh_keys`` would find in a dozen queries."""
        made = model_class(*args, **facts)
        made.search_text = organization_search_text(made.name, made.acronym, (), made.mission)
        made.save()
        if made.merged_into_id is None:
            keys = keys_of([name for name in (made.name, made.acronym) if name], [])
            NameKey.objects.bulk_create(NameKey(organization=made, key=key) for key in sorted(keys))
        return made


class OrganizationNameFactory(DjangoModelFactory):
    class Meta:
        model = OrganizationName

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Other name {n}")


class IdentifierFactory(DjangoModelFactory):
    class Meta:
        model = Identifier

    organization = factory.SubFactory(OrganizationFactory)
    scheme = "QQ-MOJ"
    value = factory.Sequence(lambda n: f"R-{n:04d}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = MemberRole.ADMINISTRATOR


class OfficeHolderFactory(DjangoModelFactory):
    """The head of an organization since 2020, unless told otherwise."""

    class Meta:
        model = OfficeHolder

    organization = factory.SubFactory(OrganizationFactory)
    role = OfficeHolder.Role.HEAD
    name = factory.Sequence(lambda n: f"Person {n:03d}")
    since = date(2020, 1, 1)


class InvitationFactory(DjangoModelFactory):
    """To an address that nobody has, unless ``email`` says whose."""

    class Meta:
        model = Invitation

    organization = factory.SubFactory(OrganizationFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = MemberRole.EDITOR
    invited_by = factory.SubFactory(UserFactory)


class JoinRequestFactory(DjangoModelFactory):
    class Meta:
        model = JoinRequest

    organization = factory.SubFactory(OrganizationFactory)
    person = factory.SubFactory(UserFactory)
    role = MemberRole.EDITOR
    called = factory.SelfAttribute("organization.name")


class PresenceFactory(DjangoModelFactory):
    """At work on a theme in a place, as the organization says itself; ``source`` for what a file says."""

    class Meta:
        model = Presence

    organization = factory.SubFactory(OrganizationFactory)
    theme = factory.SubFactory(ThemeFactory)
    location = factory.SubFactory(PlaceFactory)


def _when(*states):
    """Now for a registration that has been in one of ``states``, None for any other."""
    return factory.LazyAttribute(lambda row: timezone.now() if row.state in states else None)


_SENT = [state for state in RegistrationState if state not in (RegistrationState.DRAFT, RegistrationState.WITHDRAWN)]


class RegistrationFactory(DjangoModelFactory):
    """A registration in ``state``, a draft unless told otherwise; ``complete=True`` completes the core."""

    class Meta:
        model = Registration
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    office = factory.SubFactory(CountryOfficeFactory)
    created_by = factory.SubFactory(UserFactory)
    state = RegistrationState.DRAFT
    declaration_version = factory.LazyFunction(declaration_version)
    submitted_at = _when(*_SENT)
    submitted_by = factory.LazyAttribute(lambda row: row.created_by if row.submitted_at else None)
    decided_at = _when(*DECIDED, *ONCE_VERIFIED)
    valid_until = factory.LazyAttribute(
        lambda row: timezone.localdate() + timedelta(days=1000) if row.state in ONCE_VERIFIED else None
    )

    @factory.post_generation
    def complete(self, create, extracted):
        if create and extracted:
            for section in CORE_SECTIONS:
                SectionDraftFactory(registration=self, section=section, is_complete=True)


class SectionDraftFactory(DjangoModelFactory):
    """What ``registration.created_by`` typed into a section: nothing, and not complete, unless told otherwise."""

    class Meta:
        model = SectionDraft

    registration = factory.SubFactory(RegistrationFactory)
    section = Section.IDENTITY
    saved_by = factory.SelfAttribute("registration.created_by")


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = VerificationQuestion

    code = factory.Sequence(lambda n: f"question-{n}")
    text = factory.Sequence(lambda n: f"Question {n}?")
    order = factory.Sequence(lambda n: n)


class AnswerFactory(DjangoModelFactory):
    """The answer that allows verification."""

    class Meta:
        model = VerificationAnswer

    registration = factory.SubFactory(RegistrationFactory)
    question = factory.SubFactory(QuestionFactory)
    answer = factory.SelfAttribute("question.expected")
    answered_by = factory.SubFactory(UserFactory)


class ObservationFactory(DjangoModelFactory):
    """A concern about money, a note unless ``state`` says otherwise; a flag was raised an hour ago."""

    class Meta:
        model = Observation

    organization = factory.SubFactory(OrganizationFactory)
    office = factory.SubFactory(CountryOfficeFactory)
    author = factory.SubFactory(UserFactory)
    category = "financial"
    text = "Internal: two invoices bear the same number."
    for_partner = "Two invoices bear the same number."
    state = ObservationState.NOTE
    flagged_at = factory.LazyAttribute(
        lambda row: None if row.state == ObservationState.NOTE else timezone.now() - timedelta(hours=1)
    )


class DocumentFactory(DjangoModelFactory):
    """A certificate that does not expire, with one version; ``versions=None`` for none."""

    class Meta:
        model = Document
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    kind = Document.Kind.CERTIFICATE
    title = factory.Sequence(lambda n: f"Certificate {n}")
    issuer = "Ministry of Justice"
    number = factory.Sequence(lambda n: f"C-{n:04d}")
    issued_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=400))
    created_by = factory.SubFactory(UserFactory)
    versions = factory.RelatedFactory("tests.factories.organizations.DocumentVersionFactory", "document")


class DocumentVersionFactory(DjangoModelFactory):
    """A file that is on record; its bytes are not there."""

    class Meta:
        model = DocumentVersion

    document = factory.SubFactory(DocumentFactory, versions=None)
    number = 1
    file = "documents/00/none"
    file_name = "certificate.pdf"
    media_type = "application/pdf"
    size = 1000
    sha256 = factory.Sequence(lambda n: f"{n:064d}")
    uploaded_by = factory.SelfAttribute("document.created_by")


class SectionRequestFactory(DjangoModelFactory):
    """What the office has written down to ask, and not sent yet."""

    class Meta:
        model = SectionRequest

    registration = factory.SubFactory(RegistrationFactory)
    section = Section.LEGAL
    text = "Please add the number of the certificate."
    asked_by = factory.SubFactory(UserFactory)


class ReplyFactory(DjangoModelFactory):
    """A reply that waits for its answer."""

    class Meta:
        model = Reply

    registration = factory.SubFactory(RegistrationFactory, state=RegistrationState.SUSPENDED)
    decision = factory.SelfAttribute("registration.state")
    text = "We see it otherwise."
    written_by = factory.SubFactory(UserFactory)
