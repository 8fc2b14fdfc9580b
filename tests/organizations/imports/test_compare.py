"""The comparison with an answer key in the HDX shape, on a key of a few rows."""

import json

import pytest
from django.core.management import CommandError, call_command

from organizations.imports.compare import compare, load_portal, read_key
from organizations.imports.presence import commit_presence, plan_presence
from organizations.models import Organization, Presence
from programmes.models import Location, ThematicArea
from tests.organizations.imports.conftest import ROWS

COLUMNS = (
    "location_code,provider_admin1_name,provider_admin2_name,admin1_code,admin2_code,admin_level,org_acronym,org_name,"
    "org_type_description,sector_code,warning,error"
)
TAGS = "#country+code,,,,,,,,,,,"


@pytest.fixture
def portal(country, layout, write):
    commit_presence(plan_presence(write(*ROWS), layout))


@pytest.fixture
def key(tmp_path):
    def key(*rows):
        path = tmp_path / "key.csv"
        path.write_text("\n".join([COLUMNS, TAGS, *rows, ""]), encoding="utf-8")
        return path

    return key


def compared(path):
    triples = read_key(path)
    return compare(triples, load_portal({triple.spelling.country for triple in triples}))


HOPE_1 = "QQQ,North,Upper,QQ01,QQ0101,2,HFA,Hope for All,National NGO,EDU,,"
HOPE_2 = "QQQ,North,Lower,QQ01,QQ0102,2,HFA,Hope for All (HFA),National NGO,HEA,,"
VISION = "QQQ,South,Coast,QQ02,QQ0201,2,WVI,World Vision,International NGO,HEA,,"


def test_full_agreement(portal, key):
    figures = compared(key(HOPE_1, HOPE_2, VISION)).figures()
    assert (figures["triples_in_key"], figures["triples_agreeing"], figures["share_of_key"]) == (3, 3, 1)
    assert (figures["portal_only"], figures["share_of_union"]) == (0, 1)
    assert (figures["types_compared"], figures["types_agreeing"]) == (3, 3)
    assert figures["countries"]["QQQ"]["share_of_key"] == 1
    assert figures["differences_by_reason"] == {}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("QQQ,North,Upper,QQ01,QQ0101,2,X,Somebody Else,National NGO,EDU,,", "organization_unknown"),
        ("QQQ,South,Coast,QQ02,QQ0201,2,HFA,Hope for All,National NGO,EDU,,", "place_differs"),
        ("QQQ,North,Upper,QQ01,QQ0101,2,HFA,Hope for All,National NGO,WSH,,", "sector_differs"),
    ],
)
def test_why_a_triple_disagrees(portal, key, row, why):
    comparison = compared(key(row))
    assert comparison.total.agreeing == 0
    assert why in {reason for _country, reason, _what in comparison.differences}


def test_a_code_that_the_key_replaced_is_looked_up_by_the_publishers_name(portal, key):
    moved = "QQQ,South,Coast,QQ01,QQ0101,2,WVI,World Vision,International NGO,HEA,PCode unknown QQ0201->QQ0101,"
    lost = "QQQ,South,Coast,,,2,WVI,World Vision,International NGO,HEA,PCode unknown QQ0201->'',"
    for row in (moved, lost):
        figures = compared(key(row)).figures()
        assert (figures["triples_agreeing"], figures["triples_agreeing_by_code_alone"]) == (1, 0)
    plain = moved.replace("PCode unknown QQ0201->QQ0101", "")
    assert compared(key(plain)).figures()["triples_agreeing"] == 0


def test_the_level_of_the_key_counts(portal, key):
    region = "QQQ,North,,QQ01,,1,HFA,Hope for All,National NGO,EDU,,"
    land = "QQQ,,,,,0,HFA,Hope for All,National NGO,EDU,,"
    assert compared(key(region, land)).figures()["triples_agreeing"] == 2


def test_rows_that_the_key_could_not_map_are_counted_apart(portal, key):
    unmapped = "QQQ,North,Lower,QQ01,QQ0102,2,HFA,Hope for All,National NGO,,,Unknown sector Santé"
    comparison = compared(key(HOPE_1, VISION, unmapped))
    figures = comparison.figures()
    assert (figures["triples_in_key"], figures["key_rows_without_sector"]) == (2, 1)
    assert (figures["portal_only"], figures["portal_only_because_key_lacks_sector"]) == (1, 1)
    assert comparison.differences == [("QQQ", "key_lacks_sector", "Hope for All · QQ0102 · HEA")]


def test_types_that_differ_are_told(portal, key):
    comparison = compared(key(HOPE_1.replace("National NGO", "Government"), VISION.replace("International NGO", "")))
    assert (comparison.total.types_compared, comparison.total.types_agreeing) == (1, 0)
    assert comparison.total.types_not_in_key == 1
    assert ("QQQ", "type_differs", "Hope for All: Government / National NGO") in comparison.differences


def test_what_partners_say_of_themselves_is_left_out(portal, key):
    Presence.objects.create(
        organization=Organization.objects.get(name="Hope for All"),
        theme=ThematicArea.objects.get(code="health"),
        location=Location.objects.get(code="QQ0101"),
    )
    assert compared(key(HOPE_1)).figures()["triples_in_portal"] == 3


def test_command(portal, key, capsys):
    path = str(key(HOPE_1, VISION.replace("Coast,QQ02,QQ0201", "Upper,QQ01,QQ0101")))
    call_command("compare_presence", path, "--json")
    assert json.loads(capsys.readouterr().out)["share_of_key"] == 0.5
    call_command("compare_presence", path, "--country", "QQQ")
    shown = capsys.readouterr().out
    assert "triples                   50.00%  1 of 2: of the key's triples are in the portal" in shown
    assert "QQQ: World Vision · QQ0101 · HEA: the organization works on this sector, in other places" in shown


def test_command_refuses_what_is_no_key(portal, write):
    with pytest.raises(CommandError, match="not an answer key in the HDX shape: it lacks the columns admin1_code"):
        call_command("compare_presence", str(write(*ROWS)))
