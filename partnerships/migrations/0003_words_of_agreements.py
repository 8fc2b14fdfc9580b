"""An index by which PostgreSQL finds a word inside others; without it the same words are found, only more slowly."""

from django.db import DatabaseError, migrations, transaction


def make(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != 'postgresql':
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(
                'CREATE INDEX IF NOT EXISTS agreement_by_trigram'
                ' ON partnerships_agreement USING gin (search_text gin_trgm_ops)'
            )
    except DatabaseError:
        pass  # organizations could not add the extension


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('DROP INDEX IF EXISTS agreement_by_trigram')


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0009_words_by_trigram'),
        ('partnerships', '0002_agreement_search'),
    ]

    operations = [migrations.RunPython(make, drop)]
