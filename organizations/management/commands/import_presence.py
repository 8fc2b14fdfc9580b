"""``manage.py import_presence FILE --layout NAME``: shows what a presence list would do; ``--commit`` does it."""

import json
from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from organizations.imports.errors import REASONS, ImportProblem
from organizations.imports.presence import commit_presence, plan_presence, presence_layouts
from organizations.models import PossibleTwin


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
        figures = {**plan.figures(), "committed": options["commit"]}
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        else:
            self._tell(plan, figures)

    def _tell(self, plan, figures):
        say = self.stdout.write
        for name, value in figures.items():
            if not isinstance(value, dict):
                say(f"{name:24}{value}")
        for reason, count in figures["rejects_by_reason"].items():
            say(f"rejected: {count} × {REASONS[reason]}")
        for line in plan.warnings.lines():
            say(f"warning: {line}")
        for twin in plan.twins:
            reason = PossibleTwin.Reason(twin.reason).label
            say(f"possible twins, {twin.score}: {_named(twin.first)} / {_named(twin.second)}: {reason}")
        if not figures["committed"]:
            say("Nothing was written. Add --commit to do it.")


def _named(profile):
    return f"{profile.name} ({profile.acronym})" if profile.acronym else profile.name


def _day(text):
    return datetime.strptime(text, "%Y-%m-%d").date()
