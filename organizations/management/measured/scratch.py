"""A database for one measurement: made, filled, asked and dropped, so that nobody's records are touched or counted."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from django.core.management import CommandError
from django.db import connection

from organizations.filters.vocabulary import forget_vocabulary
from organizations.models import Organization
from organizations.search import count_headings, reindex_all
from programmes.imports.reference import load_reference

AT_ONCE = 1_000


@contextmanager
def scratch_database() -> Iterator[None]:
    """Work in a database of its own with the reference data in it, beside the one that is configured.

    SQLite has it in memory; on PostgreSQL the account has to be allowed to make databases.
    """
    usual = connection.settings_dict["NAME"]
    told = connection.settings_dict["TEST"]
    told["NAME"] = None if connection.vendor == "sqlite" else f"{usual}_measured"
    with redirect_stdout(StringIO()):  # making the table of the cache is told whatever the verbosity
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        load_reference()
        forget_vocabulary()
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)
        forget_vocabulary()


def save(rows: Iterable[Organization]) -> list[Organization]:
    """Write organizations of which the search text is there already."""
    return Organization.objects.bulk_create(rows, batch_size=AT_ONCE)


def index() -> None:
    """Write the index and its counts, as the worker of a portal does."""
    reindex_all()
    count_headings()
    forget_vocabulary()


def read(path: str, *columns: str) -> list[dict[str, str]]:
    """The rows of a CSV file that has these columns."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise CommandError(f"{path} has no column {', '.join(sorted(missing))}.")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise CommandError(f"{path} cannot be read as a table: {problem}") from problem
