"""Plan, commit, and again: what is written, that it is written once, and that nothing is written by halves."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import ProtectedError

from accounts.models import AuditEvent
from organizations.imports import presence
from organizations.imports.errors import ImportProblem
from organizations.imports.presence import commit_presence, plan_presence, rejects_csv
from organizations.models import Organization, PossibleTwin, Presence
from programmes.models import Location, ThematicArea
from tests.organizations.imports.conftest import HEADINGS, ROWS


@pytest.fixture
def plan(country, layout, write):
    return plan_presence(write(*ROWS), layout)


def held():
    return sorted(
        Presence.objects.values_list("organization__name", "theme__code", "location__code", "as_of", "source")
    )


def test_a_plan_writes_nothing(plan):
    assert plan.figures() | {"seconds": 0} == {
        "layout": "qland",
        "file": "qland_2025-06.csv",
        "as_of": "2025-06-30",
        "rows": 4,
        "taken": 4,
        "rejected": 0,
        "rejects_by_reason": {},
        "organizations_created": 2,
        "organizations_matched": 0,
        "spellings": 3,
        "possible_twins": 0,
        "places_created": 2,
        "presences_created": 3,
        "presences_updated": 0,
        "warnings": {"place_made": 2},
        "seconds": 0,
    }
    assert (Organization.objects.count(), Presence.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_commit_writes_what_the_plan_says(plan, country):
    commit_presence(plan)
    assert held() == [
        ("Hope for All", "education", "QQ0101", date(2025, 6, 30), "Qland list"),
        ("Hope for All", "health", "QQ0102", date(2025, 5, 31), "Qland list"),
        ("World Vision International", "health", "QQ0201", date(2025, 6, 30), "Qland list"),
    ]
    hope, vision = Organization.objects.order_by("name")
    assert (hope.acronym, hope.partner_type, hope.organization_category, hope.cso_type, hope.country) == (
        "HFA", "cso", "national_ngo", "ngo", country,
    )  # fmt: skip
    assert vision.country is None
    assert not hope.listed
    assert hope.search_text == "hope for all\nhfa"
    coast = Location.objects.get(code="QQ0201")
    assert (coast.name, coast.path, coast.search_text) == ("Coast", "QQQ/QQ02/QQ0201/", "coast\nqq0201")


def test_commit_leaves_a_trail(plan):
    commit_presence(plan)
    events = AuditEvent.objects.order_by("pk").values_list("subject_label", "action", "actor_label", "reason")
    reason = "Qland list, qland_2025-06.csv: 4 rows"
    assert list(events) == [
        ("Hope for All", "imported", "The portal", reason),
        ("World Vision International", "imported", "The portal", reason),
        ("Qland", "imported", "The portal", reason),
    ]


def test_a_second_run_changes_nothing(plan, layout, write):
    commit_presence(plan)
    before = held(), AuditEvent.objects.count(), Organization.objects.count()
    again = commit_presence(plan_presence(write(*ROWS), layout))
    figures = again.figures()
    assert (figures["organizations_created"], figures["organizations_matched"]) == (0, 2)
    assert (figures["places_created"], figures["presences_created"], figures["presences_updated"]) == (0, 0, 0)
    assert (held(), AuditEvent.objects.count(), Organization.objects.count()) == before


def test_a_plan_that_has_grown_old_is_worked_out_again(plan, layout, write):
    commit_presence(plan_presence(write(*ROWS), layout))
    assert commit_presence(plan).figures()["organizations_created"] == 0


def test_a_later_list_brings_dates_up_to_date_and_an_earlier_one_does_not(plan, layout, write):
    commit_presence(plan)
    earlier = plan_presence(write("Hope for All (HFA),NNGO,Schooling,May,North,Upper,QQ0101"), layout)
    assert earlier.figures()["presences_updated"] == 0
    later = plan_presence(write("Hope for All (HFA),NNGO,Health,June,North,Lower,QQ0102"), layout)
    assert commit_presence(later).figures()["presences_updated"] == 1
    assert ("Hope for All", "health", "QQ0102", date(2025, 6, 30), "Qland list") in held()


def test_other_spellings_become_other_names_that_the_search_reads(plan, layout, write):
    commit_presence(plan)
    row = "Hope forr All (HFA),NNGO,Schooling,May,North,Upper,QQ0101"
    commit_presence(plan_presence(write(row), layout))
    hope = Organization.objects.get(name="Hope for All")
    names = list(hope.names.values_list("name", "kind", "source", "folded"))
    assert names == [("Hope forr All", "misspelling", "Qland list", "hope forr all")]
    assert hope.search_text == "hope for all\nhfa\nhope forr all"
    assert AuditEvent.objects.about(hope).first().action == "names_changed"


def test_an_organization_that_registered_here_is_found(country, layout, write):
    ours = Organization.objects.create(
        name="HOPE for all", acronym="HFA", country=country, cso_type="women", listed=True
    )
    commit_presence(plan_presence(write(*ROWS[:3]), layout))
    assert Organization.objects.get() == ours
    ours.refresh_from_db()
    assert (ours.name, ours.cso_type, ours.source) == ("HOPE for all", "women", "")


def test_doubtful_pairs_wait_for_a_person_and_a_decided_one_stays_decided(country, layout, write):
    rows = [
        "Hope and Faith (ARD),NNGO,Health,May,North,Upper,QQ0101",
        "Rural Doctors (ARD),NNGO,Health,May,North,Upper,QQ0101",
    ]
    commit_presence(plan_presence(write(*rows), layout))
    twin = PossibleTwin.objects.get()
    assert (twin.reason, twin.state, twin.first_id < twin.second_id) == ("same_acronym", "open", True)
    PossibleTwin.objects.update(state="dismissed")
    commit_presence(plan_presence(write(*rows), layout))
    assert PossibleTwin.objects.get().state == "dismissed"


def test_every_row_is_taken_or_rejected_with_a_reason(country, layout, write):
    plan = plan_presence(
        write(
            ROWS[0],
            ",NNGO,Schooling,May,North,Upper,QQ0101",
            "Other,NNGO,Schooling,May,North,Upper,QQ0101",
            "Hope for All,NNGO,,May,North,Upper,QQ0101",
            "Hope for All,NNGO,Fishing,May,North,Upper,QQ0101",
            "Hope for All,NNGO,Health,Ramadan,North,Upper,QQ0101",
            "Hope for All,NNGO,Health,May,,Nowhere,",
            ",,,,,,",
            "Hope for All,NNGO",
            "Hope for All,Circus,santé,,,,",
        ),
        layout,
    )
    figures = plan.figures()
    assert figures["rejects_by_reason"] == {
        "no_organization": 2,
        "no_sector": 1,
        "unknown_sector": 1,
        "bad_period": 1,
        "no_place": 1,
        "empty_row": 1,
        "wrong_number_of_cells": 1,
    }
    assert figures["rows"] == figures["taken"] + figures["rejected"] == 10
    assert figures["warnings"] == {"unknown_type": 1, "no_place": 1}
    assert (plan.taken[1].place, plan.taken[1].as_of) == ("QQQ", date(2025, 6, 30))


def test_rejects_can_be_mended_and_brought_again(country, layout, write):
    plan = plan_presence(write(ROWS[0], "=HYPERLINK(0),NNGO,Fishing,May,North,Upper,QQ0101"), layout)
    rows = list(csv.DictReader(io.StringIO(plan.rejects_csv())))
    assert (rows[0]["row"], rows[0]["reason"], rows[0]["Partner"]) == ("3", "unknown_sector", "'=HYPERLINK(0)")
    assert rejects_csv(["=cmd()"], []).splitlines() == ["row,reason,explanation,'=cmd()"]
    assert rows[0]["explanation"].endswith("themes of the portal. Fishing")
    mended = plan.rejects_csv().replace("Fishing", "Health").encode()
    assert plan_presence(write(content=mended), layout).figures()["taken"] == 1


def test_cells_in_each_others_column_are_put_right(country, layout, write):
    plan = plan_presence(write("Circle (NNGO),Circle,Health,May,North,Upper,QQ0101"), layout)
    assert plan.taken[0].spelling.kind == "national_ngo"
    assert plan.figures()["warnings"] == {"swapped_cells": 1}


def test_a_file_that_does_not_say_its_year(country, layout, write):
    plan = plan_presence(write(*ROWS, name="list.csv"), layout)
    assert plan.figures()["warnings"] == {"place_made": 2, "no_year": 1}
    assert (
        plan_presence(write(*ROWS, name="list.csv"), layout, as_of=date(2024, 6, 30)).figures()["as_of"] == "2024-06-30"
    )


def test_a_country_that_the_portal_does_not_know(db, layout, write):
    with pytest.raises(ImportProblem, match="does not know the country QQQ"):
        plan_presence(write(*ROWS), layout)


def test_progress_is_told(plan):
    told = []
    commit_presence(plan, progress=told.append)
    assert told == [20, 40, 90, 100]


def test_nothing_is_half_written(plan, monkeypatch):
    monkeypatch.setattr(
        presence, "write_events", lambda *_args, **_kwargs: (_ for _ in ()).throw(ProtectedError("", []))
    )
    with pytest.raises(ProtectedError):
        commit_presence(plan)
    assert (Organization.objects.count(), Presence.objects.count()) == (0, 0)
    assert not Location.objects.filter(code="QQ02").exists()


def test_queries_grow_with_batches_not_with_rows(country, layout, write, django_assert_max_num_queries):
    many = [f"Partner number {number},NNGO,Health,May,North,Upper,QQ0101" for number in range(300)]
    # Some twenty of them write the index. SQLite takes 999 values at once, so 300 organizations in pieces of some 20.
    of_many = 55 if connection.vendor == "postgresql" else 99
    for rows, queries in ((ROWS, 55), (many, of_many)):
        plan = plan_presence(write(*rows), layout)
        with django_assert_max_num_queries(queries):
            commit_presence(plan)


# --- The command ------------------------------------------------------------------------------------------------------


def run(capsys, *args):
    call_command("import_presence", *map(str, args))
    return capsys.readouterr().out


def test_command_shows_first_and_writes_when_told(country, layout_path, write, capsys, tmp_path):
    rejects = tmp_path / "rejects.csv"
    path = write(*ROWS, "Other,NNGO,Health,May,North,Upper,QQ0101")
    shown = run(capsys, path, "--layout", layout_path, "--rejects", rejects)
    assert "organizations_created   2" in shown
    assert "rejected: 1 × No organization is named." in shown
    assert "Place code unknown: a new place is made: QQ02 South (1 ×, row 5)" in shown
    assert shown.endswith("Nothing was written. Add --commit to do it.\n")
    assert rejects.read_text(encoding="utf-8-sig").count("\n") == 2
    assert Presence.objects.count() == 0

    figures = json.loads(run(capsys, path, "--layout", layout_path, "--commit", "--json"))
    assert (figures["presences_created"], figures["committed"]) == (3, True)
    assert Presence.objects.count() == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"A,B\n1,2\n", "This is not a file of the layout “qland”"),
        (b"PK\x03\x04...", "This is no text file but XLSX"),
        (HEADINGS.encode() + b"\nHope,NNGO,Sch\xe9,May,North,Upper,QQ0101\n", "The file is not UTF-8"),
        (HEADINGS.encode() + b'\n"Hope,NNGO,Health,May,North,Upper,QQ0101\n', "The file is cut off or damaged"),
        (HEADINGS.encode() + b"\nHope,NNGO\n", "The file is cut off: row 2, the last, has 2 of 7 cells."),
    ],
)
def test_command_answers_a_bad_file_with_a_sentence(country, layout_path, write, content, sentence):
    with pytest.raises(CommandError) as caught:
        call_command("import_presence", str(write(content=content)), "--layout", str(layout_path), "--commit")
    assert str(caught.value).startswith(sentence)
    assert caught.value.returncode == 1
    assert Organization.objects.count() == 0


def test_words_of_the_portals_own_themes_need_no_table(country, layout, write):
    ThematicArea.objects.filter(code="health").update(search_text="health\nsante\nmedecine")
    plan = plan_presence(write("Hope,NNGO,Médecine,May,North,Upper,QQ0101"), layout)
    assert plan.taken[0].sector == "health"
