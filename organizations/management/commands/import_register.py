"""``manage.py import_register FILE --layout NAME``: shows what a register would do; ``--commit`` does it."""

from organizations.imports.command import ImportCommand
from organizations.imports.register import commit_register, plan_register, register_layouts


class Command(ImportCommand):
    help = "Take in a register of organizations. Without --commit nothing is written."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--renames", metavar="FILE", help="the register's list of changed names")
        parser.add_argument("--mergers", metavar="FILE", help="the register's list of organizations that became one")

    def layouts(self):
        return register_layouts()

    def plan(self, options):
        companions = {name: options[name] for name in ("renames", "mergers") if options[name]}
        return plan_register(options["file"], options["layout"], encoding=options["encoding"], companions=companions)

    def commit(self, plan):
        return commit_register(plan)
