"""Writes docs/lifecycles.md: every state in business words, and a diagram of every table of moves."""

from portal.kit.lifecycle import LIFECYCLES
from portal.management.generated import GeneratedPage


class Command(GeneratedPage):
    help = __doc__
    page = "lifecycles.md"

    def lines(self):
        yield "# Lifecycles"
        yield ""
        yield "Written by `manage.py lifecycle_diagram` from each app's `lifecycle.py`; change it there."
        for lifecycle in LIFECYCLES.values():
            yield f"\n## {lifecycle.title}\n"
            yield "```mermaid"
            yield from lifecycle.mermaid()
            yield "```\n"
            yield "| state | meaning | waits for |\n|---|---|---|"
            for state in lifecycle.states:
                yield f"| {state.label} | {state.meaning} | {state.waits_for or '–'} |"
            yield "\n| move | from | to | asks why | what may stand in the way |\n|---|---|---|---|---|"
            for move in lifecycle.transitions:
                sources = ", ".join(str(lifecycle.state(source).label) for source in move.sources)
                target = lifecycle.state(move.target).label if move.target else "stays"
                blockers = ", ".join(f"`{blocker.__name__}`" for blocker in move.blockers) or "–"
                yield f"| {move.label} | {sources} | {target} | {move.reason} | {blockers} |"
