"""Names, trees, offices and posts."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import translation

from accounts.roles import StaffRole
from programmes.models import CountryOffice, Location, StaffAssignment, ThematicArea
from tests.factories.accounts import UserFactory
from tests.factories.programmes import (
    CountryFactory,
    CountryOfficeFactory,
    PlaceFactory,
    RegionalOfficeFactory,
    StaffAssignmentFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def education():
    return ThemeFactory(
        code="education",
        name="Education",
        names={"fr": "Éducation", "ar": "التعليم", "zh": "教育"},
        synonyms={"fr": ["école"], "ru": ["учёба"]},
        hdx_sector="EDU",
    )


class TestNames:
    @pytest.mark.parametrize(
        ("language", "label"),
        [("en", "Education"), ("fr", "Éducation"), ("ar", "التعليم"), ("zh-hans", "教育"), ("ru", "Education")],
    )
    def test_label_follows_the_reader(self, education, language, label):
        with translation.override(language):
            assert (education.label, str(education)) == (label, label)

    def test_other_names_leave_out_the_readers_own(self, education):
        with translation.override("fr"):
            assert education.other_names == {"en": "Education", "ar": "التعليم", "zh": "教育"}

    @pytest.mark.parametrize("names", [[], {"fr": ""}, {"fr": 1}, {"fr": ["Éducation"]}])
    def test_names_are_one_text_for_each_language(self, education, names):
        education.names = names
        with pytest.raises(ValidationError) as refused:
            education.full_clean()
        assert "names" in refused.value.message_dict

    @pytest.mark.parametrize(("field", "value"), [("synonyms", {"en": "school"}), ("dac_sectors", "11110")])
    def test_words_and_codes_are_lists(self, education, field, value):
        setattr(education, field, value)
        with pytest.raises(ValidationError) as refused:
            education.full_clean()
        assert field in refused.value.message_dict

    def test_aliases_are_a_list(self):
        with pytest.raises(ValidationError):
            CountryFactory.build(aliases={"en": "DRC"}).full_clean()


class TestTree:
    def test_within_is_the_node_and_what_lies_below(self, education):
        meals = ThemeFactory(parent=education)
        deeper = ThemeFactory(parent=meals)
        ThemeFactory(code="education2")
        assert set(ThematicArea.objects.within(education)) == {education, meals, deeper}
        assert list(ThematicArea.objects.above(deeper)) == [education, meals]
        assert deeper.depth == 2

    def test_sectors_are_the_top(self, education):
        ThemeFactory(parent=education)
        assert list(ThematicArea.objects.sectors()) == [education]

    @pytest.mark.parametrize("words", ["education", "ÉDUCATION", "Ecole", "التَّعليم", "учеба", "教育", "edu ecole", ""])
    def test_matching_finds_any_word_in_any_script(self, education, words):
        assert list(ThematicArea.objects.matching(words)) == [education]

    def test_matching_wants_every_word(self, education):
        assert list(ThematicArea.objects.matching("education water")) == []

    def test_prefix_search_uses_an_index(self, education):
        for query in (Location.objects.filter(path__startswith="ETH/"), ThematicArea.objects.within(education)):
            if connection.vendor == "postgresql":
                table = query.model._meta.db_table
                with connection.cursor() as cursor:
                    cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [table])
                    assert any("(path varchar_pattern_ops)" in row[0] for row in cursor.fetchall())
            else:
                assert f"USING INDEX {query.model._meta.db_table}_path_nocase" in query.order_by().explain()

    def test_what_has_children_stays(self, education):
        ThemeFactory(parent=education)
        with pytest.raises(ProtectedError):
            education.delete()

    def test_an_hdx_code_belongs_to_one_theme(self, education):
        with pytest.raises(ValidationError, match="Another theme carries this HDX sector code"):
            ThemeFactory.build(hdx_sector="EDU").full_clean()


class TestLocation:
    def test_knows_its_country(self):
        country = CountryFactory(code="ETH")
        region = PlaceFactory(parent=country, code="ET05")
        zone = PlaceFactory(parent=region, code="ET0508")
        assert zone.path == "ETH/ET05/ET0508/"
        assert (zone.country_code, country.country_code) == ("ETH", "ETH")
        assert (country.is_country, zone.is_country) == (True, False)
        assert (zone.get_absolute_url(), country.get_absolute_url()) == ("/countries/ETH/ET0508/", "/countries/ETH/")

    def test_level_is_one_below_the_parent(self):
        with pytest.raises(ValidationError, match="not one level below"):
            PlaceFactory.build(parent=CountryFactory(), level=Location.Level.ADMIN_2).full_clean()

    def test_only_a_country_is_part_of_nothing(self):
        with pytest.raises(ValidationError, match="A country is part of nothing"):
            CountryFactory.build(level=1).full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            CountryFactory(level=1)


class TestOffice:
    def test_serving_finds_the_office_of_any_place(self):
        country = CountryFactory()
        office = CountryOfficeFactory(countries=[country, CountryFactory()])
        CountryOfficeFactory()
        assert list(CountryOffice.objects.serving(PlaceFactory(parent=country))) == [office]

    def test_active(self):
        office = CountryOfficeFactory()
        CountryOfficeFactory(is_active=False)
        assert list(CountryOffice.objects.active()) == [office]


class TestStaffAssignment:
    def test_covers_its_office_its_region_or_everything(self):
        here = CountryOfficeFactory()
        neighbour, far = CountryOfficeFactory(region=here.region), CountryOfficeFactory()
        at_office = StaffAssignmentFactory(office=here)
        in_region = StaffAssignmentFactory(office=None, region=here.region)
        at_headquarters = StaffAssignmentFactory(office=None)
        covered = [
            [post.covers(office) for office in (here, neighbour, far)]
            for post in StaffAssignment.objects.order_by("pk")
        ]
        assert covered == [[True, False, False], [True, True, False], [True, True, True]]
        assert [post.is_headquarters for post in (at_office, in_region, at_headquarters)] == [False, False, True]
        assert [post.place for post in (at_office, in_region)] == [here.name, here.region.name]
        assert at_headquarters.place == "headquarters"

    def test_gives_the_person_the_role(self):
        post = StaffAssignmentFactory(role=StaffRole.HEAD_OF_OFFICE)
        assert post.user.holds(StaffRole.HEAD_OF_OFFICE, post.office)
        assert not post.user.holds(StaffRole.REVIEWER, post.office)
        assert not post.user.holds(StaffRole.HEAD_OF_OFFICE, CountryOfficeFactory())

    def test_is_at_an_office_or_in_a_region_not_both(self):
        with pytest.raises(ValidationError, match="not both"):
            StaffAssignmentFactory.build(
                user=UserFactory(), office=CountryOfficeFactory(), region=RegionalOfficeFactory()
            ).full_clean()

    @pytest.mark.parametrize("scope", ["office", "region", "headquarters"])
    def test_is_given_once(self, scope):
        where = {"office": None, "region": None}
        if scope == "office":
            where["office"] = CountryOfficeFactory()
        elif scope == "region":
            where["region"] = RegionalOfficeFactory()
        user = UserFactory()
        StaffAssignmentFactory(user=user, **where)
        with pytest.raises(ValidationError, match="has this role there already"):
            StaffAssignmentFactory.build(user=user, **where).full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffAssignmentFactory(user=user, **where)
