"""Makes the database of one size, or takes the one that was made by the same code."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import database

FOLDER = Path(__file__).resolve().parent
SAMPLES = 60
_PORTAL = FOLDER.parent / "organizations"
INDEX = (FOLDER / "make/index.py", _PORTAL / "models/search.py", *_PORTAL.glob("search/*.py"))
"""What the search index of a database depends on; a database that was made before is given a new one."""

GENERATOR = (FOLDER / "words.toml", *(source for source in FOLDER.glob("make/*.py") if source not in INDEX))
"""What all other rows depend on. Where the tables alone have changed, they are migrated."""


def name_of(size: int) -> str:
    return f"bench_{size}"


def prepare(url: str, size: int, *, keep: bool = False) -> dict[str, Any]:
    """Connect Django to the database of ``size``, made where it is missing or old; return what is known of it.

    ``keep``: one that other code made will do; it is migrated.
    """
    name = name_of(size)
    os.environ["DATABASE_URL"] = database.named(url, name)
    os.environ["VAR_DIR"] = str(database.home() / "files")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django
    from django.core.management import call_command
    from django.db import connection

    note = database.home() / f"{name}.{url.partition(':')[0]}.json"
    known = json.loads(note.read_text()) if note.exists() and database.exists(url, name) else {}
    marks = {"made_by": _digest(*GENERATOR), "indexed_by": _digest(*INDEX)}
    old = set() if keep and known else {part for part, mark in marks.items() if known.get(part) != mark}
    if not known or "made_by" in old:
        known = {}
        database.drop(url, name)
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.make import index_anew, make

    if not known:
        print(f"Making {size:,} organizations", file=sys.stderr)
        known = {"size": size, **_remember(make(size, say=size > 20_000))}
    elif "indexed_by" in old:
        print(f"Writing the index of {size:,} organizations", file=sys.stderr)
        index_anew(size)
    if old:
        known |= marks
        note.write_text(json.dumps(known))
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()
    return known


def _digest(*sources: Path) -> str:
    digest = sha256()
    for source in sorted(sources):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()


def _remember(world: Any) -> dict[str, Any]:
    """Whom and what the pages are asked for: people, words that many names hold, words that few hold."""
    from benchmarks.make.people import ADMINISTRATOR, HEADQUARTERS, measured_member, staff
    from portal.kit.text import fold

    rng = Random("asked")
    uses = Counter(word for name in world.names for word in fold(name).split())
    chosen = rng.sample(range(world.size), min(world.size, 2000))
    # The common ones in letters of which the search makes words by spaces.
    rare = [word for pk in chosen for word in fold(world.names[pk]).split() if uses[word] <= 3 and len(word) > 4]
    texts = [" ".join(fold(world.names[pk]).split()[:2]) for pk in chosen]
    return {
        "people": {
            "officer": staff(0),
            "manager": staff(0, 1),
            "head": staff(0, 2),
            "headquarters": HEADQUARTERS,
            "member": measured_member(world),
            "administrator": ADMINISTRATOR,
        },
        "common": [word for word, _number in uses.most_common(200) if len(word) > 4 and word.isascii()][:20],
        "countries": [country.code for country in world.countries[:60:2]],
        "offices": [office.code for office in world.offices[:60:2]],
        "rare": rare[:SAMPLES] or texts[:SAMPLES],
        "texts": [text for text in texts if " " in text][:SAMPLES],
    }
