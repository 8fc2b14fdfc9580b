"""Reference data for programs: read by everybody, by code, as JSON or CSV."""

from django.db.models import Prefetch
from rest_framework import serializers

from portal.kit.api import RecordViewSet
from programmes.filters import LocationFilter, OfficeFilter, ThemeFilter
from programmes.models import CountryOffice, Location, Strategy, ThematicArea


class CodeField(serializers.SlugRelatedField):
    """A related row, by its code."""

    def __init__(self, **options):
        super().__init__(slug_field="code", read_only=True, **options)


class StrategySerializer(serializers.ModelSerializer):
    class Meta:
        model = Strategy
        fields = ["code", "name", "names", "order", "source"]


class ThemeSerializer(serializers.ModelSerializer):
    parent = CodeField(allow_null=True)

    class Meta:
        model = ThematicArea
        fields = [
            *("code", "name", "names", "parent", "path", "synonyms", "hdx_sector", "ocha_cluster", "dac_sectors"),
            *("source", "order", "is_featured", "is_sensitive"),
        ]


class LocationSerializer(serializers.ModelSerializer):
    parent = CodeField(allow_null=True)

    class Meta:
        model = Location
        fields = ["code", "iso2", "level", "name", "names", "aliases", "parent", "path"]


class OfficeSerializer(serializers.ModelSerializer):
    region = CodeField(allow_null=True)
    region_acronym = serializers.CharField(source="region.acronym", default=None, allow_null=True, read_only=True)
    countries = serializers.SerializerMethodField()

    class Meta:
        model = CountryOffice
        fields = [
            "code",
            "sign",
            "name",
            "names",
            "region",
            "region_acronym",
            "countries",
            "is_headquarters",
            "is_active",
        ]

    def get_countries(self, office) -> list[str]:
        return [country.code for country in office.country_list]


class ReferenceViewSet(RecordViewSet):
    """A list of reference data: public, and each row known by its code."""

    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9.-]+"
    ordering_fields = ("code",)


class ThemeViewSet(ReferenceViewSet):
    """Thematic areas. ``within`` takes a theme's code and gives it with everything below it."""

    model = ThematicArea
    serializer_class = ThemeSerializer
    filterset_class = ThemeFilter
    csv_columns = {
        "code": lambda theme: theme.code,
        "name": lambda theme: theme.name,
        "path": lambda theme: theme.path,
        "hdx_sector": lambda theme: theme.hdx_sector,
        "source": lambda theme: theme.source,
    }

    def with_related(self, rows):
        return rows.select_related("parent")


class LocationViewSet(ReferenceViewSet):
    """Countries and places. ``within`` takes a place's code and gives it with everything in it."""

    model = Location
    serializer_class = LocationSerializer
    filterset_class = LocationFilter
    csv_columns = {
        "code": lambda place: place.code,
        "name": lambda place: place.name,
        "level": lambda place: place.level,
        "path": lambda place: place.path,
    }

    def with_related(self, rows):
        return rows.select_related("parent")


class CountryViewSet(LocationViewSet):
    """Countries and areas alone."""

    def with_related(self, rows):
        return super().with_related(rows).countries()


class StrategyViewSet(ReferenceViewSet):
    """How organizations work."""

    model = Strategy
    serializer_class = StrategySerializer
    csv_columns = {"code": lambda strategy: strategy.code, "name": lambda strategy: strategy.name}


class OfficeViewSet(ReferenceViewSet):
    """UNICEF country offices with the countries they serve, and headquarters, which serves none."""

    model = CountryOffice
    serializer_class = OfficeSerializer
    filterset_class = OfficeFilter
    csv_columns = {
        "code": lambda office: office.code,
        "sign": lambda office: office.sign,
        "name": lambda office: office.name,
        "region": lambda office: office.region.acronym if office.region else "",
        "countries": lambda office: " ".join(country.code for country in office.country_list),
    }

    def with_related(self, rows):
        countries = Prefetch("countries", Location.objects.only("code"), to_attr="country_list")
        return rows.select_related("region").prefetch_related(countries)


ROUTES = [
    ("themes", ThemeViewSet, "theme"),
    ("countries", CountryViewSet, "country"),
    ("locations", LocationViewSet, "location"),
    ("strategies", StrategyViewSet, "strategy"),
    ("offices", OfficeViewSet, "office"),
]
