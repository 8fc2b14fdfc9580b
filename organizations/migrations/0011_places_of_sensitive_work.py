"""Where sensitive work is done was listed for everybody. The listings of those who do it are mended here; the worker
then counts anew. Nobody has to write the index anew."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F


def hide(apps, schema_editor):
    database = schema_editor.connection.alias
    presences = apps.get_model("organizations", "Presence").objects.using(database)
    listings = apps.get_model("organizations", "Listing").objects.using(database)
    headings = apps.get_model("organizations", "Heading").objects.using(database)
    secret = presences.filter(theme__is_sensitive=True).order_by("organization")
    hidden = 0
    for pk, home in secret.values_list("organization", "organization__country__code").distinct().iterator():
        rows = presences.filter(organization=pk, theme__is_sensitive=False)
        open_ = {f"place:{home}"}
        for path in rows.values_list("location__path", flat=True):
            open_.update(f"place:{code}" for code in path.split("/")[:-1])
        public = listings.filter(organization=pk, heading__family="place", public_until__isnull=False)
        told = [key for key, code in public.values_list("pk", "heading__code") if code not in open_]
        for start in range(0, len(told), 500):
            hidden += listings.filter(pk__in=told[start : start + 500]).update(public_until=None)
    if hidden:
        headings.update(counted_at=F("counted_at") - timedelta(days=1))  # so that the worker counts at once


class Migration(migrations.Migration):
    dependencies = [("organizations", "0010_partners_counted")]

    operations = [migrations.RunPython(hide, migrations.RunPython.noop, elidable=True)]
