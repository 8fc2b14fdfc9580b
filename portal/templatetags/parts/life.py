"""Components that read a lifecycle: where a record is in its life, what can be done, what happened."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.template import Library
from django.utils.translation import gettext as _

register = Library()

EVENTS_OPEN = 8
WORTH_FOLDING = 4


@register.inclusion_tag("components/steps.html")
def steps(instance) -> dict:
    """``{% steps agreement %}``: the usual way through, done, now and next.

    A state off that way (suspended, cancelled…) has no place on the line: a sentence says what it means, and
    the badge at the head of the page names it.
    """
    lifecycle = instance.lifecycle
    now = lifecycle.state(instance.state)
    if now.value not in lifecycle.path:
        return {"aside": now}
    position = lifecycle.path.index(now.value)
    words = ["done"] * position + ["now"] + ["next"] * (len(lifecycle.path) - position - 1)
    line = [(lifecycle.state(value).label, word) for value, word in zip(lifecycle.path, words, strict=True)]
    return {"line": line, "position": position + 1, "total": len(line)}


@register.inclusion_tag("components/actions.html")
def actions(instance, user) -> dict:
    """``{% actions agreement user %}``: the moves that ``user`` may make, as buttons; one that must wait says why.

    Moves that ``user`` may never make are not offered by the lifecycle and so are not listed.
    """
    return {
        "offers": [
            (offer, instance.transition_url(offer.transition.name))
            for offer in instance.lifecycle.offers(instance, user)
        ]
    }


@register.inclusion_tag("components/timeline.html")
def timeline(events) -> dict:
    """``{% timeline events %}``: what happened, newest first, with what was said, what changed and who may read it.

    The newest stand open; what came before is folded where it would make the page long.
    """
    rows = [(event, changes_in_words(event)) for event in events]
    folded = len(rows) - EVENTS_OPEN
    return {"events": rows, "folded": folded if folded >= WORTH_FOLDING else 0, "open": EVENTS_OPEN}


def changes_in_words(event) -> list[tuple[str, str, str]]:
    """Return (field, before, after) for each change of ``event``, fields by the names that their model gives them."""
    return [(field_label(event.subject_type, name), *map(in_words, pair)) for name, pair in event.changes.items()]


def field_label(subject_type: str, name: str) -> str:
    """Return what people call the field; history outlives fields, so an unknown one keeps its own name."""
    try:
        return str(apps.get_model(subject_type)._meta.get_field(name).verbose_name)
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError):
        return name.replace("_", " ")


def in_words(value) -> str:
    """Return a JSON value as people write it."""
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(map(in_words, value))
        case _other:
            return str(value)
