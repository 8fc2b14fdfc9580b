"""The databases that are measured: one for each size, kept between runs.

Without ``DATABASE_URL`` a PostgreSQL server of the benchmarks' own is started, set up as an operator would: nothing of
its safety is traded for speed. It listens on a socket alone and is stopped at the end; its data stay.
"""

import contextlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests import postgres


def home() -> Path:
    """Where databases and files of the benchmarks are kept: ``BENCH_DIR``, else ``var/benchmarks``."""
    given = os.environ.get("BENCH_DIR")
    folder = Path(given) if given else Path(__file__).resolve().parent.parent / "var" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def running(kind: str) -> Iterator[str]:
    """Yield the address of a server of databases of the ``kind`` (sqlite, postgresql): see :func:`named`."""
    if kind == "sqlite":
        yield f"sqlite:///{home()}"
    elif given := os.environ.get("DATABASE_URL"):
        yield given
    elif _answers(url := f"postgres://postgres@/postgres?host={(folder := _data_folder())}"):
        yield url  # of another run, which stops it
    else:
        with postgres.server(postgres.find_programs(), home=folder, options=_options()) as url:
            yield url


def named(url: str, name: str) -> str:
    """The address of the database ``name`` on the server at ``url``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return f"{url}/{name}.sqlite3"
    return urlunsplit(parts._replace(path=f"/{name}"))


def drop(url: str, name: str) -> None:
    """Remove the database ``name`` if it is there, and make it anew, empty."""
    if url.startswith("sqlite"):
        for ending in ("", "-wal", "-shm"):
            Path(f"{urlsplit(url).path}/{name}.sqlite3{ending}").unlink(missing_ok=True)
        return
    with contextlib.closing(psycopg2.connect(dsn(url))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')


def exists(url: str, name: str) -> bool:
    if url.startswith("sqlite"):
        return Path(f"{urlsplit(url).path}/{name}.sqlite3").exists()
    with contextlib.closing(psycopg2.connect(dsn(url))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(dsn(url)).close()
    except psycopg2.OperationalError:
        return False
    return True


def dsn(url: str) -> str:
    """``url`` as PostgreSQL's own library reads it."""
    return url.replace("postgres://", "postgresql://", 1)


def _data_folder() -> Path:
    """The server's folder. A path to a socket is short, so a deep one is reached through a link."""
    folder = home() / "postgresql"
    folder.mkdir(exist_ok=True)
    if len(str(folder)) < 80:
        return folder
    link = Path(tempfile.gettempdir()) / f"bench-{zlib.crc32(bytes(folder))}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    return link


def _options() -> str:
    """What an operator of a machine of this size would set; the rest is as PostgreSQL ships."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    said = {
        "listen_addresses": "''",
        "shared_buffers": f"{total // 4}MB",
        "effective_cache_size": f"{total // 2}MB",
        "maintenance_work_mem": f"{min(total // 16, 1024)}MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "effective_io_concurrency": "200",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "jit": "off",
    }
    return " ".join(f"-c {name}={value}" for name, value in said.items())


def remove() -> None:
    """Throw every kept database away."""
    shutil.rmtree(home(), ignore_errors=True)
