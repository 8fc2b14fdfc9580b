"""Files of lists: what is in them is what the person may see when they are written; whoever else asks finds nothing."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.http import Http404
from django.utils import timezone
from openpyxl import load_workbook

from accounts.actions import export as actions
from accounts.actions import request_export, run_exports
from accounts.actions.export import expire_exports, start_export
from accounts.lifecycle import EXPORT, MOST_UNDER_WAY, ExportState
from accounts.models import AuditEvent, Export, Notification, User
from accounts.roles import StaffRole
from organizations.views.merge import MergeList
from organizations.views.organization import OrganizationList
from portal.kit import paging, views
from portal.kit.access import NotAllowed, NotNow
from portal.kit.exports import FORMATS
from tests.factories.accounts import ExportFactory, UserFactory
from tests.factories.organizations import MembershipFactory
from tests.factories.partnerships import PartnerFactory, person_at
from tests.factories.programmes import CountryOfficeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index_at_once")]

DIRECTORY = "/organizations/"


@pytest.fixture
def office():
    return CountryOfficeFactory()


@pytest.fixture
def officer(office):
    return person_at(office, StaffRole.PROGRAMME_OFFICER)


@pytest.fixture
def partners(office):
    return [PartnerFactory(name=f"Partner {number}", verified_by=office) for number in range(5)]


@pytest.fixture
def small_pieces(monkeypatch):
    """Two rows a piece."""
    monkeypatch.setattr(views, "in_pieces", lambda rows: paging.in_pieces(rows, 2))


def lines(export):
    with export.file.open("rb") as file:
        return list(csv.reader(StringIO(file.read().decode("utf-8-sig"))))


def again(export):
    return Export.objects.get(pk=export.pk)


# --- The life of one --------------------------------------------------------------------------------------------------


def test_file_is_asked_for_written_told_of_and_downloaded(client, officer, partners, small_pieces):
    client.force_login(officer)
    asked = {"list": DIRECTORY, "query": "q=partner", "format": "csv"}
    page = client.get("/me/exports/new/", asked)
    assert (page.status_code, page.context["count"]) == (200, 5)
    assert client.post("/me/exports/new/", asked).status_code == 302
    export = Export.objects.get()
    assert (export.state, export.title) == ("queued", "Partners: partner")
    assert client.get(f"/me/exports/{export.pk}/file/").status_code == 404
    assert run_exports() == 1
    export = again(export)
    assert (export.state, export.rows_done, export.rows_expected) == ("done", 5, 5)
    assert [line[1] for line in lines(export)] == ["Name", *(partner.name for partner in partners)]
    message = Notification.objects.get(recipient=officer)
    assert (message.subject, message.path) == ("Your file is ready: Partners: partner", export.get_absolute_url())
    assert "<" not in message.body
    answer = client.get(f"/me/exports/{export.pk}/file/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="partners.csv"'
    assert len(b"".join(answer.streaming_content)) == export.file.size
    assert [event.action for event in AuditEvent.objects.about(export)] == ["finish", "start", "created"]


def test_spreadsheet_holds_what_the_text_file_holds(officer, partners, small_pieces):
    for name in FORMATS:
        request_export(by=officer, path=DIRECTORY, format=name)
    assert run_exports() == 2
    text, packed = Export.objects.order_by("pk")
    with packed.file.open("rb") as file:
        rows = load_workbook(BytesIO(file.read())).active.iter_rows(values_only=True)
    assert [[str(cell or "")[:10] for cell in row] for row in rows] == [
        [cell[:10] for cell in row] for row in lines(text)
    ]


def test_list_that_is_too_long_leads_to_the_worker(client, officer, partners, settings):
    settings.EXPORT_AT_ONCE = 4
    address = "/me/exports/new/?list=%2Forganizations%2F&query=q%3Dpartner&format=xlsx"
    assert client.get("/organizations/?q=partner&format=xlsx").headers["Location"] == address
    assert client.get(address).headers["Location"].startswith("/accounts/login/")
    client.force_login(officer)
    assert client.get(address).context["is_more"]
    assert client.get("/api/v1/organizations/?format=csv").status_code == 409
    settings.EXPORT_AT_ONCE = 5
    assert client.get("/organizations/?q=partner&format=xlsx").status_code == 200


def test_file_is_taken_away_after_its_time_and_can_be_asked_for_again(
    client, officer, partners, django_capture_on_commit_callbacks
):
    export = request_export(by=officer, path=DIRECTORY)
    run_exports()
    export = again(export)
    stored = export.file
    assert expire_exports(export.expires_at - timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_exports(export.expires_at) == 1
    export = again(export)
    assert (export.state, bool(export.file), stored.storage.exists(stored.name)) == ("expired", False, False)
    client.force_login(officer)
    assert client.get(f"/me/exports/{export.pk}/file/").status_code == 404
    assert client.post(f"/me/exports/{export.pk}/repeat/").status_code == 302
    assert (run_exports(), again(export).state) == (1, "done")


def test_nobody_has_many_under_way(client, officer, partners):
    for _turn in range(MOST_UNDER_WAY):
        request_export(by=officer, path=DIRECTORY)
    with pytest.raises(NotNow):
        request_export(by=officer, path=DIRECTORY)
    client.force_login(officer)
    page = client.post("/me/exports/new/", {"list": DIRECTORY, "format": "csv"})
    assert (page.status_code, Export.objects.count()) == (409, MOST_UNDER_WAY)


# --- What may be asked for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["", "x", "/", "//evil.example/organizations/", "/imports/", "/organizations/1/", "/admin/", "/\x00", "/twins/"],
)
def test_only_lists_of_the_portal_that_leave_as_files(client, officer, path):
    client.force_login(officer)
    assert client.get("/me/exports/new/", {"list": path}).status_code == 404
    assert client.post("/me/exports/new/", {"list": path, "format": "csv"}).status_code == 404
    with pytest.raises(Http404):
        request_export(by=officer, path=path)


def test_any_query_is_taken(client, officer, partners):
    for query in ("q=%00", "theme=nonsense&theme=x", "&&=", "after=x&page=9", "sort=x", "é=ü", "q=" + "x" * 3000):
        export = request_export(by=officer, path=DIRECTORY, query=query)
        run_exports()
        assert (query, again(export).state) == (query, "done")
    client.force_login(officer)
    assert client.post("/me/exports/new/", {"list": DIRECTORY, "format": "exe"}).status_code == 422


def test_list_of_others_is_refused(client, office):
    nobody = UserFactory()
    with pytest.raises(NotAllowed):
        request_export(by=nobody, path="/merges/")
    client.force_login(nobody)
    assert client.get("/me/exports/new/", {"list": "/merges/"}).status_code == 403


# --- Whose it is ------------------------------------------------------------------------------------------------------


def test_nobody_else_finds_it(client, officer, office, partners):
    export = request_export(by=officer, path=DIRECTORY)
    run_exports()
    client.force_login(person_at(office, StaffRole.PROGRAMME_OFFICER))
    paths = [f"/me/exports/{export.pk}/{rest}" for rest in ("", "file/", "cancel/", "repeat/")]
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.get("/me/exports/").context["object_list"] == []
    client.logout()
    assert {client.get(path).status_code for path in ["/me/exports/", *paths[:2]]} == {302}


def test_rows_are_those_that_the_person_may_see_when_it_is_written(officer, partners):
    asked = [request_export(by=person, path=DIRECTORY) for person in (officer, UserFactory())]
    PartnerFactory(name="Not public", listed=False)
    run_exports()
    assert [again(export).rows_done for export in asked] == [6, 5]


@pytest.mark.parametrize(("when", "state"), [("before", "failed"), ("meanwhile", "failed"), ("afterwards", "done")])
def test_whoever_loses_the_role_gets_nothing(client, officer, monkeypatch, when, state):
    export = request_export(by=officer, path="/merges/")
    lose = officer.staff_assignments.all().delete
    if when == "before":
        lose()
    elif when == "meanwhile":
        table = MergeList.table
        monkeypatch.setattr(MergeList, "table", lambda view, *order: lose() and table(view, *order))
    run_exports()
    assert again(export).state == state
    lose()
    client.force_login(officer)
    assert client.get(f"/me/exports/{export.pk}/file/").status_code == (403 if state == "done" else 404)


def test_a_file_of_a_public_list_that_staff_asked_for_is_not_given_to_who_left(client, officer, partners):
    PartnerFactory(name="Not public", listed=False)
    export = request_export(by=officer, path=DIRECTORY)
    run_exports()
    client.force_login(officer)
    page, file = f"/me/exports/{export.pk}/", f"/me/exports/{export.pk}/file/"
    MembershipFactory(user=officer)  # more than then is no harm
    assert b"Not public" in client.get(file).getvalue()
    officer.staff_assignments.all().delete()
    assert client.get(file).status_code == 403
    assert "The file is not given out" in client.get(page).text
    assert file not in client.get(page).text
    export = request_export(by=User.objects.get(pk=officer.pk), path=DIRECTORY)
    run_exports()
    assert b"Not public" not in client.get(f"/me/exports/{export.pk}/file/").getvalue()


def test_who_loses_a_role_while_a_public_list_is_written_gets_nothing(officer, partners, monkeypatch):
    export = request_export(by=officer, path=DIRECTORY)
    written = OrganizationList.table
    lose = officer.staff_assignments.all().delete
    monkeypatch.setattr(OrganizationList, "table", lambda view, *order: lose() and written(view, *order))
    run_exports()
    assert again(export).state == "failed"


# --- Trouble ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_the_second_piece(small_pieces, monkeypatch):
    """Do something when two rows are written."""

    def call(what):
        prepare = OrganizationList.prepare

        def watched(view, rows):
            if Export.objects.latest("pk").rows_done == 2:
                what()
            return prepare(view, rows)

        monkeypatch.setattr(OrganizationList, "prepare", watched)

    return call


def test_cancelled_in_the_middle_leaves_nothing(officer, partners, at_the_second_piece):
    export = request_export(by=officer, path=DIRECTORY)
    at_the_second_piece(lambda: EXPORT.perform(again(export), "cancel", by=officer))
    assert run_exports() == 0
    export = again(export)
    assert (export.state, bool(export.file), export.rows_done) == ("cancelled", False, 2)
    assert not Notification.objects.exists()


def test_file_of_a_worker_that_was_killed_is_begun_anew(officer, partners, at_the_second_piece):
    class Killed(BaseException):
        pass

    def kill():
        if Export.objects.get().attempts == 1:
            raise Killed

    export = request_export(by=officer, path=DIRECTORY)
    at_the_second_piece(kill)
    with pytest.raises(Killed):
        run_exports()
    export = again(export)
    assert (export.state, export.rows_done, run_exports()) == ("running", 2, 0)  # its claim still holds
    Export.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert run_exports() == 1
    export = again(export)
    assert (export.state, export.rows_done, export.attempts, len(lines(export))) == ("done", 5, 2, 6)


def test_worker_that_wakes_up_late_writes_nothing(officer, partners):
    slow = start_export(request_export(by=officer, path=DIRECTORY))
    Export.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    start_export(slow)
    assert (actions._write(slow), again(slow).state) == (False, "running")


def test_after_three_killed_workers_it_is_given_up(officer, partners):
    export = ExportFactory(user=officer, state=ExportState.RUNNING, attempts=3)
    other = ExportFactory(user=officer)
    assert run_exports() == 1
    assert (again(export).state, again(other).state) == ("failed", "done")
    assert Notification.objects.filter(subject__startswith="Your file could not").count() == 1


def test_what_goes_wrong_is_said_in_a_sentence(officer, partners, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ROWS", 3)
    too_long = request_export(by=officer, path=DIRECTORY, format="xlsx")
    run_exports()
    monkeypatch.setattr(OrganizationList, "prepare", lambda *_given: 1 / 0)
    unforeseen = request_export(by=officer, path=DIRECTORY)
    run_exports()
    assert [again(export).state for export in (too_long, unforeseen)] == ["failed", "failed"]
    assert "Choose CSV" in again(too_long).problem
    assert again(unforeseen).problem.startswith("Something went wrong")


def test_other_messages_go_out_between_the_pieces_of_a_long_file(officer, partners, small_pieces, monkeypatch):
    sent = []
    monkeypatch.setattr(actions, "BREATH", 0.0)
    monkeypatch.setattr(actions, "send_due_notifications", lambda: sent.append(1))
    request_export(by=officer, path=DIRECTORY)
    run_exports()
    assert len(sent) == 3


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_pages_say_how_far_it_is(client, officer):
    client.force_login(officer)
    for state in ExportState:
        export = ExportFactory(user=officer, state=state, rows_done=2000, rows_expected=5000, problem="Full disk.")
        text = client.get(export.get_absolute_url()).content.decode()
        assert ("2,000 of about 5,000 rows" in text) is (state == "running")
    assert "2,000 of about 5,000 rows" in client.get("/me/exports/").content.decode()
    asked = client.get(export.get_absolute_url(), headers={"HX-Request": "true"})
    assert asked.headers["HX-Refresh"] == "true"


def test_list_costs_the_same_for_one_and_for_many(client, officer, django_assert_max_num_queries):
    client.force_login(officer)
    ExportFactory(user=officer)
    with django_assert_max_num_queries(10) as one:
        client.get("/me/exports/")
    for _turn in range(10):
        ExportFactory(user=officer)
    with django_assert_max_num_queries(10) as many:
        client.get("/me/exports/")
    assert len(one) == len(many)
