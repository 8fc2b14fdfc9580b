"""Files on their way out: typed, harmless to spreadsheets, a piece at a time."""

import csv
import gzip
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, override
from openpyxl import load_workbook

from portal.kit import sheet
from portal.kit.exports import FORMATS, Table, csv_chunks, download, guarded_for_csv
from portal.middleware import Compressed

ROW = {
    "whole": 7,
    "amount": Decimal("1234567.89"),
    "share": 0.5,
    "yes": True,
    "day": date(2026, 2, 28),
    "moment": datetime(2026, 2, 28, 13, 45, tzinfo=UTC),
    "text": "<b>Дети & children</b> ]]> \x0b\ud800end",
    "lazy": gettext_lazy("Verified"),
    "number as text": "0042",
    "none": None,
    "empty": "",
    "formula": "=HYPERLINK(1)",
    "wide formula": "＝1+1",
    "command": "@SUM(1)",
    "below zero": -3,
}


def table(*pieces):
    return Table("name", {name: lambda row, name=name: row[name] for name in ROW}, pieces)


def written(name, *pieces):
    return b"".join(FORMATS[name].chunks(table(*pieces)))


def test_spreadsheet_keeps_numbers_and_dates_and_runs_nothing():
    [headings, cells] = load_workbook(BytesIO(written("xlsx", [ROW]))).active.iter_rows(values_only=True)
    assert list(headings) == list(ROW)
    told = dict(zip(headings, cells, strict=True))
    assert told == {
        **{name: ROW[name] for name in ("whole", "share", "yes", "number as text", "none", "below zero")},
        "amount": 1234567.89,
        "day": datetime(2026, 2, 28),
        "moment": datetime(2026, 2, 28, 13, 45),
        "text": "<b>Дети & children</b> ]]> end",
        "lazy": "Verified",
        "empty": None,
        "formula": "'=HYPERLINK(1)",
        "wide formula": "'＝1+1",
        "command": "'@SUM(1)",
    }


def test_text_file_says_the_same():
    row = {**ROW, "text": "a,b"}
    line = written("csv", [row]).decode("utf-8-sig").splitlines()[1]
    assert line == (
        '7,1234567.89,0.5,True,2026-02-28,2026-02-28T13:45:00+00:00,"a,b",Verified,0042,,,'
        "'=HYPERLINK(1),'＝1+1,'@SUM(1),-3"
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("  =1+1", "'  =1+1"),
        ("\u00a0\u200f@SUM(1)", "'\u00a0\u200f@SUM(1)"),
        ("\t=1+1", "'\t'=1+1"),
        ("Hope;=1+1", "Hope;'=1+1"),  # cut at the semicolon where a comma is the decimal sign
        ('Hope; "=1+1"', 'Hope;\' "=1+1"'),
        ("Hope\n-1+1", "Hope\n'-1+1"),
        ("a;b;+1;＝2", "a;b;'+1;'＝2"),
        ("Hope = well-being; e-mail: a@b.example", "Hope = well-being; e-mail: a@b.example"),
        ("'=1", "'=1"),
    ],
)
def test_no_cell_of_a_text_file_runs(text, safe):
    [[_heading], [cell]] = csv.reader(
        StringIO(b"".join(csv_chunks(Table("name", {"text": str}, [[text]]))).decode("utf-8-sig"), newline="")
    )
    assert cell == guarded_for_csv(text) == safe


@pytest.mark.parametrize("name", FORMATS)
def test_table_without_rows_has_its_headings(name):
    assert written(name)


def test_sheet_is_laid_out_in_the_direction_of_its_language():
    def direction():
        with ZipFile(BytesIO(written("xlsx"))) as packed:
            return b'rightToLeft="1"' in packed.read("xl/worksheets/sheet1.xml")

    with override("ar"):
        assert direction()
    assert not direction()


@pytest.mark.parametrize(("limit", "value"), [("MOST_ROWS", 3), ("MOST_BYTES", 1000)])
def test_more_than_a_sheet_holds_is_refused_in_words(monkeypatch, limit, value):
    written("xlsx", [ROW], [])
    monkeypatch.setattr(sheet, limit, value)
    with pytest.raises(sheet.TooLong, match="Choose CSV"):
        written("xlsx", [ROW] * 2, [ROW])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("accepted", ["gzip", ""])
def test_first_rows_leave_before_the_last_are_read(name, accepted):
    read = []

    def pieces():
        for number in range(100):
            read.append(number)
            yield [{**ROW, "text": f"{number * index * 7919:x}"} for index in range(100)]

    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = accepted
    response = download(Table("name", table().columns, pieces()), name)
    response = Compressed(lambda _request: response)(request)
    assert response.get("Content-Encoding", "") == ("gzip" if (accepted, name) == ("gzip", "csv") else "")
    sent = iter(response.streaming_content)
    beginning = b"".join(next(sent) for _turn in range(4))
    assert (len(read), len(beginning) > 1000) == (4, True)
    whole = beginning + b"".join(sent)
    assert len(gzip.decompress(whole) if response.has_header("Content-Encoding") else whole) > 10_000


def test_the_limit_of_a_spreadsheet_is_told_in_the_reader_s_numbers():
    told = []
    for language in ("en", "fr"):
        with override(language):
            told.append(str(sheet.TooLong()))
    numbers = [re.search(r"1\D?048\D?576", line)[0] for line in told]
    assert numbers == ["1,048,576", "1\xa0048\xa0576"]
