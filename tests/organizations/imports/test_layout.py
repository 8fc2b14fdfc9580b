import pytest

from organizations.imports.errors import ImportProblem
from organizations.imports.layout import check_headings, load_layout
from organizations.imports.presence import LAYOUTS, presence_layouts
from partnerships.imports import LAYOUTS as AGREEMENT_LAYOUTS
from partnerships.imports import agreement_layouts


def problem_of(name, kind="presence"):
    with pytest.raises(ImportProblem) as caught:
        load_layout(name, kind=kind, folder=LAYOUTS)
    return str(caught.value)


def test_shipped_layouts():
    assert sorted(presence_layouts()) == ["drc-4w", "ethiopia-4w", "somalia-3w"]
    assert sorted(agreement_layouts()) == ["drc-4w"]


@pytest.mark.parametrize("name", ["drc-4w", "ethiopia-4w", "somalia-3w"])
def test_shipped_presence_layouts_are_sound(name):
    assert load_layout(name, kind="presence", folder=LAYOUTS).name == name


def test_the_shipped_agreement_layout_is_sound():
    assert load_layout("drc-4w", kind="agreements", folder=AGREEMENT_LAYOUTS).country == "COD"


def test_words_are_looked_up_folded(layout):
    assert layout.value("sector", "SCHOOLING ") == "EDU"
    assert layout.value("sector", "Fishing") is None


def test_no_such_layout():
    assert problem_of("mars-4w").startswith("There is no layout “mars-4w”. Shipped layouts: drc-4w, ethiopia-4w")


def test_a_layout_for_something_else(layout_path):
    with pytest.raises(ImportProblem, match="it is for “presence”, not for “agreements”"):
        load_layout(layout_path, kind="agreements", folder=LAYOUTS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[columns]", "[colums]"), "unknown keys colums."),
        (('sector = "Sector"', 'sektor = "Sector"'), "it does not say sector."),
        (('period = "Month"', 'month = "Month"'), "unknown columns month."),
        (('source = "Qland list"', ""), "it does not say source."),
        (("digits = 2", "numbers = 2"), "unexpected keyword argument 'numbers'"),
        (("(?P<acronym>", "(?P<acronym"), "missing >, unterminated name"),
        (("[columns]", "[columns"), "cannot be read"),
    ],
)
def test_a_mistake_in_a_layout_is_told(layout_path, change, sentence):
    layout_path.write_text(layout_path.read_text().replace(*change))
    assert sentence in problem_of(layout_path)


def test_missing_columns_are_named_and_the_nearest_layout_suggested():
    layout = load_layout("ethiopia-4w", kind="presence", folder=LAYOUTS)
    somali = load_layout("somalia-3w", kind="presence", folder=LAYOUTS).headings
    with pytest.raises(ImportProblem) as caught:
        check_headings(layout, somali, LAYOUTS)
    assert str(caught.value) == (
        "This is not a file of the layout “ethiopia-4w”: it lacks the columns “Implementing Partner Name”,"
        " “Implementing Partner Acronym”, “Implementing Partner Type”, “Activity status”, “WoredaPcod”, “Zone”."
        " Its columns look like the layout “somalia-3w”."
    )


def test_missing_columns_that_fit_no_layout(layout):
    with pytest.raises(ImportProblem, match="Found: “A”, “B”"):
        check_headings(layout, ["A", "B"], LAYOUTS)


def test_headings_may_differ_in_case_accents_and_line_breaks(layout):
    check_headings(layout, ["PARTNER", "type", "Séctor", "Month\n", "Region", "District", "Code"], LAYOUTS)
