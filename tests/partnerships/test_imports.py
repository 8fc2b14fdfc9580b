"""Projects that UNICEF funds, taken in as agreements of the past."""

import json
import textwrap
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from organizations.imports.errors import ImportProblem
from organizations.imports.layout import load_layout
from organizations.models import Organization
from partnerships.imports import LAYOUTS, commit_agreements, plan_agreements
from partnerships.models import Agreement
from programmes.imports.locations import load_locations
from programmes.imports.reference import load_reference
from tests.factories.programmes import CountryFactory, CountryOfficeFactory, PlaceFactory, ThemeFactory

LAYOUT = """
    kind = "agreements"
    country = "QQQ"
    source = "Qland list"

    [columns]
    organization = "Partner"
    organization_type = "Type"
    partner_id = "Partner id"
    external_id = "Project"
    title = "Title"
    donor = "Donor"
    budget = "Budget"
    starts = "Start"
    ends = "End"
    status = "Status"
    sector = "Sector"

    [only]
    donor = "unicef"

    [[places]]
    level = 1
    name = "Region"
    code = "Code"

    [values.organization_type]
    "NNGO" = "national_ngo"
    "UN" = "un_agency"

    [values.status]
    "Running" = "active"
    "Closed" = "ended"
"""
HEADINGS = "Partner,Type,Partner id,Project,Title,Donor,Budget,Start,End,Status,Sector,Region,Code"
ROW = "Hope for All,NNGO,O1,P1,Schools for all,UNICEF,25 000.50,2025-01-01,2030-12-31,Running,Education,North,QQ01"


def changed(**cells):
    names = HEADINGS.split(",")
    return ",".join({**dict(zip(names, ROW.split(","), strict=True)), **cells}.values())


@pytest.fixture
def office(db):
    country = CountryFactory(code="QQQ", name="Qland")
    PlaceFactory(parent=country, code="QQ01", name="North")
    PlaceFactory(parent=country, code="QQ02", name="South")
    ThemeFactory(code="education", name="Education")
    ThemeFactory(code="health", name="Health")
    return CountryOfficeFactory(countries=[country], sign="QLA")


@pytest.fixture
def layout_path(tmp_path):
    path = tmp_path / "qland.toml"
    path.write_text(textwrap.dedent(LAYOUT), encoding="utf-8")
    return path


