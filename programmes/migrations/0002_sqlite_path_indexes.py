"""Lets SQLite find the descendants of a node by its index.

SQLite's LIKE ignores case, so it can only use an index that does so too. PostgreSQL has its ``*_like`` index from
``db_index`` on ``path``.
"""

from django.db import migrations

TABLES = ("programmes_location", "programmes_thematicarea")


def add_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"CREATE INDEX {table}_path_nocase ON {table} (path COLLATE NOCASE)")


def remove_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"DROP INDEX {table}_path_nocase")


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]

    operations = [migrations.RunPython(add_indexes, remove_indexes)]
