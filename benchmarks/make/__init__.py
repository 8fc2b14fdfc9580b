"""Makes the organizations that are measured, and everything around them. The same size gives the same rows."""

from __future__ import annotations

import sys
from time import perf_counter

from django.core.management import call_command
from django.db import transaction

from benchmarks.make import desk, index, organizations, pairs, people, saved, together, trust
from benchmarks.make.loader import finish, unchecked
from benchmarks.make.world import World, add_places
from organizations.models import Heading, Listing, Word, WordSlip, WordUse
from programmes.imports.reference import load_reference

PARTS = (organizations, people, desk, trust, pairs, together, saved)


def make(size: int, *, say: bool = False) -> World:
    """Fill the empty database that Django is connected to with ``size`` organizations; return what was decided."""
    load_reference()
    call_command("load_questions", verbosity=0, stdout=sys.stderr)
    world = World(size)
    add_places(world)
    started = perf_counter()

    def done(part: str) -> None:
        if say:
            print(f"  {part}: {perf_counter() - started:.0f} s", file=sys.stderr, flush=True)

    with unchecked():
        # References are checked at the end of a transaction at the earliest, and rows name others that come later.
        with transaction.atomic():
            for part in PARTS:
                part.make(world)
                done(part.__name__.rpartition(".")[2])
        finish()
        done("statistics")
        index.make(world)
        done("index")
    return world


def index_anew(size: int) -> None:
    """Write the search index of a database that was made before, as the portal's code has it now."""
    for model in (Listing, WordUse, WordSlip, Word, Heading):
        model.objects.all()._raw_delete(model.objects.db)
    with unchecked():
        index.make(World(size))
