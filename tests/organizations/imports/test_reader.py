"""Every file that people bring by mistake gets a sentence of its own."""

import io
import zipfile

import pytest

from organizations.imports.errors import ImportProblem
from organizations.imports.reader import RowReader, read_table


def problem_of(path, **options):
    with pytest.raises(ImportProblem) as caught:
        read_table(path, **options)
    return str(caught.value)


def test_reads_rows_with_the_numbers_of_a_spreadsheet(write):
    table = read_table(write(content=b"\xef\xbb\xbfA,B\r\n1,2\r\n\r\n3,\xc3\xa9\r\n"))
    assert table.headings == ["A", "B"]
    assert table.rows == [(2, ["1", "2"]), (4, ["3", "é"])]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_finds_the_delimiter(write, delimiter):
    assert read_table(write(content=f"A{delimiter}B\n1{delimiter}2\n".encode())).rows == [(2, ["1", "2"])]


def test_reads_utf_16_by_its_mark(write):
    assert read_table(write(content="A,B\né,2\n".encode("utf-16"))).rows == [(2, ["é", "2"])]


def test_reads_an_upload():
    upload = io.BytesIO(b"A,B\n1,2\n")
    upload.size = 8
    upload.read()  # somebody looked at it before
    assert read_table(upload).length == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"A,B\n", "The file has headings and no row."),
        (b"A,B\n1,2\n3\n", "The file is cut off: row 3, the last, has 1 of 2 cells."),
        (
            b"%PDF-1.7 \n",
            "This is no text file but PDF, whatever its name says. Save it as “CSV UTF-8” and bring that.",
        ),
        (b"A,B\n1,\x00\n", "This is not a text file: it holds NUL bytes. Save it as “CSV UTF-8” and bring that."),
        (b"A,a\n1,2\n", "Headings stand twice in the file: a."),
    ],
)
def test_says_what_is_wrong(write, content, sentence):
    assert problem_of(write(content=content)) == sentence


def test_an_xlsx_named_csv(write):
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert problem_of(write(content=book.getvalue())).startswith("This is no text file but XLSX")


def test_an_open_quotation_mark(write):
    sentence = problem_of(write(content=b'A,B\n1,2\n"3,4\n5,6\n'))
    assert sentence.startswith("The file is cut off or damaged: what begins in row 3 does not end as it should")


def test_latin_1_bytes_name_the_line_and_the_way_out(write):
    path = write(content="A,B\n1,2\nSanté,4\n".encode("latin-1"))
    assert problem_of(path) == (
        "The file is not UTF-8: line 3 holds the byte 0xE9. Save it as “CSV UTF-8”, or say which encoding it has,"
        " often latin-1 or cp1252."
    )
    assert read_table(path, encoding="latin-1").rows[1] == (3, ["Santé", "4"])


def test_an_encoding_that_does_not_exist(write):
    assert problem_of(write(content=b"A,B\n1,2\n"), encoding="klingon") == "There is no encoding “klingon”."


def test_200_mb_are_refused_before_a_byte_is_read(settings):
    class Huge:
        size = 200 * 1024 * 1024

        def read(self):
            raise AssertionError("must not be read")

    assert problem_of(Huge()).startswith("The file is too large: 200.0\xa0MB; at most 50.0\xa0MB are read.")


def test_a_file_that_is_not_there(tmp_path):
    assert problem_of(tmp_path / "no.csv") == "The file cannot be opened: No such file or directory"


def test_a_short_row_inside_is_set_aside_not_lost(write):
    table = read_table(write(content=b"A,B\n1\n2,3\n4,5,6\n7,8\n"))
    assert [(reject.number, reject.reason, reject.detail) for reject in table.misfits] == [
        (2, "wrong_number_of_cells", "1 / 2"),
        (4, "wrong_number_of_cells", "3 / 2"),
    ]
    assert table.length == 4


def test_cells_are_squeezed_and_empty_words_emptied(layout):
    reader = RowReader(layout, ["Partner", "type", "SECTOR", "Month", "Region", "District", "Code", "More"])
    fields = reader.fields(["  Hope\xa0for  All (HFA) ", "NNGO", "N/A", "", "", "", "", ""])
    assert fields == {
        "organization": "Hope for All", "acronym": "HFA", "organization_type": "NNGO", "sector": "", "period": "",
    }  # fmt: skip
