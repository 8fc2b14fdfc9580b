"""The reference data that the portal ships, and the command that loads it."""

import csv
import json
from collections import Counter

import pytest
from django.core.management import call_command

from programmes.imports.reference import load_reference
from programmes.models import CountryOffice, Location, RegionalOffice, Strategy, ThematicArea

LANGUAGES = {"fr", "ar", "es", "ru", "zh"}

OFFICES_BY_REGION = {
    "EAPRO": 14,
    "ECARO": 22,
    "ESARO": 21,
    "LACRO": 24,
    "MENARO": 16,
    "ROSA": 8,
    "WCARO": 24,
    None: 1,  # headquarters
}  # domain §16


@pytest.mark.usefixtures("reference")
class TestWhatIsShipped:
    def test_offices_by_region(self):
        found = Counter(CountryOffice.objects.values_list("region__acronym", flat=True))
        assert found == OFFICES_BY_REGION

    def test_every_office_serves_a_country_and_has_its_name(self):
        offices = CountryOffice.objects.of_countries().prefetch_related("countries")
        assert [office.name for office in offices if not office.countries.all()] == []
        assert CountryOffice.objects.get(code="1410").names["ar"] == "إثيوبيا"

    @pytest.mark.parametrize(("office", "countries"), [("1430", 14), ("0420", 12), ("3780", 5)])
    def test_offices_for_several_countries(self, office, countries):
        assert CountryOffice.objects.get(code=office).countries.count() == countries

    def test_no_country_has_two_offices(self):
        served = Counter(CountryOffice.objects.values_list("countries__code", flat=True))
        assert [code for code, offices in served.items() if offices > 1] == []

    def test_countries_are_named_in_six_languages(self):
        countries = Location.objects.countries()
        assert countries.count() == 250
        assert [country.code for country in countries if set(country.names) != LANGUAGES] == []

    @pytest.mark.parametrize(
        ("code", "language", "name"),
        [
            ("PSE", "en", "State of Palestine"),
            ("TUR", "en", "Türkiye"),
            ("COD", "fr", "République démocratique du Congo"),
            ("TTO", "en", "Trinidad and Tobago"),
            ("LCA", "en", "Saint Lucia"),
            ("JOR", "ar", "الأردن"),
            ("XKX", "en", "Kosovo (UNSCR 1244)"),
        ],
    )
    def test_countries_are_called_what_the_united_nations_call_them(self, code, language, name):
        country = Location.objects.get(code=code)
        assert {"en": country.name, **country.names}[language] == name

    def test_kosovo_carries_its_footnote(self):
        assert "1244" in str(Location.objects.get(code="XKX").footnote)
        assert Location.objects.get(code="ALB").footnote == ""

    def test_sectors_and_specializations_of_the_shared_list(self):
        shared = ThematicArea.objects.filter(source__startswith="UNPP ")
        assert shared.filter(parent=None).count() == 13
        assert shared.exclude(parent=None).count() == 81
        assert ThematicArea.objects.sectors().count() == 13

    def test_every_specialization_stands_in_its_sector(self):
        sector = dict(ThematicArea.objects.sectors().values_list("source", "path"))
        for theme in ThematicArea.objects.filter(source__regex=r"UNPP \d+\.\d+"):
            assert theme.path.startswith(sector[theme.source.partition(".")[0]])

    def test_every_theme_has_its_names(self):
        themes = ThematicArea.objects.all()
        assert [theme.code for theme in themes if not {"fr", "ar"} <= set(theme.names)] == []
        assert [theme.code for theme in themes.sectors() if LANGUAGES - set(theme.names)] == []

    def test_the_six_sectors_of_the_source_text_come_first(self):
        """S1-9."""
        featured = set(ThematicArea.objects.featured().values_list("code", flat=True))
        assert featured >= {"child-protection", "education", "health", "nutrition", "hiv-aids", "wash-environment"}

    @pytest.mark.parametrize(
        "code",
        [
            *("unsafe-abortion", "adolescent-pregnancy", "child-abuse", "marginalized-groups", "disability-inclusion"),
            *("climate-change", "child-poverty", "maternal-newborn-child-health", "child-participation"),
            *("early-childhood-development", "budget-monitoring", "social-mobilization", "children-on-the-move"),
        ],
    )
    def test_what_the_source_texts_name_is_a_theme(self, code):
        assert ThematicArea.objects.filter(code=code).exists()

    def test_strategies(self):
        """S0-14 to S0-18."""
        assert list(Strategy.objects.values_list("source", flat=True)) == [f"S0-{n}" for n in range(14, 19)]

    def test_the_five_regions_with_plans_of_action(self):
        """S2-3."""
        regions = Location.objects.filter(parent__code="UZB", code__in=["UZ30", "UZ35", "UZ33", "UZ14", "UZ22"])
        assert regions.count() == 5

    @pytest.mark.parametrize("model", [RegionalOffice, CountryOffice, Location, ThematicArea, Strategy])
    def test_every_row_is_valid(self, model):
        for row in model.objects.all():
            row.full_clean(validate_unique=False, validate_constraints=False)


