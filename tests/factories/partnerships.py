"""Partners, agreements and the people around them, for tests; nothing is random."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.lifecycle import RegistrationState
from organizations.models import Membership, Organization, Registration
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement, Signature
from tests.factories.accounts import UserFactory
from tests.factories.programmes import (
    CountryOfficeFactory,
    RegionalOfficeFactory,
    StaffAssignmentFactory,
    ThemeFactory,
)


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def verify(organization, office, until=None):
    """Let ``office`` have verified ``organization``; ``until`` in the past: the verification has lapsed."""
    return Registration.objects.create(
        organization=organization,
        office=office,
        created_by=UserFactory(),
        state=RegistrationState.VERIFIED,
        decided_at=timezone.now(),
        valid_until=until or in_days(1000),
    )


class PartnerFactory(DjangoModelFactory):
    """An organization; ``verified_by=office`` lets that office have verified it."""

    class Meta:
        model = Organization
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Hope {n:03d}")
    listed = True
    search_text = factory.LazyAttribute(lambda partner: partner.name.lower())

    @factory.post_generation
    def verified_by(self, create, extracted):
        if extracted:
            verify(self, extracted)


class AgreementFactory(DjangoModelFactory):
    """A complete draft that starts in thirty days; ``state`` puts it elsewhere, ``signed`` names who has signed."""

    class Meta:
        model = Agreement
        skip_postgeneration_save = True

    office = factory.SubFactory(CountryOfficeFactory)
    organization = factory.LazyAttribute(lambda agreement: PartnerFactory(verified_by=agreement.office))
    reference = factory.Sequence(lambda n: f"TST/PCA2026{n:03d}")
    title = factory.Sequence(lambda n: f"Learning together {n:03d}")
    state = AgreementState.DRAFT
    start = factory.LazyFunction(lambda: in_days(30))
    end = factory.LazyFunction(lambda: in_days(395))
    amount = Decimal("40000.00")

    @factory.post_generation
    def themes(self, create, extracted):
        self.themes.set([ThemeFactory()] if extracted is None else extracted)

    @factory.post_generation
    def signed(self, create, extracted):
        for side in extracted or ():
            sign(self, side)


def sign(agreement, side):
    return Signature.objects.create(
        agreement=agreement, side=side, signatory="A signatory", signed_on=in_days(0), recorded_by=UserFactory()
    )


def put(agreement, state, **facts):
    """Set the state aside from its lifecycle, as only a test may; return the record as it is now."""
    Agreement.objects.filter(pk=agreement.pk).update(state=state, **facts)
    return Agreement.objects.get(pk=agreement.pk)


def page_of(agreement, what=""):
    return f"{agreement.get_absolute_url()}{what}"


def person_at(office, role, **where):
    """Somebody who holds ``role`` at ``office``."""
    return StaffAssignmentFactory(user=UserFactory(name=str(role.label)), office=office, role=role, **where).user


def person_of(organization, role):
    return Membership.objects.create(organization=organization, user=UserFactory(name=str(role.label)), role=role).user


def _staff(role):
    return lambda agreement: person_at(agreement.office, role)


def _member(role):
    return lambda agreement: person_of(agreement.organization, role)


PEOPLE = {
    "officer": _staff(StaffRole.PROGRAMME_OFFICER),
    "manager": _staff(StaffRole.PARTNERSHIP_MANAGER),
    "head": _staff(StaffRole.HEAD_OF_OFFICE),
    "secretary": _staff(StaffRole.REVIEW_SECRETARY),
    "reviewer": _staff(StaffRole.REVIEWER),
    "viewer": _staff(StaffRole.VIEWER),
    "registrar": _staff(StaffRole.REGISTRATION_OFFICER),
    "region_manager": lambda it: person_at(None, StaffRole.PARTNERSHIP_MANAGER, region=it.office.region),
    "hq_editor": lambda it: person_at(None, StaffRole.HQ_EDITOR),
    "other_head": lambda it: person_at(CountryOfficeFactory(), StaffRole.HEAD_OF_OFFICE),
    "other_manager": lambda it: person_at(CountryOfficeFactory(), StaffRole.PARTNERSHIP_MANAGER),
    "other_region": lambda it: person_at(None, StaffRole.PARTNERSHIP_MANAGER, region=RegionalOfficeFactory()),
    "signer": _member(MemberRole.AUTHORISED_OFFICER),
    "partner_admin": _member(MemberRole.ADMINISTRATOR),
    "partner_editor": _member(MemberRole.EDITOR),
    "partner_viewer": _member(MemberRole.VIEWER),
    "other_signer": lambda it: person_of(PartnerFactory(), MemberRole.AUTHORISED_OFFICER),
    "stranger": lambda it: UserFactory(name="Stranger"),
    "superuser": lambda it: User.objects.create_superuser("root@example.org", name="Root"),
    "anonymous": lambda it: AnonymousUser(),
}


class Cast:
    """Everybody around one agreement, by the names that tests call them by; each is made when first asked for."""

    def __init__(self, agreement):
        self._agreement = agreement

    def __getattr__(self, name):
        if name not in PEOPLE:
            raise AttributeError(name)
        person = PEOPLE[name](self._agreement)
        setattr(self, name, person)
        return person

    def everybody(self):
        return {name: getattr(self, name) for name in PEOPLE}
