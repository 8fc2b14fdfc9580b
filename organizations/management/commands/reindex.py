"""``manage.py reindex``: write the index of the directory anew from the records, and count it."""

import json
import time

from django.core.management.base import BaseCommand

from organizations.models import Organization
from organizations.search import count_headings, reindex, reindex_all


class Command(BaseCommand):
    help = "Write the index of the directory anew. People can go on searching meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("pk", nargs="*", type=int, help="only these organizations, by number")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")

    def handle(self, *args, **options):
        started = time.perf_counter()
        if options["pk"]:
            pks = list(Organization.objects.filter(pk__in=options["pk"]).values_list("pk", flat=True))
            reindex(pks)
            written = len(pks)
        else:
            written = reindex_all()
        figures = {
            "organizations": written,
            "counts_changed": count_headings(),
            "seconds": round(time.perf_counter() - started, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write("\n".join(f"{name.replace('_', ' '):16}{value:>10}" for name, value in figures.items()))
