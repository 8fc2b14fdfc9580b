"""What a portal in use holds already keeps its meaning in the new tables; undone, it is left where it is."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

AT_ONCE = 1000


def heads(apps, schema_editor):
    """The head of each organization becomes an office holder, in office since the record was made."""
    holders = apps.get_model("organizations", "OfficeHolder")
    rows = apps.get_model("organizations", "Organization").objects.exclude(head_name="")
    rows = rows.exclude(pk__in=holders.objects.filter(role="head", until=None).values("organization"))
    holders.objects.bulk_create(
        (
            holders(
                organization_id=pk, role="head", name=name, title=title, since=timezone.localdate(created_at)
            )
            for pk, name, title, created_at in rows.values_list("pk", "head_name", "head_title", "created_at").iterator()
        ),
        batch_size=AT_ONCE,
    )


def declarations(apps, schema_editor):
    """Declarations that were answered before versions had numbers answered the first."""
    registrations = apps.get_model("organizations", "Registration").objects
    registrations.exclude(declaration={}).filter(declaration_version=0).update(declaration_version=1)


def verifications(apps, schema_editor):
    """Each decision on record becomes one of the history."""
    decisions = apps.get_model("organizations", "Verification")
    rows = apps.get_model("organizations", "Registration").objects.filter(
        Q(state="verified") | Q(state="declined"), decided_at__isnull=False, verifications=None
    )
    columns = ("pk", "state", "decided_at", "decided_by", "valid_until")
    decisions.objects.bulk_create(
        (
            decisions(registration_id=pk, outcome=state, decided_at=at, decided_by_id=by, valid_until=until)
            for pk, state, at, by, until in rows.order_by("pk").values_list(*columns).iterator()
        ),
        batch_size=AT_ONCE,
    )


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_registration_in_full")]

    operations = [
        migrations.RunPython(step, migrations.RunPython.noop) for step in (heads, declarations, verifications)
    ]
