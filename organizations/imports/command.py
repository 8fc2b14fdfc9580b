"""What the import commands share: plan a file, write it when told to, say what that did."""

import json
from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organizations.imports.errors import ImportProblem
from organizations.imports.report import report_lines


class ImportCommand(BaseCommand):
    """Shows what a file would do; ``--commit`` does it. A subclass names the layouts and the two steps."""

    @abstractmethod
    def layouts(self) -> Iterable[str]:
        """The names of the layouts that come with the portal."""

    @abstractmethod
    def plan(self, options: dict[str, Any]) -> Any:
        """Read the file and work out what it would do. May raise ImportProblem."""

    @abstractmethod
    def commit(self, plan: Any) -> Any:
        """Write the plan; return it as it was carried out."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV file")
        parser.add_argument("--layout", required=True, help=f"{', '.join(self.layouts())}, or a path")
        parser.add_argument("--commit", action="store_true", help="write, in one transaction")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
        parser.add_argument("--rejects", metavar="PATH", help="write the rejected rows to this CSV file")
        parser.add_argument("--encoding", help="encoding of the file, if it is not the layout's")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = self.plan(options)
            if options["commit"]:
                plan = self.commit(plan)
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