@pytest.mark.usefixtures("reference")
class TestLoadingAgain:
    def test_changes_nothing(self):
        for tally in load_reference().values():
            assert tally["added"] == tally["changed"] == tally["kept"] == 0

    def test_keeps_what_an_administrator_edited(self):
        Strategy.objects.filter(code="advocacy").update(name="Speaking up")
        assert load_reference()["strategies"] == {"added": 0, "changed": 0, "unchanged": 4, "kept": 1}
        assert Strategy.objects.get(code="advocacy").name == "Speaking up"

    def test_overwrites_when_told(self):
        Strategy.objects.filter(code="advocacy").update(name="Speaking up")
        theme = ThematicArea.objects.get(code="safe-water")
        theme.parent = None
        theme.save()
        CountryOffice.objects.get(code="1430").countries.clear()
        figures = load_reference(overwrite=True)
        assert (figures["strategies"]["changed"], figures["themes"]["changed"]) == (1, 1)
        assert Strategy.objects.get(code="advocacy").name == "Advocacy and policy reform with communities"
        assert ThematicArea.objects.get(code="safe-water").path == "wash-environment/safe-water/"
        assert CountryOffice.objects.get(code="1430").countries.count() == 14

    def test_adds_what_is_missing(self):
        ThematicArea.objects.filter(code="energy").delete()
        assert load_reference()["themes"]["added"] == 1

    def test_costs_few_queries(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(20):
            load_reference()


def test_command_prints_figures(db, capsys):
    call_command("load_reference", "--json")
    assert json.loads(capsys.readouterr().out)["country offices"]["added"] == 130
    call_command("load_reference")
    assert "Country offices: 130 unchanged" in capsys.readouterr().out


class TestAgainstRealData:
    def test_every_sector_of_the_answer_key_is_one_theme(self, reference, real_data):
        with open(real_data / "hdx-normalised-presence-2025" / "hapi_operational_presence_cod_eth_som.csv") as key:
            used = {row["sector_code"] for row in csv.DictReader(key)} - {"", "#sector+code"}
        with open(real_data / "hdx-org-aliases" / "sectors_en_fr.csv") as sectors:
            used |= {row["ACRONYM"] for row in csv.DictReader(sectors) if not row["ACRONYM"].startswith("#")}
        themes = Counter(ThematicArea.objects.filter(hdx_sector__in=used).values_list("hdx_sector", flat=True))
        assert themes == dict.fromkeys(used, 1)

    def test_places_carry_the_codes_and_spellings_of_ocha(self, reference, real_data):
        with open(real_data / "reference-geo" / "global_pcodes_adm1_adm2.csv", encoding="utf-8-sig") as file:
            known = {row["P-Code"]: (row["Name"], row["Parent P-Code"]) for row in csv.DictReader(file)}
        ours = Location.objects.exclude(parent=None).exclude(path__startswith="JOR/")
        assert {code: known.get(code) for code in ours.values_list("code", flat=True)} == {
            code: (name, parent) for code, name, parent in ours.values_list("code", "name", "parent__code")
        }

    def test_offices_carry_the_codes_of_unicef(self, reference, real_data):
        listed = set()
        for name in ("unicef_business_areas_etools.csv", "unicef_business_areas_unpp.csv"):
            with open(real_data / "unicef-offices" / name) as file:
                listed |= {row["business_area_code"] for row in csv.DictReader(file)}
        assert set(CountryOffice.objects.values_list("code", flat=True)) <= listed
        assert set(RegionalOffice.objects.values_list("code", flat=True)) <= listed
