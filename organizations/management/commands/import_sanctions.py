"""``manage.py import_sanctions FILE``: shows what the consolidated list would do; ``--commit`` takes it in."""

from organizations.imports.command import ImportCommand
from organizations.imports.sanctions import commit_sanctions, plan_sanctions, sanctions_layouts


class Command(ImportCommand):
    help = "Take in the Security Council's consolidated list. Without --commit nothing is written."

    def add_arguments(self, parser):
        parser.add_argument("file", help="the published XML file")
        parser.add_argument("--commit", action="store_true", help="write, in one transaction")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
        parser.add_argument("--rejects", metavar="PATH", help="write the entries that are not taken to this CSV file")
        parser.add_argument("--shorter", action="store_true", help="yes, it lost more than half of its entries")

    def layouts(self):
        return sanctions_layouts()

    def plan(self, options):
        return plan_sanctions(options["file"], shorter=options["shorter"])

    def commit(self, plan):
        return commit_sanctions(plan)
