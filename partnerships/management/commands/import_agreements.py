"""``manage.py import_agreements FILE --layout NAME``: shows what a list would make; ``--commit`` makes it."""

from organizations.imports.command import ImportCommand
from partnerships.imports import agreement_layouts, commit_agreements, plan_agreements


class Command(ImportCommand):
    help = "Take in projects that UNICEF funds as agreements of the past. Without --commit nothing is written."

    def layouts(self):
        return agreement_layouts()

    def plan(self, options):
        return plan_agreements(options["file"], options["layout"], encoding=options["encoding"])

    def commit(self, plan):
        return commit_agreements(plan)
