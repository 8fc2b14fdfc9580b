"""Offices, places, themes, strategies and posts for tests; nothing is random."""

import factory
from factory.django import DjangoModelFactory

from accounts.roles import StaffRole
from programmes.models import CountryOffice, Location, RegionalOffice, StaffAssignment, Strategy, ThematicArea


class CountryFactory(DjangoModelFactory):
    class Meta:
        model = Location

    code = factory.Sequence(lambda n: f"Q{n:02d}")
    name = factory.Sequence(lambda n: f"Country {n:02d}")
    level = Location.Level.COUNTRY


class PlaceFactory(DjangoModelFactory):
    """A place one level below ``parent``, a country unless told otherwise."""

    class Meta:
        model = Location

    parent = factory.SubFactory(CountryFactory)
    level = factory.LazyAttribute(lambda place: place.parent.level + 1)
    code = factory.Sequence(lambda n: f"QP{n:03d}")
    name = factory.Sequence(lambda n: f"Place {n:03d}")


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = ThematicArea

    code = factory.Sequence(lambda n: f"theme-{n}")
    name = factory.Sequence(lambda n: f"Theme {n:03d}")
    order = factory.Sequence(lambda n: n)


class StrategyFactory(DjangoModelFactory):
    class Meta:
        model = Strategy

    code = factory.Sequence(lambda n: f"strategy-{n}")
    name = factory.Sequence(lambda n: f"Strategy {n}")


class RegionalOfficeFactory(DjangoModelFactory):
    class Meta:
        model = RegionalOffice

    code = factory.Sequence(lambda n: f"{n:03d}R")
    acronym = factory.Sequence(lambda n: f"RO{n}")
    name = factory.Sequence(lambda n: f"Region {n:02d}")
    city = "Atown"


class CountryOfficeFactory(DjangoModelFactory):
    """An office that serves one country, named like it; ``countries=[…]`` for others."""

    class Meta:
        model = CountryOffice
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"{n:04d}")
    sign = factory.Sequence(lambda n: f"{n:03X}")
    name = factory.Sequence(lambda n: f"Office {n:02d}")
    region = factory.SubFactory(RegionalOfficeFactory)

    @factory.post_generation
    def countries(self, create, extracted):
        if create:
            self.countries.set(extracted or [CountryFactory(name=self.name)])


class HeadquartersFactory(DjangoModelFactory):
    """The office that registers the headquarters of international organizations; there is one."""

    class Meta:
        model = CountryOffice
        django_get_or_create = ("is_headquarters",)

    code = "456R"
    sign = "UHQ"
    name = "Headquarters"
    is_headquarters = True


class StaffAssignmentFactory(DjangoModelFactory):
    """A post at one office; ``office=None`` is headquarters, ``office=None, region=…`` a whole region."""

    class Meta:
        model = StaffAssignment

    user = factory.SubFactory("tests.factories.accounts.UserFactory")
    role = StaffRole.PROGRAMME_OFFICER
    office = factory.SubFactory(CountryOfficeFactory)
