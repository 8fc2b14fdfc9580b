"""The people around one registration, and what a complete form says."""

from types import SimpleNamespace

from accounts.roles import MemberRole, StaffRole
from organizations.forms.declaration import declaration_items
from tests.factories.accounts import UserFactory
from tests.factories.organizations import DocumentFactory, MembershipFactory, OrganizationFactory
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    PlaceFactory,
    StaffAssignmentFactory,
    StrategyFactory,
    ThemeFactory,
)


def make_house():
    """One organization, one office of its country, and everybody who has to do with them; and some who have not."""
    country = CountryFactory(name="Homeland")
    office = CountryOfficeFactory(name="Homeland", countries=[country])
    organization = OrganizationFactory(name="Hope for Children", country=country)

    def member(role):
        return MembershipFactory(organization=organization, role=role).user

    def staff(role, **where):
        return StaffAssignmentFactory(role=role, **where).user

    return SimpleNamespace(
        country=country,
        office=office,
        organization=organization,
        administrator=member(MemberRole.ADMINISTRATOR),
        editor=member(MemberRole.EDITOR),
        reader=member(MemberRole.VIEWER),
        stranger=MembershipFactory().user,
        nobody=UserFactory(),
        officer=staff(StaffRole.REGISTRATION_OFFICER, office=office),
        manager=staff(StaffRole.PARTNERSHIP_MANAGER, office=office),
        head=staff(StaffRole.HEAD_OF_OFFICE, office=office),
        staff_viewer=staff(StaffRole.VIEWER, office=office),
        other_officer=staff(StaffRole.REGISTRATION_OFFICER),
    )


def make_told(house):
    """A valid answer to every section, as a browser sends it; the certificate is on record already."""
    DocumentFactory(organization=house.organization, created_by=house.editor)
    theme, place, strategy = ThemeFactory(), PlaceFactory(parent=house.country), StrategyFactory()
    return {
        "identity": {
            "name": "Hope for Children",
            "cso_type": "women",
            "country": str(house.country.pk),
            "names-0-name": "أمل للأطفال",
            "names-0-kind": "translation",
            "names-0-language": "ar",
        },
        "legal": {
            "legal_status": "formal",
            "founded": "2009",
            "identifiers-0-scheme": "other",
            "identifiers-0-register": "HL-MOJ",
            "identifiers-0-value": "4711",
        },
        "people": {
            "people-0-role": "head",
            "people-0-name": "Almaz Bekele",
            "people-0-title": "Chairperson",
            "people-0-since": "2019-03-01",
            "email": "info@hope.example",
        },
        "mandate": {
            "mission": "Every child learns.",
            "focus": "children",
            "populations": ["adolescents", "disabilities"],
            "strategies": [str(strategy.pk)],
            "traits": ["is_opd"],
            "opd_evidence": "Five of seven board members are persons with disabilities.",
            "languages": ["en", "am"],
            "listed": "on",
        },
        "places": {"places-0-theme": str(theme.pk), "places-0-location": str(place.pk), "places-0-since": "2015"},
        "declaration": {item["code"]: "yes" for item in declaration_items()},
        "reach": {
            "experience-0-theme": str(theme.pk),
            "experience-0-years": "5_to_10",
            "policy_arenas": ["local", "budgets"],
            "communities": "Mothers’ groups in twelve kebeles.",
            "network-0-what": "Education cluster",
            "network-0-who": "member",
            "result-0-what": "Four hundred girls went back to school.",
            "result-0-year": "2021",
            "endorsement-0-what": "They came back every month.",
            "endorsement-0-who": "The school committee of Afder",
        },
        "capacity": {
            "staff_band": "1_50",
            "budget_band": "50k_100k",
            "budget_year": "2025",
            "budget_currency": "USD",
            "donors": ["individuals", "un"],
            "policies": ["procurement"],
            "segregated_duties": ["authorise", "pay"],
            "accounting_basis": "cash",
            "accounting_system": "paper",
        },
    }
