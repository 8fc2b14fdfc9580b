import json
from itertools import islice
from pathlib import Path
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from portal.kit.tables import Unreadable
from programmes.imports.locations import LocationReport, load_locations

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Loads admin-1 and admin-2 places from OCHA's global list of p-codes (CSV). "
        "Shows what it would do; --commit does it. A second run changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--country", nargs="+", default=[], metavar="ISO3", help="only these countries")
        parser.add_argument("--commit", action="store_true", help="write what was read")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *, file, country, commit, **options):
        started = perf_counter()
        try:
            report = load_locations(file, countries=[code.upper() for code in country], commit=commit)
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem
        figures = {**report.figures(), "committed": commit, "seconds": round(perf_counter() - started, 2)}
        self.stdout.write(json.dumps(figures) if options["json"] else self._as_text(report, figures))

    def _as_text(self, report: LocationReport, figures) -> str:
        lines = [
            "{rows} rows: {taken} taken ({created} new, {updated} renamed, {unchanged} known), {rejected} rejected, "
            "in {seconds} s.".format(**figures)
        ]
        lines += [f"  line {line}: {reason}" for line, reason in islice(report.rejects, SHOWN)]
        if len(report.rejects) > SHOWN:
            lines += [f"  {count} rejected: {reason}" for reason, count in figures["rejects_by_reason"].items()]
        if not figures["committed"]:
            lines.append("Nothing was written. Add --commit to write it.")
        return "\n".join(lines)
