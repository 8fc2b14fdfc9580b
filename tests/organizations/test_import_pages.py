"""Files brought from a page: preview, confirm, the worker, and everything that can be wrong with a file."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import StaffRole
from organizations.imports import queue
from organizations.imports.queue import LOST_AFTER, READING, WRITING, Importer, run_imports
from organizations.lifecycle import IMPORT, ImportState
from organizations.models import ImportBatch, Organization, Presence
from portal.kit.access import NotNow
from programmes.models import ThematicArea
from tests.factories.organizations import MembershipFactory
from tests.organizations.world import make_staff, make_world

pytestmark = pytest.mark.django_db

HEADINGS = (
    "Implementing Partner Name,Implementing Partner Acronym,Implementing Partner Type,"
    "Cluster,Month,Activity status,Region,Zone,WoredaPcod"
)
ROWS = (
    "Hope for All,HFA,National NGO,Education,May,On-going,Somali,Afder,ET050801",
    "=Faith,FTH,International NGO,Education,June,Planned,Somali,Afder,ET050802",
    "Hope for All,HFA,National NGO,Juggling,May,On-going,Somali,Afder,ET050801",
)


def make_this_world():
    make_world()
    ThematicArea.objects.filter(code="education").update(hdx_sector="EDU")


@pytest.fixture(scope="module", autouse=True)
def kept_world(kept):
    kept(make_this_world)


@pytest.fixture
def editor(client):
    editor = make_staff(StaffRole.HQ_EDITOR, office=None)
    client.force_login(editor)
    return editor


def upload(content=None, name="list_2025-06.csv"):
    content = "\n".join([HEADINGS, *ROWS, ""]).encode() if content is None else content
    return SimpleUploadedFile(name, content, content_type="text/csv")


def bring(client, file=None, layout="presence:ethiopia-4w", **more):
    return client.post("/imports/new/", {"layout": layout, "file": file or upload(), **more})


def brought(client, **more):
    assert bring(client, **more).status_code == 302
    return ImportBatch.objects.latest("pk")


def confirm(client, batch):
    return client.post(f"/imports/{batch.pk}/confirm/", {"version": batch.version})


# --- From file to presences -------------------------------------------------------------------------------------------


def test_a_file_is_shown_before_anything_is_written(client, editor):
    batch = brought(client)
    page = client.get(batch.get_absolute_url())
    figures = {str(label): value for label, value in page.context["figures"]}
    assert figures == {"Rows": 3, "Taken": 2, "Rejected": 1, "New organizations": 2, "New presences": 2}
    [(row, why, cells)] = page.context["rejects"]
    assert (row, "Juggling" in why, cells.startswith("Hope for All · HFA")) == ("4", True, True)
    assert batch.state == ImportState.PREVIEWED
    assert not Organization.objects.exists()


def test_a_confirmed_file_is_taken_by_the_worker(client, editor):
    batch = brought(client)
    assert confirm(client, batch)["Location"] == batch.get_absolute_url()
    assert run_imports() == 1
    assert run_imports() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.progress, batch.figures["organizations_created"]) == (ImportState.DONE, 100, 2)
    assert sorted(Organization.objects.values_list("name", flat=True)) == ["=Faith", "Hope for All"]
    assert Presence.objects.count() == 2
    assert client.get(batch.get_absolute_url()).context["under_way"] is False
    imported = AuditEvent.objects.filter(subject_type="organizations.organization", action="imported")
    assert {event.actor for event in imported} == {editor}


def test_what_the_reading_was_told_counts_for_the_worker_too(client, editor):
    latin = "\n".join([HEADINGS, "Médecins,M,National NGO,Education,,,Somali,Afder,ET050801", ""]).encode("latin-1")
    batch = brought(client, file=upload(latin), encoding="latin-1", as_of="2024-03-31")
    confirm(client, batch)
    assert run_imports() == 1
    assert Organization.objects.get().name == "Médecins"
    assert Presence.objects.get().as_of.isoformat() == "2024-03-31"


def test_rejected_rows_are_a_file_that_a_spreadsheet_opens_without_harm(client, editor):
    rows = [HEADINGS, "=cmd(),X,National NGO,Juggling,May,On-going,Somali,Afder,ET050801", ""]
    batch = brought(client, file=upload("\n".join(rows).encode()))
    response = client.get(f"/imports/{batch.pk}/rejects/")
    assert response["Content-Disposition"] == f'attachment; filename="rejects-{batch.pk}.csv"'
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("row,reason,explanation,Implementing Partner Name")
    assert lines[1].startswith("2,unknown_sector,") and ",'=cmd()," in lines[1]


def test_a_file_can_be_discarded(client, editor):
    batch = brought(client)
    assert client.post(f"/imports/{batch.pk}/discard/", {"version": batch.version}).status_code == 302
    assert confirm(client, batch).status_code == 409
    assert run_imports() == 0
    assert not Organization.objects.exists()


def test_the_list_shows_files_the_newest_first(client, editor, django_assert_max_num_queries):
    one, other = brought(client), brought(client)
    with django_assert_max_num_queries(10) as for_two:
        assert list(client.get("/imports/").context["object_list"]) == [other, one]
    for _more in range(10):
        brought(client)
    with django_assert_max_num_queries(10) as for_many:
        client.get("/imports/")
    assert len(for_two) == len(for_many)


# --- How far it is ----------------------------------------------------------------------------------------------------


def test_the_page_asks_for_itself_until_the_file_is_done(client, editor):
    batch = brought(client)
    confirm(client, batch)
    page = client.get(batch.get_absolute_url())
    html = page.content.decode()
    assert 'hx-trigger="every 2s"' in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert str(page.context["phase"]) == "Waiting for the worker"
    asked = client.get(batch.get_absolute_url(), headers={"HX-Request": "true"})
    assert "HX-Refresh" not in asked
    run_imports()
    assert client.get(batch.get_absolute_url(), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "every 2s" not in client.get(batch.get_absolute_url()).content.decode()


def test_progress_can_be_seen_from_outside_while_the_worker_is_at_it(client, editor, monkeypatch):
    batch = brought(client)
    confirm(client, batch)
    seen = []

    def watched(step):
        def run(*args, **kwargs):
            page = client.get(batch.get_absolute_url())
            seen.append((page.context["object"].progress, str(page.context["phase"])))
            return step(*args, **kwargs)

        return run

    real = queue.IMPORTERS["presence"]
    monkeypatch.setitem(queue.IMPORTERS, "presence", Importer(real.layouts, watched(real.plan), watched(real.commit)))
    assert run_imports() == 1
    assert seen == [
        (READING, "Reading the file and matching organizations"),
        (WRITING, "Writing: all rows or none"),
    ]


# --- The worker in trouble --------------------------------------------------------------------------------------------


def broken(step):
    def run(*args, **kwargs):
        step(*args, **kwargs)
        raise RuntimeError("the disk is gone")

    return run


def test_a_worker_that_fails_half_way_leaves_nothing_and_says_so(client, editor, monkeypatch, caplog):
    batch = brought(client)
    confirm(client, batch)
    real = queue.IMPORTERS["presence"]
    monkeypatch.setitem(queue.IMPORTERS, "presence", Importer(real.layouts, real.plan, broken(real.commit)))
    assert run_imports() == 0
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED
    assert "Nothing was written" in batch.problem
    assert "the disk is gone" in caplog.text
    assert not Organization.objects.exists()
    assert batch.problem in client.get(batch.get_absolute_url()).content.decode()


def test_a_failed_file_can_be_tried_again(client, editor, monkeypatch):
    batch = brought(client)
    confirm(client, batch)
    with monkeypatch.context() as trouble:
        real = queue.IMPORTERS["presence"]
        trouble.setitem(queue.IMPORTERS, "presence", Importer(real.layouts, broken(real.plan), real.commit))
        run_imports()
    batch.refresh_from_db()
    confirm(client, batch)
    assert run_imports() == 1
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == (ImportState.DONE, "")


def test_a_file_that_is_not_there_any_more_fails_with_a_sentence(client, editor):
    batch = brought(client)
    confirm(client, batch)
    batch.file.delete(save=False)
    run_imports()
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED


def test_a_killed_worker_is_noticed_and_its_file_given_back(client, editor):
    batch = brought(client)
    confirm(client, batch)
    IMPORT.perform(batch, "start", by=None)
    now = timezone.now()
    run_imports(now + LOST_AFTER - timedelta(minutes=1))
    batch.refresh_from_db()
    assert batch.state == ImportState.RUNNING
    run_imports(now + LOST_AFTER + timedelta(minutes=1))
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED
    assert batch.problem.startswith("The worker stopped")


def test_a_file_that_takes_long_is_not_given_up_while_its_worker_lives(client, editor, monkeypatch):
    batch = brought(client)
    confirm(client, batch)
    IMPORT.perform(batch, "start", by=None)
    monkeypatch.setattr(queue, "is_under_way", lambda on: on == f"import {batch.pk}")
    run_imports(timezone.now() + 2 * LOST_AFTER)
    batch.refresh_from_db()
    assert batch.state == ImportState.RUNNING


def test_a_worker_that_was_given_up_writes_nothing_after_all(client, editor, monkeypatch):
    batch = brought(client)
    confirm(client, batch)
    real = queue.IMPORTERS["presence"]

    def late(*args, **kwargs):
        plan = real.plan(*args, **kwargs)
        queue.give_up_lost_imports(timezone.now() + 2 * LOST_AFTER)
        return plan

    monkeypatch.setitem(queue.IMPORTERS, "presence", Importer(real.layouts, late, real.commit))
    assert run_imports() == 0
    batch.refresh_from_db()
    assert batch.state == ImportState.FAILED
    assert not Organization.objects.exists()


def test_of_two_workers_one_takes_the_file(client, editor):
    batch = brought(client)
    confirm(client, batch)
    IMPORT.perform(batch, "start", by=None)
    with pytest.raises(NotNow):
        IMPORT.perform(batch, "start", by=None)
    assert run_imports() == 0


# --- What can be wrong with a file ------------------------------------------------------------------------------------

GOOD = "\n".join([HEADINGS, *ROWS, ""]).encode()
HOSTILE = {
    "empty": (b"", "empty"),
    "only spaces": (b" \n \n", "empty"),
    "only headings": (HEADINGS.encode(), "no row"),
    "truncated": (GOOD[:-30], "cut off"),
    "open quotation mark": (GOOD + b'"Hope,', "damaged"),
    "latin-1": (GOOD.replace(b"Hope", "Été".encode("latin-1")), "UTF-8"),
    "a spreadsheet": (b"PK\x03\x04" + b"x" * 50, "XLSX"),
    "nul bytes": (GOOD + b"\0", "NUL"),
    "a wrong layout": (b"Name,Town\nHope,Afder\n", "lacks the columns"),
    "headings twice": (GOOD.replace(b"Zone,", b"Region,"), "twice"),
}


@pytest.mark.parametrize(("content", "word"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_cannot_be_used_gets_a_sentence_at_its_field(client, editor, content, word):
    response = bring(client, upload(content) if content else upload(b" "))
    assert response.status_code == 422
    [sentence] = response.context["form"].errors["file"]
    assert word in sentence
    assert not ImportBatch.objects.exists()


def test_a_file_of_no_bytes_at_all_gets_a_sentence(client, editor):
    response = bring(client, upload(b""))
    assert response.status_code == 422
    assert "empty" in response.context["form"].errors["file"][0]


def test_a_file_that_is_too_large_is_not_even_read(client, editor, settings):
    settings.IMPORT_MAX_BYTES = 100
    response = bring(client)
    assert response.status_code == 422
    assert "too large" in response.context["form"].errors["file"][0]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"layout": "presence:nowhere"}, "layout"),
        ({"layout": "../../etc/passwd"}, "layout"),
        ({"layout": ""}, "layout"),
        ({"encoding": "klingon"}, "encoding"),
        ({"as_of": "31.2.2025"}, "as_of"),
    ],
)
def test_other_bad_input_gets_a_sentence_at_its_field(client, editor, told, field):
    response = bring(client, **told)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_agreements_are_offered_as_well(client, editor):
    groups = dict(client.get("/imports/new/").context["form"].fields["layout"].choices[1:])
    assert {str(kind): [code for code, _title in layouts] for kind, layouts in groups.items()} == {
        "Who does what where": ["presence:drc-4w", "presence:ethiopia-4w", "presence:somalia-3w"],
        "Sanctions list": ["sanctions:un-consolidated"],
        "A register of organizations": [
            f"register:{name}" for name in ("ecosoc-mergers", "ecosoc-renames", "ecosoc", "uganda-register")
        ],
        "Agreements": ["agreements:drc-4w"],
    }


# --- Who --------------------------------------------------------------------------------------------------------------

PAGES = ("/imports/", "/imports/new/")


@pytest.mark.parametrize("url", PAGES)
def test_others_at_unicef_and_partners_are_refused(client, url):
    for user in (make_staff(), make_staff(StaffRole.HQ_EDITOR), MembershipFactory().user):
        client.force_login(user)
        assert client.get(url).status_code == 403
    assert bring(client).status_code == 403


def test_others_do_not_find_a_file(client, editor):
    batch = brought(client)
    client.force_login(make_staff())
    for path in ("", "rejects/", "confirm/"):
        assert client.get(f"/imports/{batch.pk}/{path}").status_code == 404
    assert confirm(client, batch).status_code == 404


def test_nobody_is_asked_to_sign_in(client):
    for url in (*PAGES, "/imports/1/", "/imports/1/rejects/", "/imports/1/confirm/"):
        assert client.get(url)["Location"] == f"/accounts/login/?next={url}"


def test_unknown_files_moves_and_methods_are_refused(client, editor):
    batch = brought(client)
    assert client.get("/imports/999/").status_code == client.get("/imports/999/rejects/").status_code == 404
    assert client.get(f"/imports/{batch.pk}/start/").status_code == 403, "the worker's own move"
    assert client.get(f"/imports/{batch.pk}/fly/").status_code == 404
    assert client.delete("/imports/new/").status_code == client.post(batch.get_absolute_url()).status_code == 405
