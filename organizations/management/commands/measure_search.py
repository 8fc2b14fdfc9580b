"""``manage.py measure_search names GRANTED RENAMES`` and ``themes CHARITIES``: how well the search box finds."""

import json

from django.core.management.base import BaseCommand

from organizations.management.measured.names import measure_names
from organizations.management.measured.scratch import scratch_database
from organizations.management.measured.themes import measure_themes


class Command(BaseCommand):
    help = "Measure the search on lists of others, in a database of its own that is dropped in the end."

    def add_arguments(self, parser):
        kinds = parser.add_subparsers(dest="what", required=True)
        names = kinds.add_parser("names", help="every name typed, and typed with a letter missing")
        names.add_argument("granted", help="a CSV file with the column NGO_name")
        names.add_argument("renames", help="a CSV file with the columns Old_name, New_name")
        names.add_argument("--letters", type=int, default=1, help="so many times another letter is left out (1)")
        names.add_argument("--only", type=int, help="type about so many of the names; all of them are on record")
        themes = kinds.add_parser("themes", help="ten themes among charities that people classified")
        themes.add_argument("charities", help="a CSV file with the columns org_id, name, activities, UKCAT")
        for each in (names, themes):
            each.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")

    def handle(self, *args, **options):
        with scratch_database():
            if options["what"] == "names":
                self._names(options)
            else:
                self._themes(options)

    def _names(self, options):
        runs = []
        for run in measure_names(
            options["granted"], options["renames"], letters=options["letters"], only=options["only"]
        ):
            runs.append(run.figures())
            if not options["json"]:
                self._tell(runs[-1])
        if options["json"]:
            self.stdout.write(json.dumps({"names": runs}, indent=2, ensure_ascii=False))

    def _themes(self, options):
        told = list(measure_themes(options["charities"]))
        if options["json"]:
            self.stdout.write(json.dumps({"themes": told}, indent=2, ensure_ascii=False))
            return
        for one in told:
            self.stdout.write(f"{one['theme']} (“{one['typed']}”, {one['phrases']} phrases)")
            for name in ("as_typed", "any_phrase", "with_learned_words"):
                scores = "   ".join(
                    f"{part.replace('_', ' ')}: precision {got['precision'] or 0:.1%}, recall {got['recall'] or 0:.1%}"
                    f" ({got['found']} found, {got['meant']} meant)"
                    for part, got in one[name].items()
                )
                self.stdout.write(f"  {name.replace('_', ' '):20}{scores}")
            self.stdout.write(f"  learned: {', '.join(one['learned'])}")

    def _tell(self, run):
        self.stdout.write(
            f"{run['typed']:36}{run['found_in_first_ten']:>6} of {run['asked']} in the first ten ({run['share']:.2%});"
            f" p50 {run['p50_ms']} ms, p95 {run['p95_ms']} ms, longest {run['longest_ms']} ms,"
            f" at most {run['most_queries']} queries"
        )
        for miss in run["misses"]:
            self.stdout.write(f"    {miss['place']:>10}  {miss['typed']}  for  {miss['name']}")
