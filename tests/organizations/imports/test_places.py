import pytest

from organizations.imports.errors import Warnings
from organizations.imports.places import Place, PlaceFinder

KNOWN = [
    Place("QQQ", "Qland", 0, ""),
    Place("QQ01", "North", 1, "QQQ"),
    Place("QQ0101", "Upper", 2, "QQ01"),
    Place("QQ0102", "Lower", 2, "QQ01", codes=("QQ0777",)),
]


@pytest.fixture
def finder():
    return PlaceFinder("QQQ", KNOWN, Warnings())


def find(finder, *levels):
    return finder.find([(level, name, code, digits) for level, name, code, digits in levels], 2)


def district(finder, name, code, region="North", region_code="QQ01"):
    return find(finder, (1, region, region_code, None), (2, name, code, None))


def test_by_code(finder):
    assert district(finder, "Upper", "QQ0101") == "QQ0101"
    assert finder.warnings.totals() == {}


def test_by_the_digits_that_belong_to_each_level(finder):
    assert find(finder, (1, "North", "QQ010205", 2), (2, "Lower", "QQ010205", 4)) == "QQ0102"


@pytest.mark.parametrize("code", ["qq0101", "QQ101", "QQ 0101", "QQ010107"])
def test_codes_are_mended(finder, code):
    assert district(finder, "Upper", code) == "QQ0101"
    assert finder.warnings.totals() == {"code_mended": 1}


def test_an_unknown_code_with_a_known_name_in_its_region(finder):
    assert district(finder, "LOWER", "QQ0199") == "QQ0102"
    assert finder.warnings.totals() == {"code_unknown": 1}
    assert finder.learned == {"QQ0199": "QQ0102"}


def test_a_code_that_was_learned_before(finder):
    assert district(finder, "Whatever", "QQ0777") == "QQ0102"


def test_an_unknown_code_in_a_new_region_finds_the_only_place_of_that_name(finder):
    assert district(finder, "Lower", "QQ0901", "New North", "QQ09") == "QQ0102"
    assert [place.code for place in finder.made] == ["QQ09"]


def test_a_place_that_nobody_knows_is_made_with_its_region(finder):
    assert district(finder, "Coast", "QQ0201", "South", "QQ02") == "QQ0201"
    assert finder.made == [Place("QQ02", "South", 1, "QQQ"), Place("QQ0201", "Coast", 2, "QQ02")]
    assert finder.warnings.totals() == {"place_made": 2}


def test_the_code_wins_over_the_name_and_the_region(finder):
    assert district(finder, "Bondhere", "QQ0101", "South", "QQ02") == "QQ0101"
    assert finder.warnings.totals() == {"place_made": 1, "name_differs": 1, "parent_differs": 1}


def test_no_place_is_the_whole_country(finder):
    assert district(finder, "", "", "", "") == "QQQ"
    assert finder.warnings.totals() == {"no_place": 1}


def test_only_a_region(finder):
    assert district(finder, "", "") == "QQ01"


def test_a_name_without_a_code(finder):
    assert district(finder, "Upper", "") == "QQ0101"
    assert district(finder, "Nowhere", "") is None


def test_the_same_row_twice_warns_twice(finder):
    district(finder, "Upper", "QQ101")
    district(finder, "Upper", "QQ101")
    assert finder.warnings.lines() == ["Place code mended: QQ101 → QQ0101 (2 ×, row 2)"]
