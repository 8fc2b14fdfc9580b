"""A portal with the demonstration, served as `make run` serves it, and Chromium to walk through it.

The browser of the machine is used; Playwright's own cannot be fetched everywhere.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from portal.demo import PASSWORD
from tests.conftest import missing

HERE = Path(__file__).parent

expect.set_options(timeout=15_000)  # a page that comes late on a busy machine is not a wrong page

# Without these Chromium looks for updates and services at each start, which a closed network answers late.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Mark all tests of this folder, so that ``-m "not browser"`` leaves them out, and run them last.

    Playwright keeps an event loop in this thread until the end, and there Django refuses every query.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
    yield  # the others look at the marks, and sort
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """How to start the machine's Chromium; as root it cannot have its sandbox."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium is not on this machine", "REQUIRE_BROWSER")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def portal_folder(tmp_path_factory):
    """Where the portal of these tests keeps its database, its files and its e-mails."""
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="session")
def portal(portal_folder):
    """The address of a portal of its own: database, demonstration and web server, taken down at the end."""
    folder = portal_folder
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "VAR_DIR": str(folder),
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "DEMO": "1",
    }
    run = {"cwd": settings.BASE_DIR, "env": environment, "stdout": subprocess.DEVNULL}
    for command in (["migrate", "--verbosity", "0"], ["demo"]):
        subprocess.run([sys.executable, "manage.py", *command], check=True, **run)
    serve = ["-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--no-control-socket"]
    log = (folder / "server.log").open("w")
    server = subprocess.Popen([sys.executable, *serve], stderr=log, **run)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)
        log.close()


@pytest.fixture
def read_mail(portal_folder):
    """Return the text of the newest e-mail to somebody, as that person reads it."""

    def read(address):
        files = sorted((portal_folder / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        letters = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in reversed(files))
        letter = next(letter for letter in letters if address in letter["To"])
        return letter.get_body(("plain",)).get_content()

    return read


def _wait_for(address, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The portal did not answer within {seconds} seconds.")


@pytest.fixture(scope="session")
def signed_in():
    """The cookies of everybody who has signed in: once each, for a password is checked slowly on purpose."""
    return {}


@pytest.fixture
def visit(browser, portal, signed_in):
    """Open a page as somebody: ``visit("/my-work/", "head", locale="ar")``; every context is closed at the end."""
    contexts = []

    def open_page(path, who="", *, width=1280, **options):
        context = browser.new_context(
            base_url=portal, viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        if who in signed_in:
            context.add_cookies(signed_in[who])
        elif who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", f"{who}@demo.example")
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda address: "/accounts/login/" not in address)
            context.clear_cookies(name="django_language")  # the language of the context, not of the account
            signed_in[who] = context.cookies()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
