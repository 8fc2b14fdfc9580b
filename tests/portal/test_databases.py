"""Which database answers whom, what a reader sees when one does not, and the limits that production sets."""

import runpy
from types import SimpleNamespace

import pytest
from django.conf import settings as portal_settings
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from partnerships.models import Agreement
from portal import databases
from portal.databases import FRESH_COOKIE, PRIMARY, REPLICA, Reading, ReplicaHealth, Router, served
from programmes.models import ThematicArea
from tests.factories.accounts import UserFactory
from tests.factories.programmes import ThemeFactory

THEMES = "/themes/"


class Asked:
    """The replica's connection: here the same as the primary's, and it notes that it was asked; or it is away."""

    def __init__(self):
        self.times, self.away = 0, False

    def __getattr__(self, name):
        if name in ("cursor", "chunked_cursor"):
            self.times += 1
            if self.away:
                raise OperationalError("connection refused")
        return getattr(connections[PRIMARY], name)


@pytest.fixture
def replica(settings, monkeypatch):
    """A replica that is up to date."""
    asked = Asked()
    settings.DATABASE_ROUTERS = ["portal.databases.Router"]
    settings.MIDDLEWARE = ["portal.databases.ReplicaReads", *settings.MIDDLEWARE]
    monkeypatch.setitem(connections.settings, REPLICA, connections.settings[PRIMARY])
    connections[REPLICA] = asked
    monkeypatch.setattr(databases, "in_transaction", lambda: False)  # a test is itself within one
    monkeypatch.setattr(databases.replica, "usable", lambda: not asked.away)
    yield asked
    del connections[REPLICA]


# --- Who reads where --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", THEMES])
def test_public_page_reads_from_the_replica_all_but_what_is_counted(client, replica, path):
    ThemeFactory()
    client.get(path)
    replica.times = 0
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    of_the_cache = [query for query in asked if "cache_key" in query["sql"]]
    assert replica.times == len(asked) - len(of_the_cache) > 0


@pytest.mark.django_db
def test_whoever_is_known_reads_from_the_primary(client, replica):
    client.get("/api/v1/themes/", headers={"Authorization": "Bearer unknown"})
    client.force_login(UserFactory())
    client.get(THEMES)
    assert replica.times == 0


@pytest.mark.django_db
def test_whoever_wrote_reads_it_from_the_primary_for_a_while(client, replica):
    client.force_login(UserFactory())
    client.post(reverse("accounts:me"), {"name": "New name", "language": "en"})
    cookie = client.cookies[FRESH_COOKIE]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (14, True, "Lax")
    client.logout()
    client.cookies[FRESH_COOKIE] = "1"
    client.get(THEMES)
    assert replica.times == 0
    del client.cookies[FRESH_COOKIE]
    assert FRESH_COOKIE not in client.get(THEMES).cookies
    assert replica.times > 0


@pytest.mark.django_db
def test_within_a_request_what_was_written_is_read_from_the_primary(replica):
    with served(Reading(from_replica=True)):
        assert ThematicArea.objects.all().db == REPLICA
        ThemeFactory()
        assert ThematicArea.objects.all().db == PRIMARY


def test_locks_transactions_and_sessions_are_the_primarys(monkeypatch):
    session, router = SimpleNamespace(_meta=SimpleNamespace(app_label="sessions")), Router()
    with served(Reading(from_replica=True)):
        assert (router.db_for_read(session), router.db_for_read(User)) == (PRIMARY, REPLICA)
        monkeypatch.setattr(databases, "in_transaction", lambda: True)
        assert router.db_for_read(User) == PRIMARY
        assert router.db_for_write(User) == PRIMARY
    assert router.db_for_read(User) == PRIMARY
    assert (router.allow_migrate(PRIMARY, "accounts"), router.allow_migrate(REPLICA, "accounts")) == (True, False)


# --- A replica that is away or behind ---------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", [THEMES, "/api/v1/themes/", "/countries/"])
def test_replica_that_goes_away_in_mid_request_is_not_noticed(replica, monkeypatch, path, caplog):
    ThemeFactory(name="Safe water")
    monkeypatch.setattr(databases.replica, "usable", lambda: True)
    replica.away = True
    response = Client(raise_request_exception=False).get(path)
    assert (response.status_code, replica.times) == (200, 1)


@pytest.mark.django_db
def test_page_that_takes_long_is_not_asked_for_twice(replica, monkeypatch):
    monkeypatch.setattr(databases, "RETRY_WITHIN", 0)
    monkeypatch.setattr(databases.replica, "usable", lambda: True)
    replica.away = True
    assert Client(raise_request_exception=False).get(THEMES).status_code >= 500


