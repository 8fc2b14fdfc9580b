"""An index by which PostgreSQL finds a word inside others; without it the same words are found, only more slowly."""

from django.db import DatabaseError, migrations, transaction


def make(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != 'postgresql':
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute('CREATE EXTENSION IF NOT EXISTS pg_trgm')
            cursor.execute('CREATE INDEX IF NOT EXISTS word_by_trigram ON organizations_word USING gin (text gin_trgm_ops)')
    except DatabaseError:
        pass  # the server has no such extension, or this account may not add it


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        # The extension may serve others by now.
        schema_editor.execute('DROP INDEX IF EXISTS word_by_trigram')


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0008_indexes_of_lists'),
    ]

    operations = [migrations.RunPython(make, drop)]
