"""``manage.py import_agreements FILE --layout NAME``: shows what a list would make; ``--commit`` makes it."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from organizations.imports.errors import ImportProblem
from organizations.imports.report import report_lines
from partnerships.imports import agreement_layouts, commit_agreements, plan_agreements


class Command(BaseCommand):
    help = "Take in projects that UNICEF funds as agreements of the past. Without --commit nothing is written."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a CSV file")
        parser.add_argument("--layout", required=True, help=f"{', '.join(agreement_layouts())}, or a path")
        parser.add_argument("--commit", action="store_true", help="write, in one transaction")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
        parser.add_argument("--rejects", metavar="PATH", help="write the rejected rows to this CSV file")
        parser.add_argument("--encoding", help="encoding of the file, if it is not the layout's")

    def handle(self, *args, **options):
        try:
            plan = plan_agreements(options["file"], options["layout"], encoding=options["encoding"])
            if options["commit"]:
                plan = commit_agreements(plan)
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
