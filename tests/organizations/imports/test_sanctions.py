"""The Security Council's list: read, shown, taken in, brought again, and everything that can be wrong with it."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from accounts.roles import StaffRole
from organizations.imports.errors import ImportProblem
from organizations.imports.queue import run_imports
from organizations.imports.sanctions import commit_sanctions, plan_sanctions
from organizations.lifecycle import ImportState, MatchState
from organizations.models import ImportBatch, SanctionsEntry, SanctionsList
from tests.factories.sanctions import SanctionsMatchFactory
from tests.organizations.screening.lists import HEAD, INDIVIDUALS, TAIL, consolidated, upload, without_zubayr
from tests.organizations.world import make_staff

pytestmark = pytest.mark.django_db


def take(content=None, **told):
    return commit_sanctions(plan_sanctions(upload(content), **told))


def test_every_field_of_the_published_form_is_read():
    take()
    zubayr = SanctionsEntry.objects.get(reference="TEi.001")
    assert (zubayr.kind, zubayr.name, zubayr.original_name) == ("person", "ZUBAYR RAHMAT TALLANI", "زبير رحمت طلاني")
    assert zubayr.aliases == [
        {"name": "Abu Harith Tallani", "quality": "Good"},
        {"name": "Zubair Tallani", "quality": "Good"},
        {"name": "Harkash", "quality": "Low"},
    ]
    assert (zubayr.list_type, zubayr.listed_on, zubayr.data_id) == ("Al-Qaida", date(2011, 3, 17), "9000001")
    assert (zubayr.nationalities, zubayr.births) == (["Nowhere", "Elsewhere"], ["1970-02-03", "1968–1972"])
    vladislav = SanctionsEntry.objects.get(reference="TEi.002")
    assert (vladislav.name, vladislav.listed_on) == ("VLADISLAV KORNEYCHUK-RYABOV", date(2017, 6, 2))
    assert SanctionsEntry.objects.get(reference="TEe.001").kind == "entity"
    assert SanctionsList.objects.current().generated_at.isoformat() == "2026-01-05T10:30:00+00:00"


def test_a_plan_writes_nothing():
    figures = plan_sanctions(upload()).figures()
    told = ("rows", "taken", "individuals", "entities", "entries_added", "entries_changed", "entries_removed")
    assert [figures[name] for name in told] == [3, 3, 2, 1, 3, 0, 0]
    assert not SanctionsEntry.objects.exists() and not SanctionsList.objects.exists()


def test_the_same_list_again_changes_nothing():
    take()
    figures = take().figures()
    assert [figures[f"entries_{what}"] for what in ("added", "changed", "removed")] == [0, 0, 0]
    assert SanctionsList.objects.count() == 2


def test_what_is_removed_is_kept_as_past_and_its_open_matches_are_closed():
    take()
    entry = SanctionsEntry.objects.get(reference="TEi.001")
    undecided, cleared = (
        SanctionsMatchFactory(entry=entry),
        SanctionsMatchFactory(entry=entry, state=MatchState.CLEARED),
    )
    figures = take(without_zubayr()).figures()
    assert (figures["entries_removed"], figures["matches_closed"]) == (1, 1)
    entry.refresh_from_db()
    undecided.refresh_from_db()
    cleared.refresh_from_db()
    assert entry.removed_at is not None
    assert (undecided.state, cleared.state) == (MatchState.CLOSED, MatchState.CLEARED)
    assert AuditEvent.objects.about(undecided).first().reason == "No longer on the list."
    assert take().figures()["entries_changed"] == 1  # back on the list
    entry.refresh_from_db()
    assert entry.removed_at is None


def test_a_changed_name_is_a_change():
    take()
    assert take(consolidated().replace(b"RAHMAT", b"RAHIMI")).figures()["entries_changed"] == 1
    assert SanctionsEntry.objects.get(reference="TEi.001").name == "ZUBAYR RAHIMI TALLANI"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>'
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no complete XML"),
        (b"name,country\nx,y\n", "no complete XML"),
        (consolidated()[:900], "no complete XML"),
        (BOMB.encode(), "declares entities"),
        (b'<?xml version="1.0" encoding="klingon"?><CONSOLIDATED_LIST/>', "encoding that is not read"),
        (b'<?xml version="1.0" encoding="utf-7"?><CONSOLIDATED_LIST/>', "encoding that is not read"),
        (b"<sdnList><sdnEntry/></sdnList>", "begins with .sdnList."),
        (f"{HEAD}<INDIVIDUALS/><ENTITIES/>{TAIL}".encode(), "without any entry"),
    ],
)
def test_a_file_that_is_no_such_list_is_one_sentence_and_nothing_is_written(content, sentence):
    take()
    with pytest.raises(ImportProblem, match=sentence):
        take(content)
    assert SanctionsEntry.objects.filter(removed_at=None).count() == 3


def test_a_file_that_is_too_large_is_refused_before_it_is_read(settings):
    settings.IMPORT_MAX_BYTES = 100
    with pytest.raises(ImportProblem, match="too large"):
        plan_sanctions(upload())


def test_a_list_that_lost_more_than_half_must_be_confirmed():
    take()
    short = consolidated(individuals="<INDIVIDUALS/>")
    with pytest.raises(ImportProblem, match="lose 2 of its 3 entries"):
        plan_sanctions(upload(short))
    assert take(short, shorter=True).figures()["entries_removed"] == 2


def test_entries_without_a_name_or_number_and_doubles_are_told_apart():
    more = INDIVIDUALS.replace(
        "</INDIVIDUALS>",
        "<INDIVIDUAL><FIRST_NAME>X</FIRST_NAME></INDIVIDUAL>"
        "<INDIVIDUAL><REFERENCE_NUMBER>TEi.009</REFERENCE_NUMBER></INDIVIDUAL>"
        "<INDIVIDUAL><REFERENCE_NUMBER>TEi.001</REFERENCE_NUMBER><FIRST_NAME>Y</FIRST_NAME></INDIVIDUAL></INDIVIDUALS>",
    )
    plan = take(consolidated(individuals=more))
    assert plan.figures()["rejects_by_reason"] == {"no_reference": 1, "no_name_listed": 1, "listed_twice": 1}
    assert "TEi.009" in plan.rejects_csv()


# --- Doors ------------------------------------------------------------------------------------------------------------


def test_the_command_shows_first_and_writes_when_told(tmp_path):
    path = tmp_path / "consolidated.xml"
    path.write_bytes(consolidated())
    out = StringIO()
    call_command("import_sanctions", path, "--json", stdout=out)
    assert (json.loads(out.getvalue())["committed"], SanctionsEntry.objects.count()) == (False, 0)
    call_command("import_sanctions", path, "--commit", stdout=StringIO())
    assert SanctionsEntry.objects.count() == 3
    path.write_bytes(consolidated(individuals=""))
    with pytest.raises(CommandError, match="more than half"):
        call_command("import_sanctions", path, "--commit", stdout=StringIO())
    call_command("import_sanctions", path, "--commit", "--shorter", stdout=StringIO())
    assert SanctionsEntry.objects.filter(removed_at=None).count() == 1


def bring(client, content=None, **more):
    return client.post("/imports/new/", {"layout": "sanctions:un-consolidated", "file": upload(content), **more})


@pytest.fixture
def editor(client):
    editor = make_staff(StaffRole.HQ_EDITOR, office=None)
    client.force_login(editor)
    return editor


def test_headquarters_brings_a_list_on_the_page_and_the_worker_takes_it(client, editor):
    assert bring(client).status_code == 302
    batch = ImportBatch.objects.get()
    page = client.get(batch.get_absolute_url())
    assert {str(label): value for label, value in page.context["figures"]}["Entries added"] == 3
    assert not SanctionsEntry.objects.exists()
    client.post(f"/imports/{batch.pk}/confirm/", {"version": batch.version})
    assert run_imports() == 1
    batch.refresh_from_db()
    assert (batch.state, SanctionsList.objects.get().taken_by) == (ImportState.DONE, editor)


def test_the_page_says_what_is_wrong_and_asks_about_a_much_shorter_list(client, editor):
    take()
    assert "no complete XML" in bring(client, b"<x").text
    short = consolidated(individuals="<INDIVIDUALS/>")
    refused = bring(client, short)
    assert (refused.status_code, "more than half" in refused.text) == (422, True)
    assert bring(client, short, shorter="on").status_code == 302
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/confirm/", {"version": batch.version})
    assert run_imports() == 1
    assert SanctionsEntry.objects.filter(removed_at=None).count() == 1


def test_nobody_else_brings_a_list(client):
    client.force_login(make_staff(StaffRole.REGISTRATION_OFFICER))
    assert bring(client).status_code == 403