@pytest.fixture
def health(monkeypatch):
    """A replica and its primary whose clock and positions a test sets; ``at(second, written, reached)`` asks."""
    state = {}

    def position(alias, function):
        if state[alias] is OperationalError:
            raise OperationalError("connection refused")
        return state[alias]

    checked = ReplicaHealth()

    def at(second, written, reached):
        state.update({PRIMARY: written, REPLICA: reached})
        monkeypatch.setattr(databases.time, "monotonic", lambda: second)
        return checked.usable()

    monkeypatch.setattr(databases, "position", position)
    return at


def test_replica_is_read_while_it_is_close_behind(health):
    assert health(100, 10, 10) is True
    assert health(110, 30, 10) is True  # ten seconds behind, and no more
    assert health(113, 40, 10) is False
    assert health(114, 40, 40) is False  # not asked again so soon
    assert health(116, 40, 40) is True


def test_replica_of_a_primary_that_always_writes_is_read_after_a_second_look(health):
    assert [health(100, 20, 19), health(103, 30, 29)] == [False, True]


def test_replica_of_a_primary_that_does_not_write_is_not_behind(health):
    assert [health(second, 10, 10) for second in (100, 1000, 10000)] == [True] * 3


@pytest.mark.parametrize("answer", [OperationalError, None])
def test_replica_that_is_away_or_follows_nobody_is_not_read(health, answer):
    assert health(100, 10, 10) is True
    assert health(101, 10, answer) is True  # each process asks every few seconds
    assert health(103, 10, answer) is False
    assert health(120, 20, 20) is True


@pytest.mark.django_db
def test_position_is_that_of_this_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no replicas")
    written = databases.position(PRIMARY, "pg_current_wal_lsn()")
    assert written > 0
    assert databases.position(PRIMARY, "pg_last_wal_replay_lsn()") is None


# --- A database that does not answer ----------------------------------------------------------------------------------


def take_too_long(*args, **kwargs):
    """What a statement does that the database stops; SQLite stops none, so there it is said in its place."""
    if connection.vendor != "postgresql":
        raise OperationalError("canceled") from type("Cancelled", (Exception,), {"pgcode": "57014"})()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(5)")


def wait_in_vain(*args, **kwargs):
    raise OperationalError("locked") from type("Locked", (Exception,), {"pgcode": "55P03"})()


def find_nobody(*args, **kwargs):
    raise OperationalError("connection refused")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trouble", "status", "sentence"),
    [
        (take_too_long, 503, "This took longer than the portal allows"),
        (find_nobody, 503, "The portal does not reach its data at the moment."),
        (wait_in_vain, 409, "Somebody saved the same thing in the same moment."),
    ],
)
def test_trouble_is_a_plain_sentence_on_pages_and_in_the_api(monkeypatch, trouble, status, sentence):
    monkeypatch.setattr(type(Agreement.objects.all()), "visible_to", trouble)
    client = Client(raise_request_exception=False)
    page, answer = client.get("/agreements/"), client.get("/api/v1/agreements/")
    assert (page.status_code, sentence in page.text) == (status, True)
    assert (answer.status_code, sentence in answer.json()["errors"][0]["detail"]) == (status, True)
    if status == 503:
        assert (page["Retry-After"], answer["Retry-After"], answer.json()["type"]) == ("30", "30", "server_error")


@pytest.mark.django_db
def test_health_tells_whether_the_database_answers(client, monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    assert (client.get("/healthz/").status_code, client.get("/healthz/").text) == (200, "ok\n")
    monkeypatch.setattr(connection, "cursor", find_nobody)
    assert client.get("/healthz/").status_code == 503


# --- Settings ---------------------------------------------------------------------------------------------------------


def settings_with(monkeypatch, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return SimpleNamespace(**runpy.run_path(str(portal_settings.BASE_DIR / "portal" / "settings.py")))


@pytest.mark.parametrize(
    ("process", "limits"),
    [("web", (15000, 5000, 60000)), ("command", (0, 60000, 900000))],
)
def test_pages_are_held_to_limits_and_commands_have_time(monkeypatch, process, limits):
    url = "postgres://portal@db/portal?sslmode=require"
    found = settings_with(monkeypatch, PROCESS=process, DATABASE_URL=url).DATABASES
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    options = found["default"]["OPTIONS"]
    assert options["options"] == " ".join(f"-c {name}={limit}" for name, limit in zip(names, limits, strict=True))
    assert (options["application_name"], options["sslmode"]) == (f"portal {process}", "require")
    assert list(found) == ["default"]


def test_replica_is_a_second_url(monkeypatch):
    urls = {"DATABASE_URL": "postgres://portal@one/portal", "REPLICA_URL": "postgres://portal@two/portal"}
    found = settings_with(monkeypatch, **urls)
    assert {alias: database["HOST"] for alias, database in found.DATABASES.items()} == {
        "default": "one",
        "replica": "two",
    }
    assert found.DATABASE_ROUTERS == ["portal.databases.Router"]
    order = [
        found.MIDDLEWARE.index(f"portal.{name}") for name in ("databases.ReplicaReads", "caching.ConditionalPages")
    ]
    assert order == sorted(order)
