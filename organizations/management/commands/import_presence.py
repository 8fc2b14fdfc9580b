"""``manage.py import_presence FILE --layout NAME``: shows what a presence list would do; ``--commit`` does it."""

from datetime import date

from organizations.imports.command import ImportCommand
from organizations.imports.presence import commit_presence, plan_presence, presence_layouts


class Command(ImportCommand):
    help = "Take in a list of who does what where. Without --commit nothing is written."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", type=date.fromisoformat, help="date of rows that say none")

    def layouts(self):
        return presence_layouts()

    def plan(self, options):
        return plan_presence(options["file"], options["layout"], as_of=options["as_of"], encoding=options["encoding"])

    def commit(self, plan):
        return commit_presence(plan)
