"""Loading places from OCHA's list of p-codes, from good files and from bad ones."""

import json

import pytest
from django.core.management import CommandError, call_command

from portal.kit.tables import Unreadable
from programmes.imports.locations import load_locations
from programmes.models import Location
from tests.factories.programmes import CountryFactory, PlaceFactory

pytestmark = pytest.mark.django_db

HEADING = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n"
GOOD = (
    HEADING + "MLI,2,ML0901,Bamako,ML09,2020-01-01\nMLI,1,ML09,Bamako,MLI,2020-01-01\nMLI,1,ML04,Ségou,MLI,2020-01-01\n"
)


@pytest.fixture
def mali():
    return CountryFactory(code="MLI", name="Mali")


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "places.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def reasons(report):
    return [(line, reason) for line, reason in report.rejects]


class TestGoodFile:
    def test_dry_run_writes_nothing(self, mali, file):
        assert load_locations(file(GOOD)).figures() == {
            **{"rows": 3, "taken": 3, "rejected": 0, "rejects_by_reason": {}},
            **{"created": 3, "updated": 0, "unchanged": 0},
        }
        assert Location.objects.count() == 1

    def test_parents_are_found_wherever_they_stand(self, mali, file):
        load_locations(file(GOOD), commit=True)
        district = Location.objects.get(code="ML0901")
        assert (district.path, district.level) == ("MLI/ML09/ML0901/", Location.Level.ADMIN_2)
        assert Location.objects.within(mali).count() == 4
        assert Location.objects.get(code="ML04").search_text == "segou\nml04"

    def test_a_second_run_changes_nothing(self, mali, file):
        load_locations(file(GOOD), commit=True)
        again = load_locations(file(GOOD), commit=True)
        assert (again.created, again.updated, again.unchanged) == (0, 0, 3)

    def test_a_new_spelling_is_taken_and_languages_stay(self, mali, file):
        PlaceFactory(parent=mali, code="ML04", name="Segu", names={"fr": "Ségou"})
        assert load_locations(file(GOOD), commit=True).updated == 1
        place = Location.objects.get(code="ML04")
        assert (place.name, place.names) == ("Ségou", {"fr": "Ségou"})
        assert place.search_text == "segou\nml04"

    def test_byte_order_mark_tags_and_empty_lines_are_passed_over(self, mali, file):
        tags = "#country+code,#adm+level,#adm+code,#adm+name,#adm+parent,#date\n"
        text = "\ufeff" + GOOD.replace(HEADING, HEADING + tags) + "\n\n"
        assert load_locations(file(text)).figures()["rows"] == 3

    def test_only_the_countries_asked_for(self, mali, file):
        text = GOOD + "NER,1,NE001,Agadez,NER,2020-01-01\n"
        report = load_locations(file(text), countries=["MLI"])
        assert (report.created, reasons(report)) == (3, [(5, "not one of the countries asked for")])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("XXX,1,XX01,Nowhere,XXX,", "the country is unknown"),
        ("MLI,2,ML9901,Nowhere,ML99,", "the place it is part of is unknown"),
        ("MLI,2,ML9901,Nowhere,MLI,", "the place it is part of is of another level or country"),
        ("MLI,1,NE01,Nowhere,NER,", "the place it is part of is of another level or country"),
        ("MLI,3,ML090101,Nowhere,ML0901,", "the admin level is not 1 or 2"),
        ("MLI,one,ML11,Nowhere,MLI,", "the admin level is not 1 or 2"),
        ("MLI,1,Unspecified,Nowhere,MLI,", "this is not a p-code"),
        ("MLI,1,,Nowhere,MLI,", "this is not a p-code"),
        ("MLI,1,ML11, ,MLI,", "the name is missing or too long"),
        (f"MLI,1,ML11,{'x' * 201},MLI,", "the name is missing or too long"),
        ("MLI,1,ML09,Bamako again,MLI,", "the p-code appears a second time"),
        ("MLI,1,ML11,Noth", "the row is cut short"),
        ("NER,1,ML04,Taken elsewhere,NER,", "the p-code appears a second time"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(mali, file, row, reason):
    CountryFactory(code="NER")
    report = load_locations(file(GOOD + row), commit=True)
    assert [told for _line, told in report.rejects] == [reason]
    assert report.rows == report.taken + len(report.rejects) == 4


def test_a_place_does_not_move(mali, file):
    PlaceFactory(parent=CountryFactory(code="NER"), code="ML09", name="Bamako")
    report = load_locations(file(GOOD), commit=True)
    assert "the portal knows this p-code as part of another place" in [reason for _line, reason in report.rejects]
    assert Location.objects.get(code="ML09").path == "NER/ML09/"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        ("a,b,c\n1,2,3\n", "no column “Location”, “Admin Level”, “P-Code”, “Name”, “Parent P-Code”"),
        (GOOD.replace("P-Code,Name", "Code,Name"), "no column “P-Code”"),
        (GOOD.encode("latin-1"), "is not UTF-8: line 4 holds"),
        (GOOD.encode("utf-16-le"), "holds NUL bytes"),
        (b"PK\x03\x04rest of a spreadsheet", "This is no text file but XLSX"),
        (GOOD + 'MLI,1,"ML10,Menaka,MLI', "The file is cut off or damaged"),
        (GOOD.replace("Bamako", "Bam\0ko"), "holds NUL bytes"),
    ],
)
def test_a_bad_file_ends_in_a_sentence_and_writes_nothing(mali, file, content, sentence):
    with pytest.raises(Unreadable, match=sentence.replace(".", r"\.")):
        load_locations(file(content), commit=True)
    assert Location.objects.count() == 1


def test_a_huge_file_is_not_read(mali, file, settings):
    settings.IMPORT_MAX_BYTES = 50
    with pytest.raises(Unreadable, match="too large"):
        load_locations(file(GOOD))


class TestCommand:
    def test_missing_file(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be opened"):
            call_command("load_locations", str(tmp_path / "none.csv"))

    def test_folder(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be opened"):
            call_command("load_locations", str(tmp_path))

    def test_is_dry_unless_told(self, mali, file, capsys):
        call_command("load_locations", str(file(GOOD)))
        assert "Nothing was written" in capsys.readouterr().out
        assert Location.objects.count() == 1

    def test_json(self, mali, file, capsys):
        call_command("load_locations", str(file(GOOD + "MLI,1,,x,MLI,")), "--country", "mli", "--commit", "--json")
        figures = json.loads(capsys.readouterr().out)
        assert figures["rejects_by_reason"] == {"this is not a p-code": 1}
        assert (figures["created"], figures["committed"]) == (3, True)


def test_the_whole_world(real_data, db):
    from programmes.imports.reference import load_reference

    load_reference()
    path = real_data / "reference-geo" / "global_pcodes_adm1_adm2.csv"
    first = load_locations(path, commit=True)
    assert (first.rows, first.taken) == (33363, 33362)
    assert [reason for _line, reason in first.rejects] == ["this is not a p-code"]  # "Unspecified" in Somalia
    again = load_locations(path, commit=True)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 33362)
    assert Location.objects.within(Location.objects.get(code="ET05")).count() == 12
