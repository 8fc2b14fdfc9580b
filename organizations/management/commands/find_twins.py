"""``manage.py find_twins``: look for possible twins now, as the nightly job does."""

import json
import time

from django.core.management.base import BaseCommand

from organizations.actions.twin import find_twins
from organizations.lifecycle import TwinState
from organizations.models import Organization, PossibleTwin


class Command(BaseCommand):
    help = "Look for records that may be one organization, and put each new pair before a person."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="every record, not only those whose names changed")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")

    def handle(self, *args, **options):
        records = Organization.objects.all()
        due = records.count() if options["all"] else records.filter(twins_due=True).count()
        started = time.perf_counter()
        new = find_twins(everything=options["all"])
        figures = {
            "looked_up": due,
            "new_pairs": new,
            "open_pairs": PossibleTwin.objects.filter(state=TwinState.OPEN).count(),
            "seconds": round(time.perf_counter() - started, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write("\n".join(f"{name.replace('_', ' '):12}{value:>8}" for name, value in figures.items()))
