"""``manage.py measure_duplicates CSV``: recall and precision of the duplicate finder on a list of spellings."""

import json

from django.core.management.base import BaseCommand, CommandError

from organizations.twins import THRESHOLD
from organizations.twins.measure import ListProblem, measure, read_list

SCORES = {
    "per_spelling": "each spelling typed, against records of the canonical names (headline)",
    "per_spelling_as_listed": "the same, names that the list gives twice counted as different organizations",
    "other_spellings_only": "without the spellings that are the canonical name itself",
    "other_spellings_known": "each typed where its record holds its other spellings, as in a portal in use",
    "pairwise": "every spelling a record of its own, pairs joined; no acronyms",
}


class Command(BaseCommand):
    help = "Measure the duplicate finder on a CSV of spellings and the canonical names they mean."

    def add_arguments(self, parser):
        parser.add_argument(
            "csv", help="columns: spelling, canonical name; an acronym column is read where there is one"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON object and nothing else")
        parser.add_argument("--threshold", type=int, default=THRESHOLD, help=f"default {THRESHOLD}, as shipped")

    def handle(self, *args, **options):
        try:
            told = measure(read_list(options["csv"]), options["threshold"]).figures()
        except ListProblem as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
            return
        self.stdout.write(
            f"{told['rows']} rows ({told['left_out']} without a spelling or a name), {told['spellings']} spellings of"
            f" {told['records']} canonical names ({told['organizations']} organizations); threshold {told['threshold']}"
        )
        for name, meaning in SCORES.items():
            self._score(name, told[name], meaning)
        for number, fold in enumerate(told["held_out"], 1):
            self._score(f"held out {number}", fold, f"threshold {fold['threshold']} chosen on the other four fifths")
        self.stdout.write(f"\nMisses: {len(told['misses'])}")
        for miss in told["misses"]:
            self.stdout.write(f"  {miss['spelling']}  is not found as  {miss['canonical']}")
        self.stdout.write(f"\nFalse hits: {len(told['false_hits'])}")
        for hit in told["false_hits"]:
            self.stdout.write(f"  {hit['spelling']}  →  {hit['proposed']}  ({hit['score']}, {hit['reason']})")

    def _score(self, name, score, meaning):
        self.stdout.write(
            f"  {name:24} recall {score['recall']:.3f}  precision {score['precision']:.3f}  F1 {score['f1']:.3f}"
            f"  of {score['wanted']:5}  {meaning}"
        )
