"""``manage.py import_presence FILE --layout NAME``: shows what a presence list would do; ``--commit`` does it."""

import json
from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from organizations.imports.errors import ImportProblem
from organizations.imports.presence import commit_presence, plan_presence, presence_layouts
from organizations.imports.report import report_lines


class Command(BaseCommand):
    help = "Take in a list of who does what where. Without --commit nothing is written."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a CSV file")
        parser.add_argument("--layout", required=True, help=f"{', '.join(presence_layouts())}, or a path")
        parser.add_argument("--commit", action="store_true", help="write, in one transaction")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
        parser.add_argument("--rejects", metavar="PATH", help="write the rejected rows to this CSV file")
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", type=_day, help="date of rows that say none")
        parser.add_argument("--encoding", help="encoding of the file, if it is not the layout's")

    def handle(self, *args, **options):
        try:
            plan = plan_presence(
                options["file"], options["layout"], as_of=options["as_of"], encoding=options["encoding"]
            )
            if options["commit"]:
                plan = commit_presence(plan)
        except ImportProblem as problem:
            raise CommandError(str(problem)) from problem
        if options["rejects"]:
            Path(options["rejects"]).write_text(plan.rejects_csv(), encoding="utf-8-sig", newline="")
        if options["json"]:
            figures = {**plan.figures(), "committed": options["commit"]}
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        else:
            for line in report_lines(plan, committed=options["commit"]):
                self.stdout.write(line)


def _day(text):
    return datetime.strptime(text, "%Y-%m-%d").date()
