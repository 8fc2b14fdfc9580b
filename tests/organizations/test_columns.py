"""Staff choose the columns of the directory; each person's choice is remembered, on the page and in files."""

import csv
import io

import pytest

from organizations.bulk import Choice, carry_out
from organizations.search import reindex_all
from organizations.views.columns import COLUMNS, LIST
from tests.factories.organizations import OrganizationFactory

URL = "/organizations/columns/"


@pytest.fixture
def partners(house):
    rows = [OrganizationFactory(name=f"Water {number}", languages=["en"], founded=1990 + number) for number in range(3)]
    carry_out(Choice.ticked("tag", [str(rows[0].pk)]), by=house.officer, office=house.office, label="Flood")
    reindex_all()
    return rows


def csv_of(client, query="q=water"):
    text = client.get(f"/organizations/?{query}&format=csv").getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_person_reads_the_directory_as_a_table_of_chosen_columns(client, house, partners):
    client.force_login(house.officer)
    assert client.get(URL).context["form"]["shown_as"].value() == "rows"
    assert client.post(URL, {"shown_as": "table"}).status_code == 422
    assert client.post(URL, {"shown_as": "table", "columns": ["name", "nonsense"]}).status_code == 422
    told = {"shown_as": "table", "columns": ["tags", "founded", "name"]}
    assert client.post(f"{URL}?q=water", told).url == "/organizations/?q=water"
    table = client.get("/organizations/?q=water").context["table"]
    assert list(map(str, table["headings"])) == ["Name", "Founded in", "Tags of the office"]
    assert [cells for _row, cells in table["rows"]] == [
        ["Water 0", 1990, "Flood"],
        ["Water 1", 1991, ""],
        ["Water 2", 1992, ""],
    ]
    assert csv_of(client) == [["Name", "Founded in", "Tags of the office"], ["Water 0", "1990", "Flood"]] + [
        [f"Water {number}", str(1990 + number), ""] for number in (1, 2)
    ]
    client.force_login(house.staff_viewer)
    assert client.get("/organizations/?q=water").context["table"] is None
    assert len(csv_of(client)[0]) == 12


def test_every_column_can_be_shown_and_old_names_do_no_harm(client, house, partners):
    house.officer.chosen_columns = {LIST: [True, [*COLUMNS, "gone"]]}
    house.officer.save()
    client.force_login(house.officer)
    page = client.get("/organizations/?q=water")
    assert (len(page.context["table"]["headings"]), page.status_code) == (len(COLUMNS), 200)
    house.officer.chosen_columns = {LIST: [True, ["gone"]]}
    house.officer.save()
    assert client.get("/organizations/?q=water").context["table"] is None


def test_who_is_no_member_of_staff_has_no_such_choice(client, house, partners):
    client.force_login(house.administrator)
    assert client.get(URL).status_code == 403
    client.logout()
    assert client.get(URL).status_code == 302


def test_a_table_costs_the_queries_of_rows(house, partners, queries_of):
    rows = queries_of(house.officer, "/organizations/?q=water", 10)
    house.officer.chosen_columns = {LIST: [True, ["name", "themes", "languages", "country"]]}
    house.officer.save()
    assert queries_of(house.officer, "/organizations/?q=water", 10) == rows
