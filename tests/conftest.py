"""What every test stands on: no network, uploads in a folder of its own, and the real data where it is there."""

import gc
import ipaddress
import os
import socket
from itertools import count, groupby
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import transaction
from django.db.models.signals import m2m_changed, post_save
from django.utils import translation
from factory.django import DjangoModelFactory

# A suite makes and drops millions of small objects; looking for lost ones less often saves a twentieth of its time.
gc.set_threshold(200_000, 20, 50)

REAL_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def missing(what: str, switch: str) -> None:
    """Skip with a clear word, or fail where ``switch`` says that nothing may be left out (as in CI)."""
    if os.environ.get(switch):
        pytest.fail(f"{what}, and {switch} is set", pytrace=False)
    pytest.skip(what)


class NetworkRefused(Exception):
    """A test reached for another machine."""


def _is_local(address: object) -> bool:
    """Loopback and sockets in the file system."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def pytest_configure() -> None:
    """Close the network for the whole run, collection included."""
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self, address, original=original):
            if not _is_local(address):
                raise NetworkRefused(f"A test tried to reach {address}.")
            return original(self, address)

        setattr(socket.socket, name, guarded)


def pytest_collection_modifyitems(items) -> None:
    """Within a module, who needs none of the rows that are kept for the others runs first, and never meets them."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction") and _kept_for(item):
            pytest.fail(f"{item.nodeid} commits, and asks for rows that are kept in a transaction.", pytrace=False)
    modules = groupby(list(items), key=lambda item: item.path)
    items[:] = [item for _path, some in modules for item in sorted(some, key=_kept_for)]


def _kept_for(item) -> int:
    return sum(name.startswith("kept") for name in item.fixturenames)


@pytest.fixture(scope="module")
def kept(numbers_from_zero, django_db_setup, django_db_blocker):
    """``kept(build)`` calls ``build()``; the rows it writes are there for every later test of the module.

    Making the same people and places for each test was a twelfth of the suite's time. Fixtures that use it are called
    ``kept_…``; what such a one returns is handed to tests as a deep copy, for they change it.
    """

    def build(make, *told):
        with django_db_blocker.unblock():
            return make(*told)

    around = transaction.atomic()
    build(around.__enter__)
    yield build
    build(transaction.set_rollback, True)
    build(around.__exit__, None, None, None)


@pytest.fixture(autouse=True, scope="module")
def numbers_from_zero():
    """Factories count anew in each module: what a test gets does not hang on what ran before, and short codes last."""
    for factory in DjangoModelFactory.__subclasses__():
        factory.reset_sequence(0)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What a process keeps in memory outlives the rows it was read from."""
    caches["memory"].clear()
    caches["pages"].clear()


@pytest.fixture(autouse=True)
def in_english():
    """A page that a test asked for in another language leaves that language in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """Names of folders that nobody has used; making one for each test took a thirty-sixth of the suite's time."""
    above = tmp_path_factory.mktemp("uploads")
    return (above / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_uploads(settings, folders):
    """Uploaded files go to a folder that only this test has."""
    settings.MEDIA_ROOT = next(folders)


@pytest.fixture(autouse=True)
def words_of_this_test():
    """The search keeps themes and places in memory for a minute; no test may meet those of another."""
    from organizations.filters.vocabulary import forget_vocabulary

    forget_vocabulary()


@pytest.fixture
def index_at_once():
    """Factories save rows without an action, whose frame writes the index: here each saved row does."""
    from organizations import models
    from organizations.search.index import follow

    def saved(sender, instance, **_more):
        follow(instance)

    def linked(sender, instance, action, **_more):
        if action.startswith("post"):
            follow(instance)

    senders = ("Organization", "OrganizationName", "Presence", "Registration", "Experience", "Assessment")
    for name in senders:
        post_save.connect(saved, getattr(models, name))
    m2m_changed.connect(linked, models.Organization.strategies.through)
    yield
    for name in senders:
        post_save.disconnect(saved, getattr(models, name))
    m2m_changed.disconnect(linked, models.Organization.strategies.through)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data files beside the project; see its README for what they are."""
    if not REAL_DATA.is_dir():
        missing("The real data is not here (../shared/data)", "REQUIRE_REAL_DATA")
    return REAL_DATA
