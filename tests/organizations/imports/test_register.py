"""Registers of organizations: whom a row means, what is written, and that no row is lost."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import AuditEvent
from accounts.roles import StaffRole
from organizations.imports.errors import ImportProblem
from organizations.imports.queue import run_imports
from organizations.imports.register import commit_register, plan_register
from organizations.models import Identifier, ImportBatch, NameKey, Organization, PossibleTwin, Registration
from tests.factories.organizations import OrganizationFactory
from tests.factories.programmes import CountryFactory, StaffAssignmentFactory

pytestmark = pytest.mark.django_db

UGANDA = ",".join(
    [
        *("No.", "Name of the Organization", "District of HQs/Physical Address", "GEOGRAPHICAL AREA OF COVERAGE"),
        *("KEY ACTIVITIES/OBJECTIVES", "REG NUMBER", "PERMIT NUMBER"),
    ]
)


@pytest.fixture
def uganda():
    return CountryFactory(code="UGA", name="Uganda")


@pytest.fixture
def register(tmp_path, uganda):
    """Import rows of the Ugandan register, each as (name, registration number, permit)."""

    def take(*rows, commit=True):
        lines = [f'{place},"{name}",,,,{number},{permit}' for place, (name, number, permit) in enumerate(rows, 1)]
        path = tmp_path / "register.csv"
        path.write_text("\n".join([UGANDA, *lines, ""]), encoding="utf-8")
        plan = plan_register(path, "uganda-register")
        return commit_register(plan) if commit else plan

    return take


@pytest.fixture
def ecosoc(tmp_path):
    """Import names of the ECOSOC list with renames (old, new) and mergers (one, other, new)."""
    CountryFactory()

    def take(*names, renames=(), mergers=()):
        files = {
            "granted": ("NGO_name,Session_number", [(name, "2020-01-01") for name in names]),
            "renames": ("Old_name,New_name,Session_number", renames),
            "mergers": ("Old_name1,Old_name2,New_name,Session_number", mergers),
        }
        paths = {}
        for what, (headings, rows) in files.items():
            paths[what] = tmp_path / f"{what}.csv"
            body = [",".join(f'"{cell}"' for cell in row) for row in rows]
            paths[what].write_text("\n".join([headings, *body, ""]), encoding="utf-8")
        companions = {what: paths[what] for what in ("renames", "mergers") if files[what][1]}
        return commit_register(plan_register(paths["granted"], "ecosoc", companions=companions))

    return take


def figures(plan, *names):
    told = plan.figures()
    assert told["rows"] == told["created"] + told["matched"] + told["rejected"]  # none is lost
    return [told[name] for name in names]


# --- A national register ----------------------------------------------------------------------------------------------


def test_a_row_becomes_an_organization_with_its_numbers_and_what_they_code(register, uganda):
    plan = register(("CHILD HUG UGANDA (CHU)", "INDR100NB", "INDP001NB"), ("WORLD HUG", "FORR200NB", ""))
    assert figures(plan, "rows", "created", "numbers_added") == [2, 2, 3]
    child, world = Organization.objects.order_by("pk")
    assert (child.name, child.acronym, child.country, child.source) == (
        *("CHILD HUG UGANDA", "CHU", uganda, "Uganda NGO Bureau"),
    )
    assert (child.partner_type, child.organization_category, child.cso_type) == ("cso", "national_ngo", "ngo")
    assert (world.organization_category, world.country) == ("international_ngo", None)
    assert {str(number) for number in child.identifiers.all()} == {"UG-NGB INDR100NB", "UG-NGB permit INDP001NB"}
    assert child.search_text == "child hug uganda\nchu"
    assert NameKey.objects.filter(organization=child, key="=childhuguganda").exists()


def test_what_is_imported_is_not_listed_and_has_no_registration(register):
    register(("HOPE", "INDR1NB", ""))
    assert not Organization.objects.filter(listed=True).exists()
    assert not Registration.objects.exists()
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"imported"}


def test_regional_and_uncoded_ones_are_of_no_known_category(register):
    register(("LAKE VICTORIA FORUM", "REGR1NB", ""), ("NOBODY KNOWS", "", ""))
    assert set(Organization.objects.values_list("partner_type", "organization_category", "cso_type")) == {
        ("cso", "", "")
    }


def test_numbers_in_each_others_column_are_put_right(register):
    plan = register(("HOPE", "INDP0001NB", "INDR100NB"))
    assert {str(number) for number in Identifier.objects.all()} == {"UG-NGB INDR100NB", "UG-NGB permit INDP0001NB"}
    assert Organization.objects.get().organization_category == "national_ngo"
    assert plan.warnings.totals() == {"swapped_numbers": 2}


def test_one_number_and_names_alike_are_one_organization(register):
    plan = register(("BEIT CHABAD UGANDA", "FORR1NB", ""), ("BEIT CHABAT UGANDA LTD", "FORR1NB", ""))
    assert figures(plan, "created", "matched", "possible_twins") == [1, 1, 0]
    assert [str(name) for name in Organization.objects.get().names.all()] == ["BEIT CHABAT UGANDA LTD"]


def test_one_number_and_other_names_are_two_for_a_person_to_look_at(register):
    plan = register(("CONCERN FOR THE GIRL CHILD", "INDR1NB", ""), ("IMANI MILELE", "INDR1NB", ""))
    assert figures(plan, "created", "possible_twins") == [2, 1]
    assert PossibleTwin.objects.get().reason == "same_number"
    assert plan.warnings.totals() == {"number_taken": 1}


def test_one_name_and_other_numbers_are_two_for_a_person_to_look_at(register):
    plan = register(("HANAK EDUCATION", "INDR1NB", "INDP1NB"), ("HANAK EDUCATION", "INDR2NB", "INDP2NB"))
    assert figures(plan, "created", "possible_twins") == [2, 1]
    assert PossibleTwin.objects.get().reason == "same_name"


def test_one_name_is_one_organization_where_a_number_is_missing_or_shared(register):
    plan = register(
        ("HEALTH UGANDA", "", ""), ("Health Uganda", "INDR1NB", "INDP1NB"), ("HEALTH UGANDA", "", "INDP1NB")
    )
    assert figures(plan, "created", "matched") == [1, 2]


def test_a_second_run_finds_every_row_again(register):
    rows = [
        ("HANAK EDUCATION", "INDR1NB", "INDP1NB"),
        ("HANAK EDUCATION", "INDR2NB", "INDP2NB"),
        ("IMANI MILELE", "INDR1NB", ""),
        ("BEIT CHABAD", "FORR1NB", ""),
        ("BEIT CHABAT", "FORR1NB", ""),
        ("NO NUMBER (NN)", "", ""),
        ("", "INDR7NB", ""),
    ]
    first, again = register(*rows), register(*rows)
    assert figures(first, "created", "matched", "rejected") == [5, 1, 1]
    assert figures(again, "created", "matched", "rejected", "names_added", "numbers_added") == [0, 6, 1, 0, 0]
    assert AuditEvent.objects.count() == 5


def test_a_national_body_is_not_one_of_another_country_or_of_none(register, uganda):
    elsewhere = OrganizationFactory(name="Hope for All", country=CountryFactory())
    nowhere = OrganizationFactory(name="Hope for All", country=None)
    here = OrganizationFactory(name="Umoja", country=uganda)
    plan = register(("HOPE FOR ALL", "INDR1NB", ""), ("UMOJA", "INDR2NB", ""))
    assert figures(plan, "created", "organizations_matched", "possible_twins") == [1, 1, 1]
    assert here.identifiers.get().value == "INDR2NB"
    twin = PossibleTwin.objects.get()
    assert (twin.first, twin.reason) == (nowhere, "same_name_elsewhere")
    assert not elsewhere.identifiers.exists()


def test_a_row_that_names_nobody_is_rejected_with_its_reason(register):
    plan = register(("HOPE", "INDR1NB", ""), ("", "INDR2NB", ""))
    assert figures(plan, "rejected", "rejects_by_reason") == [1, {"no_organization": 1}]
    assert "INDR2NB" in plan.rejects_csv()


def test_names_as_long_as_the_register_lets_them_be_are_told(register):
    rows = [(f"{number:02d} " + "N" * 47, f"INDR{number}NB", "") for number in range(12)]
    assert register(*rows).warnings.totals() == {"name_cut": 12}


def test_names_are_kept_in_their_script_and_found(ecosoc):
    ecosoc("Azərbaycan Qadınları", "مؤسسة الأمل للتنمية (AMAL)", "Хоукалы «Үмит»")
    assert set(Organization.objects.values_list("name", "acronym", "country")) == {
        ("Azərbaycan Qadınları", "", None),
        ("مؤسسة الأمل للتنمية", "AMAL", None),
        ("Хоукалы «Үмит»", "", None),
    }


@pytest.mark.parametrize("rows", [1, 60])
def test_many_rows_cost_the_queries_of_few(register, django_assert_max_num_queries, rows):
    pieces = 5 if rows > 1 and connection.vendor == "sqlite" else 0  # it takes 999 values at once
    with django_assert_max_num_queries(38 + pieces):  # some twenty of them write the index
        register(*[(f"Organization {number} of {number * 37}", f"INDR{number}NB", "") for number in range(rows)])


# --- Renames and mergers--------------------------------------------------------------------------------------------


def test_a_former_name_is_linked_to_the_record_and_found(ecosoc):
    plan = ecosoc(
        "World Lung Foundation", renames=[("World Lung Foundation (special, 2009)", "Vital Strategies", "2020")]
    )
    assert figures(plan, "rows", "created", "matched", "renames_linked") == [2, 1, 1, 1]
    organization = Organization.objects.get()
    assert organization.name == "Vital Strategies"
    assert [(name.name, name.kind) for name in organization.names.all()] == [("World Lung Foundation", "former")]
    assert "world lung foundation" in organization.search_text


def test_an_organization_whose_names_are_both_unknown_is_made_with_both(ecosoc):
    plan = ecosoc("Other", renames=[("World Coal Institute", "World Coal Association", "2011")])
    assert figures(plan, "created", "renames_linked") == [2, 1]
    organization = Organization.objects.get(name="World Coal Association")
    assert [(name.name, name.kind) for name in organization.names.all()] == [("World Coal Institute", "former")]


def test_names_change_in_their_order_whatever_that_of_the_file(ecosoc):
    ecosoc("Kizota", renames=[("Elites", "Organizers", "2023"), ("Kizota (special, 2020)", "Elites", "2022")])
    organization = Organization.objects.get()
    assert organization.name == "Organizers"
    assert {name.name for name in organization.names.filter(kind="former")} == {"Kizota", "Elites"}


def test_two_known_records_of_which_one_became_the_other_are_for_a_person(ecosoc):
    plan = ecosoc("Good People World", "Good People", renames=[("Good People World", "Good People", "2012")])
    assert figures(plan, "created", "renames_linked", "possible_twins") == [2, 1, 1]
    assert PossibleTwin.objects.get().reason == "former_name"


def test_a_record_of_another_source_keeps_its_name_and_bears_the_new_one_too(ecosoc):
    known = OrganizationFactory(name="Marie Stopes International", country=None)
    ecosoc("Other", renames=[("Marie Stopes International (special, 2001)", "MSI Reproductive Choices", "2023")])
    known.refresh_from_db()
    assert known.name == "Marie Stopes International"
    assert [(name.name, name.kind) for name in known.names.all()] == [("MSI Reproductive Choices", "other")]


def test_a_merger_is_noted_and_its_known_parts_are_for_a_person(ecosoc):
    one, other = "Brot für Alle (in special consultative status)", "Hilfswerk Schweiz (an organization not in status)"
    mergers = [(one, other, "HEKS", "2024")]
    first = ecosoc("Brot für Alle", mergers=mergers)
    assert figures(first, "created", "mergers_noted", "possible_twins") == [2, 1, 1]
    merged = Organization.objects.get(name="HEKS")
    assert [(name.name, name.kind) for name in merged.names.all()] == [("Hilfswerk Schweiz", "former")]
    again = ecosoc("Brot für Alle", mergers=mergers)
    assert figures(again, "created", "matched", "names_added") == [0, 2, 0]
    assert PossibleTwin.objects.count() == 1


def test_a_second_run_with_renames_changes_nothing(ecosoc):
    told = ("A Society", "B Society"), [("A Society", "C Union", "2010"), ("Unknown one", "Unknown two", "2011")]
    ecosoc(*told[0], renames=told[1])
    before = list(Organization.objects.order_by("pk").values())
    again = ecosoc(*told[0], renames=told[1])
    assert figures(again, "created", "matched", "names_added", "possible_twins") == [0, 4, 0, 0]
    assert list(Organization.objects.order_by("pk").values()) == before


# --- The doors --------------------------------------------------------------------------------------------------------


def test_the_command_shows_first_and_writes_when_told_to(tmp_path, uganda, capsys):
    path = tmp_path / "register.csv"
    path.write_text(f"{UGANDA}\n1,HOPE,,,,INDR1NB,\n", encoding="utf-8")
    call_command("import_register", str(path), "--layout", "uganda-register")
    assert "Nothing was written." in capsys.readouterr().out
    assert not Organization.objects.exists()
    call_command("import_register", str(path), "--layout", "uganda-register", "--json", "--commit")
    told = json.loads(capsys.readouterr().out)
    assert (told["created"], told["committed"]) == (1, True)
    assert Organization.objects.count() == 1


def test_a_register_is_brought_on_the_page_and_taken_by_the_worker(client, uganda):
    client.force_login(StaffAssignmentFactory(role=StaffRole.HQ_EDITOR, office=None).user)
    assert "Uganda, register of NGOs" in client.get("/imports/new/").content.decode()
    file = SimpleUploadedFile("register.csv", f"{UGANDA}\n1,HOPE,,,,INDR1NB,\n2,,,,,,\n".encode())
    page = client.post("/imports/new/", {"layout": "register:uganda-register", "file": file}, follow=True)
    shown = {str(label): value for label, value in page.context["figures"]}
    assert shown == {
        **{"Rows": 2, "Taken": 1, "Rejected": 1},
        **{"Registration numbers added": 1, "New organizations": 1},
    }
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/confirm/", {"version": batch.version})
    assert run_imports() == 1
    assert Organization.objects.get().name == "HOPE"
    assert client.get(batch.get_absolute_url()).status_code == 200


def test_a_list_that_the_layout_does_not_know_is_refused(tmp_path, uganda):
    path = tmp_path / "register.csv"
    path.write_text(f"{UGANDA}\n1,HOPE,,,,INDR1NB,\n", encoding="utf-8")
    with pytest.raises(CommandError, match="knows no list of renames"):
        call_command("import_register", str(path), "--layout", "uganda-register", "--renames", str(path))
    with pytest.raises(ImportProblem, match="it lacks the columns “NGO_name”"):
        plan_register(path, "ecosoc")