@pytest.fixture
def write(tmp_path):
    def write(*rows):
        path = tmp_path / "projects.csv"
        path.write_text("\n".join([HEADINGS, *rows, ""]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def planned(office, layout_path, write):
    return lambda *rows: plan_agreements(write(*rows), layout_path)


def test_one_agreement_for_each_partner_and_project(planned, office):
    plan = planned(
        ROW,
        changed(Region="South", Code="QQ02", Sector="Health", Budget="30000"),
        changed(Partner="Other hands", **{"Partner id": "O2"}),
        changed(Project="P2", Start="2024-03-01", End="2025-01-31"),
    )
    assert (Agreement.objects.count(), Organization.objects.count()) == (0, 0)
    figures = commit_agreements(plan).figures()
    assert (figures["taken"], figures["agreements_created"], figures["organizations_created"]) == (4, 3, 2)
    assert figures["warnings"] == {"amounts_differ": 1, "over": 1}

    first = Agreement.objects.get(external_id="P1/O1")
    assert (first.reference, first.title, first.kind, first.state, first.office) == (
        "QLA/PCA2025001", "Schools for all", "pca", "active", office,
    )  # fmt: skip
    assert (first.start, first.end, first.amount, first.currency) == (
        date(2025, 1, 1), date(2030, 12, 31), Decimal("30000"), "USD",
    )  # fmt: skip
    assert (first.state_since, first.source, first.is_imported) == (
        datetime(2025, 1, 1, tzinfo=UTC),
        "Qland list",
        True,
    )
    assert sorted(first.themes.values_list("code", flat=True)) == ["education", "health"]
    assert sorted(first.locations.values_list("code", flat=True)) == ["QQ01", "QQ02"]
    assert first.search_text == "qla pca2025001 schools for all"
    assert list(AuditEvent.objects.about(first).values_list("action", "to_state")) == [("imported", "active")]

    over = Agreement.objects.get(external_id="P2/O1")
    assert (over.reference, over.state, over.state_since) == (
        "QLA/PCA2024001", "ended", datetime(2025, 1, 31, tzinfo=UTC),
    )  # fmt: skip


def test_a_second_run_changes_nothing(planned):
    commit_agreements(planned(ROW))
    events = AuditEvent.objects.count()
    Agreement.objects.update(title="Mended here")
    figures = commit_agreements(planned(ROW)).figures()
    assert (figures["agreements_created"], figures["agreements_known"], figures["organizations_matched"]) == (0, 1, 1)
    assert Agreement.objects.get().title == "Mended here"
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Donor": "ECHO"}, "not_funded_by_unicef"),
        ({"Donor": ""}, "not_funded_by_unicef"),
        ({"Type": "UN"}, "not_civil_society"),
        ({"Partner": ""}, "no_organization"),
        ({"Title": ""}, "no_project"),
        ({"Project": ""}, "no_project"),
        ({"Start": "2031-01-01"}, "ends_before_start"),
        ({"Start": "soon"}, "bad_date"),
        ({"Budget": "much"}, "bad_amount"),
        ({"Budget": "-5"}, "bad_amount"),
        ({"Budget": "NaN"}, "bad_amount"),
        ({"Budget": "9" * 40}, "bad_amount"),
        ({"Status": "Who knows"}, "unknown_state"),
        ({"Sector": "Fishing"}, "unknown_sector"),
        ({"Code": "", "Region": "Nowhere"}, "no_place"),
        (dict.fromkeys(HEADINGS.split(","), " "), "empty_row"),
    ],
)
def test_rows_that_are_refused(planned, cells, reason):
    plan = planned(changed(**cells), ROW)
    assert plan.figures()["rejects_by_reason"] == {reason: 1}
    assert plan.rejects_csv().splitlines()[1].startswith(f"2,{reason},")
    assert (plan.figures()["rows"], plan.figures()["taken"]) == (2, 1)


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        ({"Budget": "35"}, "odd_amount"),
        ({"Budget": "0"}, "odd_amount"),
        ({"Budget": ""}, "no_amount"),
        ({"Start": ""}, "no_start"),
        ({"Donor": "ECHO / Unicef"}, "co_funded"),
        ({"End": "2025-02-01"}, "over"),
    ],
)
def test_rows_that_are_taken_with_a_warning(planned, cells, warning):
    plan = planned(changed(**cells))
    assert (plan.figures()["taken"], plan.figures()["warnings"]) == (1, {warning: 1})


def test_a_country_without_an_office(planned, office):
    office.delete()
    with pytest.raises(ImportProblem, match="No country office serves Qland"):
        planned(ROW)


def test_command(office, layout_path, write, capsys, tmp_path):
    args = [str(write(ROW, changed(Donor="ECHO"))), "--layout", str(layout_path)]
    rejects = tmp_path / "rejects.csv"
    call_command("import_agreements", *args, "--rejects", str(rejects))
    shown = capsys.readouterr().out
    assert "rejected: 1 × The project is not funded by UNICEF." in shown
    assert shown.endswith("Nothing was written. Add --commit to do it.\n")
    assert rejects.read_text(encoding="utf-8-sig").count("\n") == 2
    assert not Agreement.objects.exists()
    call_command("import_agreements", *args, "--commit", "--json")
    assert json.loads(capsys.readouterr().out)["agreements_created"] == 1


def test_command_answers_a_bad_file_with_a_sentence(office, layout_path, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"A,B\n1,2\n")
    with pytest.raises(CommandError, match="This is not a file of the layout “qland”: it lacks the columns “Partner”"):
        call_command("import_agreements", str(bad), "--layout", str(layout_path))


def test_the_projects_of_the_dr_congo_list(real_data, db):
    load_reference()
    load_locations(real_data / "reference-geo/global_pcodes_adm1_adm2.csv", countries=["COD"], commit=True)
    path = real_data / "3w-drc-2025-05/drc_4w_2025-05.csv"
    layout = load_layout("drc-4w", kind="agreements", folder=LAYOUTS)
    figures = commit_agreements(plan_agreements(path, layout)).figures()
    assert (figures["rows"], figures["taken"], figures["rejected"]) == (4343, 664, 3679)
    assert figures["rejects_by_reason"] == {
        "not_funded_by_unicef": 3662,
        "not_civil_society": 16,
        "ends_before_start": 1,
    }
    assert (figures["agreements_created"], figures["organizations_created"]) == (40, 29)
    assert figures["warnings"]["odd_amount"] == 7
    assert Agreement.objects.filter(office__countries__code="COD", currency="USD").count() == 40
    assert commit_agreements(plan_agreements(path, layout)).figures()["agreements_created"] == 0
