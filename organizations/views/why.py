"""Why an organization is found, where its name alone does not show it; what matched is marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Value
from django.db.models.functions import Substr
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from organizations.filters import OrganizationFilter
from organizations.models import Organization, OrganizationName
from organizations.search.query import stands_inside
from organizations.search.text import tokens
from portal.kit.text import fold

MISSION_READ = 3_000  # letters
BEFORE, SHOWN = 60, 180
NAMES_SHOWN = 2


class Reason(NamedTuple):
    """What is said, and the words of the organization that show it, marked; they may be in another language."""

    label: str
    text: SafeString | str = ""
    language: str = ""


# --- Marking ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _parts_words(char: str) -> bool:
    return fold(f"a{char}a") == "a a"


@lru_cache(maxsize=8192)
def _folded(piece: str) -> tuple[str, ...]:
    return tuple(tokens(piece))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of ``text`` begin and end, as they are written."""
    start = 0
    for end in [at for at, char in enumerate(text) if _parts_words(char)] + [len(text)]:
        if start < end:
            yield start, end
        start = end + 1


def _spans(text: str, words: Sequence[str]) -> tuple[list[tuple[int, int]], set[str]]:
    """Where in ``text`` the folded ``words`` stand, and which of them do.

    A word is marked whole, as it is written, so that no accent or form of a letter is cut in two. In scripts that write
    words together only the letters themselves are.
    """
    spans: set[tuple[int, int]] = set()
    met: set[str] = set()
    for run in re.finditer(r"\S+", text):
        likely = [word for word in words if _stands(word, _folded(run[0]))]
        for start, end in _pieces(run[0]) if likely else ():
            piece = run[0][start:end]
            for word in likely:
                if _stands(word, _folded(piece)):
                    inside = piece.casefold().find(word) if stands_inside(word) else -1
                    first, last = (start, end) if inside < 0 else (start + inside, start + inside + len(word))
                    spans.add((run.start() + first, run.start() + last))
                    met.add(word)
    return sorted(spans), met


def _stands(word: str, folded: Sequence[str]) -> bool:
    return any(one.startswith(word) for one in folded) or (stands_inside(word) and word in "".join(folded))


def marked(text: str, words: Sequence[str]) -> SafeString:
    """``text`` for a page, with the ``words`` that were looked for marked in it."""
    return _with_marks(text, _spans(text, words)[0])


def _with_marks(text: str, spans: Iterable[tuple[int, int]]) -> SafeString:
    parts, at = [], 0
    for start, end in spans:
        start = max(start, at)
        if start < end:
            parts.append(escape(text[at:start]) + format_html("<mark>{}</mark>", text[start:end]))
            at = end
    return mark_safe("".join((*parts, escape(text[at:]))))  # noqa: S308 – every part of it is escaped


def _snippet(text: str, words: Sequence[str]) -> SafeString:
    """The piece of a long text around what matched first."""
    text = re.sub(r"\s+", " ", text)
    spans, _met = _spans(text, words)
    first = spans[0][0] if spans else 0
    start = first - BEFORE
    start = 0 if start <= 0 else text.find(" ", start, first) + 1 or start
    end = text.rfind(" ", first, start + SHOWN) if len(text) > start + SHOWN else len(text)
    end = end if end > first else start + SHOWN
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    return mark_safe(  # noqa: S308 – marks in what is escaped
        ("… " if start else "") + _with_marks(text[start:end], inside) + (" …" if end < len(text) else "")
    )


# --- Reasons ----------------------------------------------------------------------------------------------------------


def tell_why(rows: Sequence[Organization], found: OrganizationFilter) -> None:
    """Give each of ``rows`` its ``marked_name`` and ``why``, the reasons that its name does not show.

    One query for a page; none where nothing was typed or every name shows why.
    """
    words = list(dict.fromkeys(found.understood.words)) if found.understood.text else []
    missing: dict[int, set[str]] = {}
    for row in rows:
        spans, met = _spans(row.name, words)
        row.marked_name, row.why = _with_marks(row.name, spans) if spans else row.name, []
        left = set(words) - met - _spans(row.acronym, words)[1]
        if left:
            missing[row.pk] = left
    texts = _texts(missing, for_unicef=found.for_unicef)
    for row in rows:
        if left := missing.get(row.pk):
            row.why = list(_reasons(row, left, texts.get(row.pk, ()), found))


def _texts(pks: Iterable[int], *, for_unicef: bool) -> dict[int, list[tuple[str, str, str]]]:
    """(kind, text, language) of other names and missions. How sources misspell a name is for staff."""
    if not (asked := list(pks)):
        return {}
    names = OrganizationName.objects.filter(organization__in=asked).order_by()
    if not for_unicef:
        names = names.exclude(kind=OrganizationName.Kind.MISSPELLING)
    missions = Organization.objects.filter(pk__in=asked).exclude(mission="").order_by()
    read = names.values_list("organization", "kind", "name", "language").union(
        missions.values_list("pk", Value("mission"), Substr("mission", 1, MISSION_READ), "mission_language"), all=True
    )
    texts: dict[int, list[tuple[str, str, str]]] = {}
    for pk, *told in read:
        texts.setdefault(pk, []).append(tuple(told))
    return texts


def _reasons(
    row: Any, left: set[str], texts: Iterable[tuple[str, str, str]], found: OrganizationFilter
) -> Iterable[Reason]:
    words = sorted(left)
    told = 0
    for kind, text, language in sorted(texts, key=lambda one: one[0] == "mission"):
        spans, met = _spans(text, words)
        if (not met & left and kind == "mission") or not spans or (kind != "mission" and told == NAMES_SHOWN):
            continue
        left = left - met
        if kind == "mission":
            yield Reason(_("In the mission:"), _snippet(text, words), language)
        else:
            told += 1
            yield Reason(_("Other name:"), _with_marks(text, spans), language)
    if left and (work := _work(row, found)):
        yield Reason(work)


def _work(row: Any, found: OrganizationFilter) -> str:
    """ "Works on Education in Somali, Ethiopia", as far as the words in the box said so."""
    known, understood = found.known, found.understood
    if found.asked.get("exact"):
        return ""
    asked = [known.themes[code] for theme in understood.themes for code in theme.codes]
    paths = [theme.path for theme in row.summary.themes]
    themes = [theme.label for theme in asked if any(path.startswith(theme.path) for path in paths)]
    places = [
        " / ".join(known.place_label(known.places[code]) for code in place.codes[:NAMES_SHOWN])
        for place in understood.places
    ]
    told = {"themes": ", ".join(dict.fromkeys(themes)), "places": ", ".join(places)}
    if themes and places:
        return _("Works on %(themes)s in %(places)s") % told
    if themes:
        return _("Works on %(themes)s") % told
    return _("Works or is at home in %(places)s") % told if places else ""
