"""A small world of themes, places and organizations in several scripts, for the tests of search and directory."""

from types import SimpleNamespace

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from accounts.roles import StaffRole
from organizations.filters import OrganizationFilter
from organizations.lifecycle import RegistrationState
from organizations.models import Organization
from organizations.search import reindex
from programmes.models import Location, ThematicArea
from tests.factories.accounts import UserFactory
from tests.factories.organizations import OrganizationFactory, PresenceFactory, RegistrationFactory
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    PlaceFactory,
    StaffAssignmentFactory,
    ThemeFactory,
)


def make_themes() -> None:
    education = ThemeFactory(
        code="education",
        name="Education",
        names={"fr": "Éducation", "ar": "التعليم", "ru": "Образование", "zh": "教育"},
        synonyms={"en": ["school"], "fr": ["école"]},
    )
    ThemeFactory(code="early-learning", name="Early learning", parent=education)
    health = ThemeFactory(code="health", name="Health", names={"fr": "Santé", "ar": "الصحة", "ru": "Здоровье"})
    ThemeFactory(code="unsafe-abortion", name="Unsafe abortion", parent=health, is_sensitive=True)
    ThemeFactory(code="disability", name="Disability inclusion", synonyms={"en": ["DPO", "inclusive education"]})


def make_places() -> None:
    ethiopia = CountryFactory(code="ETH", iso2="ET", name="Ethiopia", names={"fr": "Éthiopie", "ar": "إثيوبيا"})
    somali = PlaceFactory(code="ET05", name="Somali", aliases=["Somali region"], parent=ethiopia)
    PlaceFactory(code="ET0508", name="Afder", parent=somali)
    PlaceFactory(code="ET02", name="Afar", parent=ethiopia)
    congo = CountryFactory(code="COD", iso2="CD", name="Democratic Republic of the Congo", aliases=["DRC", "RDC"])
    PlaceFactory(code="CD54", name="Ituri", parent=congo)
    mali = CountryFactory(code="MLI", iso2="ML", name="Mali")
    bamako = PlaceFactory(code="ML09", name="Bamako", parent=mali)
    PlaceFactory(code="ML0901", name="Bamako", parent=bamako)
    PlaceFactory(code="ML77", name="Somali", parent=mali)
    china = CountryFactory(code="CHN", iso2="CN", name="China", names={"zh": "中国"})
    PlaceFactory(code="CN053", name="Yunnan Province", names={"zh": "云南省"}, parent=china)
    CountryFactory(code="JOR", iso2="JO", name="Jordan", names={"ar": "الأردن"})
    CountryFactory(code="UKR", iso2="UA", name="Ukraine", names={"ru": "Украина"})
    CountryFactory(code="IND", iso2="IN", name="India")


def make_world() -> None:
    make_themes()
    make_places()


def make_organization(name, *works, verified=True, listed=True, office=None, **fields) -> Organization:
    """An organization at work as ``works`` says, each "theme@PLACE", verified and listed unless told otherwise."""
    fields.setdefault("country", None)
    organization = OrganizationFactory(name=name, listed=listed, **fields)
    for work in works:
        theme, _at, place = work.partition("@")
        PresenceFactory(
            organization=organization,
            theme=ThematicArea.objects.get(code=theme),
            location=Location.objects.get(code=place),
        )
    if verified:
        more = {"office": office} if office else {}
        RegistrationFactory(organization=organization, state=RegistrationState.VERIFIED, **more)
    reindex([organization.pk])
    return organization


def make_staff(role=StaffRole.PROGRAMME_OFFICER, **post):
    """Somebody at UNICEF."""
    post.setdefault("office", CountryOfficeFactory())
    return StaffAssignmentFactory(user=UserFactory(), role=role, **post).user


def ask(user=None, **asked) -> OrganizationFilter:
    """The filter of the directory as ``user`` (nobody) would ask it."""
    query = QueryDict(mutable=True)
    for name, value in asked.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    user = user or AnonymousUser()
    return OrganizationFilter(query, Organization.objects.visible_to(user), request=SimpleNamespace(user=user))


def found(text="", user=None, **asked) -> list[str]:
    """The names that the search finds, in alphabetical order."""
    return sorted(organization.name for organization in ask(user, q=text, **asked).qs)
