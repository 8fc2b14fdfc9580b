import json
from time import perf_counter

from django.core.management.base import BaseCommand

from programmes.imports.reference import load_reference


class Command(BaseCommand):
    help = "Adds the offices, countries, places, thematic areas and strategies that are missing. Safe to run again."

    def add_arguments(self, parser):
        parser.add_argument(
            "--overwrite", action="store_true", help="also bring rows that were edited back to what the files say"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *, overwrite, **options):
        started = perf_counter()
        figures = load_reference(overwrite=overwrite)
        self.stdout.write(_as_json(figures, started) if options["json"] else _as_text(figures))


def _as_json(figures, started):
    return json.dumps({**figures, "seconds": round(perf_counter() - started, 2)})


def _as_text(figures):
    return "\n".join(
        f"{kind.capitalize()}: " + ", ".join(f"{count} {word}" for word, count in tally.items() if count)
        for kind, tally in figures.items()
    )
