"""``manage.py compare_presence KEY_CSV``: how the imported presences agree with an answer key in the HDX shape."""

import json

from django.core.management.base import BaseCommand, CommandError

from organizations.imports.compare import WHY, compare, load_portal, read_key
from organizations.imports.errors import ImportProblem

# What each printed share is a share of.
SHARES = (
    ("triples", "triples_agreeing", "triples_in_key", "share_of_key", "of the key's triples are in the portal"),
    (
        "  by place code alone",
        "triples_agreeing_by_code_alone",
        "triples_in_key",
        "share_of_key_by_code_alone",
        "without the publisher's place name where the key says it replaced the code",
    ),
    ("types", "types_agreeing", "types_compared", "types_share", "of the key's organizations that have a type"),
)


class Command(BaseCommand):
    help = "Compare the imported presences with an answer key in the HDX shape."

    def add_arguments(self, parser):
        parser.add_argument("key", help="the answer key, a CSV file")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")
        parser.add_argument("--country", nargs="+", metavar="ISO3", help="only these countries")
        parser.add_argument("--source", default="", help="only presences from this source")

    def handle(self, *args, **options):
        try:
            key = read_key(options["key"])
        except ImportProblem as problem:
            raise CommandError(str(problem)) from problem
        if options["country"]:
            key = [triple for triple in key if triple.spelling.country in options["country"]]
        countries = {triple.spelling.country for triple in key}
        comparison = compare(key, load_portal(countries, options["source"]))
        if options["json"]:
            self.stdout.write(json.dumps(comparison.figures(), indent=2, ensure_ascii=False))
            return
        for country, agreement in [*comparison.countries.items(), ("all", comparison.total)]:
            self._tell(country, agreement.figures())
        for country, why, what in comparison.differences:
            self.stdout.write(f"{country}: {what}: {WHY[why]}")

    def _tell(self, country, figures):
        self.stdout.write(country)
        for name, part, whole, share, meaning in SHARES:
            percent = "–" if figures[share] is None else f"{figures[share]:.2%}"
            self.stdout.write(f"  {name:24}{percent:>8}  {figures[part]} of {figures[whole]}: {meaning}")
        union = "–" if figures["share_of_union"] is None else f"{figures['share_of_union']:.2%}"
        self.stdout.write(f"  {'share of the union':24}{union:>8}  {figures['portal_only']} triples only in the portal")
        self.stdout.write(
            f"  not compared: {figures['key_rows_without_sector']} rows of the key without a sector,"
            f" {figures['types_not_in_key']} organizations of the key without a type"
        )
