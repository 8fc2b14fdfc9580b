"""The measure command: what it reads, what it counts, and how good the finder is on the gold standard."""

import json

import pytest
from django.core.management import CommandError, call_command

from organizations.twins.measure import ListProblem, Row, measure, read_list


def test_a_list_with_headings_in_any_order_and_an_acronym(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Canonical Name;Lookup;Acronym\n#tag;#x;#y\nHorn Lifeline;HORN LIFELINE;HLL\n", encoding="utf-8")
    assert read_list(path) == [Row("HORN LIFELINE", "Horn Lifeline", "HLL")]


def test_a_list_without_headings(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("HLL,Horn Lifeline\nKivu Hope,Hope of Kivu\n", encoding="utf-8")
    assert read_list(path) == [Row("HLL", "Horn Lifeline"), Row("Kivu Hope", "Hope of Kivu")]


@pytest.mark.parametrize("text", ["", "one column\nonly\n"])
def test_a_list_that_cannot_be_used_is_told(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ListProblem, match="two columns"):
        read_list(path)
    with pytest.raises(CommandError):
        call_command("measure_duplicates", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("measure_duplicates", str(tmp_path / "none.csv"))


def test_what_is_counted():
    rows = [
        Row("Horn Lifeline", "Horn Lifeline"),
        Row("Horn Lifelin", "Horn Lifeline"),  # found
        Row("Zebra", "Quite Another"),  # missed
        Row("Kivu Hopes", "Light of Kivu"),  # missed, and a false hit
        Row("Kivu Hope", "Kivu Hope"),
        Row("", "Nobody"),
    ]
    told = measure(rows).figures()
    assert (told["rows"], told["left_out"], told["spellings"], told["records"]) == (6, 1, 5, 4)
    assert told["per_spelling"] == {
        **{"recall": 0.6, "precision": 0.75, "f1": 0.6667},
        **{"wanted": 5, "found": 3, "proposed": 4, "right": 3},
    }
    assert [miss["spelling"] for miss in told["misses"]] == ["Zebra", "Kivu Hopes"]
    assert [(hit["spelling"], hit["proposed"]) for hit in told["false_hits"]] == [("Kivu Hopes", "Kivu Hope")]


def test_names_that_a_list_gives_twice_are_one_organization():
    told = measure([Row("Hope", "Hope"), Row("HOPE (HPE)", "HOPE (HPE)")]).figures()
    assert (told["organizations"], told["per_spelling"]["precision"]) == (1, 1.0)
    assert told["per_spelling_as_listed"]["precision"] == 0.5


def test_the_gold_standard(real_data, capsys):
    path = real_data / "hdx-org-aliases" / "org_map.csv"
    call_command("measure_duplicates", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 986
    assert told["recall"] >= 0.965
    assert told["precision"] >= 0.90
    assert told["other_spellings_only"]["recall"] >= 0.89
    held_out = told["held_out"]
    assert sum(fold["recall"] for fold in held_out) / len(held_out) >= 0.955
    assert sum(fold["precision"] for fold in held_out) / len(held_out) >= 0.90


def test_the_report_for_people(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("spelling,canonical name\nZebra,Quite Another\nHope,Hope\n", encoding="utf-8")
    call_command("measure_duplicates", str(path))
    out = capsys.readouterr().out
    assert "Zebra  is not found as  Quite Another" in out
    assert "headline" in out
