"""``manage.py measure_screening``: the time it takes to screen many generated names against a list, in one process."""

import json
import time
from itertools import count

from django.core.management.base import BaseCommand

from organizations.screening import Kind, Listed, Screener

_FIRST = "Muhammad Ahmed Fatima Olga Dmitri Jean Amina Khalid Rosa Pavel Hassan Nadia Ivan Sayf Abdul Karim Mei"
_STARTS = "bar kor zam tal quv ner shad dur fen gil hov jas lem mur nop pir ros sul tav vel wen yar zub chi dro"
_ENDS = "ani enko adze oglu zai ovich ienne awi ullin esco strom aga mbe ote ukha"
_WHAT = "Relief Development Foundation Women Education Society Committee Association"
FIRST, STARTS, ENDS, WHAT = (words.split() for words in (_FIRST, _STARTS, _ENDS, _WHAT))


def people():
    """Yield invented names of people, no two alike, in an order that is always the same."""
    for number in count():
        first, second = FIRST[number % 17], FIRST[number // 17 % 17]
        start, middle, end = STARTS[number % 25], STARTS[number // 25 % 25], ENDS[number // 625 % 15]
        yield f"{first} {second} {start.title()}{middle}{end}"


def bodies():
    """Yield invented names of organizations."""
    for number in count():
        start, middle, end = STARTS[number % 25], STARTS[number // 25 % 25], ENDS[number // 625 % 15]
        yield f"{start.title()}{middle}{end} {WHAT[number % 8]} {WHAT[number // 8 % 8]}"


def generated(many, skip):
    """Return ``many`` names with their kinds, half people and half organizations."""
    found = []
    for kind, names in ((Kind.PERSON, people()), (Kind.ENTITY, bodies())):
        for _number in range(skip):
            next(names)
        found += [(next(names), kind) for _number in range((many + 1) // 2)]
    return found[:many]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--names", type=int, default=20_000)
        parser.add_argument("--entries", type=int, default=1_000)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON and nothing else")

    def handle(self, *, names, entries, **options):
        listed = [
            Listed(f"GEN.{number:04d}", kind, name)
            for number, (name, kind) in enumerate(generated(entries, skip=names // 3))
        ]
        asked = generated(names, skip=0)
        started = time.process_time()
        screener = Screener(listed)
        built = time.process_time()
        hits = sum(len(screener.hits(name, kind)) for name, kind in asked)
        ended = time.process_time()
        figures = {
            "names": len(asked),
            "entries": len(listed),
            "cpu_seconds_to_read_the_list": round(built - started, 2),
            "cpu_seconds_to_screen": round(ended - built, 2),
            "names_a_second": round(len(asked) / (ended - built)),
            "hits": hits,
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name:32}{value}")
