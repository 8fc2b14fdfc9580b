"""The three OCHA lists, all of them, against what OCHA itself made of them."""

import pytest
from django.core.management import call_command

from organizations.imports.compare import compare, load_portal, read_key
from organizations.imports.presence import commit_presence, plan_presence
from organizations.models import Organization, PossibleTwin
from programmes.imports.locations import load_locations
from programmes.imports.reference import load_reference

FILES = {
    "ethiopia-4w": "3w-ethiopia-2025-05-07/ethiopia_4w_2025-05_to_07.csv",
    "somalia-3w": "3w-somalia-2025-01-04/somalia_3w_2025-01_to_04.csv",
    "drc-4w": "3w-drc-2025-05/drc_4w_2025-05.csv",
}
KEY = "hdx-normalised-presence-2025/hapi_operational_presence_cod_eth_som.csv"
PLACES = "reference-geo/global_pcodes_adm1_adm2.csv"


def load_places(folder):
    load_reference()
    load_locations(folder / PLACES, countries=["ETH", "SOM", "COD"], commit=True)


@pytest.fixture(scope="module")
def kept_reference(kept, real_data):
    kept(load_places, real_data)


@pytest.fixture
def reference(kept_reference, db):
    """The reference data and the places of the three countries."""


def test_the_three_lists_agree_with_the_answer_key(real_data, reference):
    figures = {}
    for layout, name in FILES.items():
        figures[layout] = commit_presence(plan_presence(real_data / name, layout)).figures()
    assert {layout: (one["rows"], one["taken"], one["rejected"]) for layout, one in figures.items()} == {
        "ethiopia-4w": (9969, 9969, 0),
        "somalia-3w": (4146, 4143, 3),
        "drc-4w": (4343, 4343, 0),
    }
    assert figures["somalia-3w"]["rejects_by_reason"] == {"no_organization": 3}
    assert sum(one["seconds"] for one in figures.values()) < 30

    key = read_key(real_data / KEY)
    comparison = compare(key, load_portal(["ETH", "SOM", "COD"]))
    for country, agreement in [*comparison.countries.items(), ("all", comparison.total)]:
        shares = agreement.figures()
        assert shares["share_of_key"] >= 0.99, country
        assert shares["types_share"] >= 0.99, country
    assert comparison.total.figures()["share_of_key_by_code_alone"] >= 0.97
    assert comparison.total.figures()["share_of_union"] >= 0.985

    for layout, name in FILES.items():
        again = commit_presence(plan_presence(real_data / name, layout)).figures()
        made = ("organizations_created", "places_created", "presences_created", "presences_updated", "possible_twins")
        assert [again[one] for one in made] == [0] * 5, layout

    unicef = Organization.objects.get(acronym="UNICEF")
    assert unicef.partner_type == "un_agency"
    assert "fonds des nations unies pour l enfance" in unicef.search_text
    assert PossibleTwin.objects.count() == sum(one["possible_twins"] for one in figures.values())


@pytest.mark.parametrize("layout", FILES)
def test_a_plan_of_a_real_list_writes_nothing(real_data, reference, layout, capsys):
    call_command("import_presence", str(real_data / FILES[layout]), "--layout", layout)
    assert "Nothing was written." in capsys.readouterr().out
    assert Organization.objects.count() == 0


def test_a_real_list_under_the_wrong_layout_names_the_right_one(real_data, reference):
    for layout, name in FILES.items():
        wrong = next(other for other in FILES if other != layout)
        with pytest.raises(Exception, match=f"Its columns look like the layout “{layout}”"):
            plan_presence(real_data / name, wrong)
