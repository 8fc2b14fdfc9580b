"""What a review would have to say again and again, said once.

Each test gathers what breaks one rule of the house and expects nothing; so a failure lists every offender.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.functional import Promise
from rules.permissions import perm_exists

from portal.kit.lifecycle import LIFECYCLES

ROOT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "programmes", "organizations", "partnerships"]
SOURCE = [*APPS, "portal", "templates", "static", "tests", "docs", "benchmarks", ".ci", ".github"]
GENERATED = {"vendor", "migrations", "locale", "__pycache__"}

LONGEST_FILE = 420


@cache
def files(*patterns: str, below: tuple[str, ...] = tuple(SOURCE)) -> list[Path]:
    """Files that people write, by name pattern, without what tools make."""
    found = {path for top in below for pattern in patterns for path in (ROOT / top).rglob(pattern)}
    return sorted(path for path in found if path.is_file() and not GENERATED & set(path.parts))


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def strings(path: Path) -> Iterator[str]:
    """Every string of a Python file; what an f-string fills in becomes ``*``."""
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)


CODE = files("*.py", below=(*APPS, "portal"))
PAGES = files("*.html", "*.txt", below=("templates", *APPS, "portal"))


# --- Who and when -----------------------------------------------------------------------------------------------------


def test_every_permission_that_is_asked_is_registered():
    """An unknown permission is silently no to people and yes to superusers, so a slip of the pen would not be seen."""
    shape = re.compile(rf"(?:{'|'.join(APPS)})\.[a-z]+_[a-z_]+")
    asked = {(string, name(path)) for path in CODE for string in strings(path) if shape.fullmatch(string)}
    asked |= {
        (found, name(path))
        for path in PAGES
        for found in re.findall(rf"has_perm ['\"]({shape.pattern})['\"]", text(path))
    }
    moves = [(move.permission, label) for label, table in LIFECYCLES.items() for move in table.transitions]
    asked |= {(permission, label) for permission, label in moves if permission}  # without one, only the worker makes it
    assert sorted(where for where in asked if not perm_exists(where[0])) == []


def test_every_transition_has_an_action():
    missing = [
        f"{label}: {move.name}"
        for label, table in LIFECYCLES.items()
        for move in table.transitions
        if move.name not in table.actions
    ]
    assert missing == []


def test_every_lifecycle_belongs_to_a_model_that_carries_it():
    carried = {
        model._meta.label_lower: model.lifecycle
        for model in apps.get_models()
        if hasattr(model, "lifecycle") and not model._meta.abstract
    }
    assert carried == LIFECYCLES


def test_every_state_can_be_reached():
    """From the first state, by rows of the table."""
    for label, table in LIFECYCLES.items():
        reached, before = {table.initial}, set()
        while reached != before:
            before = set(reached)
            reached |= {move.target for move in table.transitions if move.target and reached & set(move.sources)}
        assert (label, {state.value for state in table.states} - reached) == (label, set())


def test_the_words_of_every_lifecycle_are_translatable():
    words = [
        (label, thing.label, thing.meaning if hasattr(thing, "meaning") else thing.done)
        for label, table in LIFECYCLES.items()
        for thing in (*table.states, *table.transitions)
    ]
    assert [word for word in words if not all(isinstance(part, Promise) for part in word[1:])] == []


# --- Templates --------------------------------------------------------------------------------------------------------


def template_names() -> dict[str, Path]:
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in (*APPS, "portal"))]
    return {str(path.relative_to(folder)): path for folder in folders for path in PAGES if folder in path.parents}


def test_every_template_is_used():
    """Named in the code or in another template, or known to Django or a package by its name."""
    known = [Path(app.path) / "templates" for app in apps.get_app_configs() if app.name not in {*APPS, "portal"}]
    # 429.html is drawn by the rate limits of django-allauth.
    by_django = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
    mentioned = {string for path in CODE for string in strings(path) if string.endswith((".html", ".txt"))}
    mentioned |= {string for path in PAGES for string in re.findall(r"""["']([\w./-]+\.(?:html|txt))""", text(path))}
    patterns = [re.compile(re.escape(string).replace(r"\*", r"[\w-]+")) for string in mentioned if string != "*"]

    def is_used(template: str) -> bool:
        return (
            template in by_django
            or any(pattern.fullmatch(template) for pattern in patterns)
            or any((folder / template).exists() for folder in known)
        )

    assert sorted(template for template in template_names() if not is_used(template)) == []


def test_every_load_is_sorted():
    loads = [
        (name(path), loaded)
        for path in PAGES
        for loaded in re.findall(r"{% load ([\w ]+?) %}", text(path))
        if " from " not in loaded
    ]
    assert [where for where in loads if where[1].split() != sorted(where[1].split())] == []


def test_no_template_has_inline_styles_or_handlers():
    """The content policy refuses them, so they fail in the browser alone. E-mails cannot be styled otherwise."""
    inline = re.compile(
        r"""<[^>]*\s(style|on[a-z]+|hx-on[\w:-]*)\s*=\s*["']|<style\b|<script(?![^>]*\b(src|nonce)\b)"""
    )
    found = [
        f"{name(path)}: {match.group(0)[:60]}"
        for path in PAGES
        if path.suffix == ".html" and "emails" not in path.parts
        for match in inline.finditer(without_tags(text(path), keep_nonce=True))
    ]
    assert found == []


# Words that are the same in every language, and the ones that show a format.
SAME_EVERYWHERE = {"UNICEF", "API", "CSV", "JSON", "OpenAPI", "HTML", "TOTP", "id", "ISO", "PCA", "SSFA", "MOU", "USD"}
SHOWN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description"}
LETTERS = re.compile(r"[^\W\d_]{2,}")


def without_tags(source: str, *, keep_nonce: bool = False) -> str:
    """The HTML of a template with everything removed that Django's own tags print or translate."""
    for pattern in (
        r"{#.*?#}",
        r"{% comment\b.*?{% endcomment %}",
        r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}",
        r"{% verbatim\b.*?{% endverbatim %}",
    ):
        source = re.sub(pattern, "", source, flags=re.DOTALL)
    if keep_nonce:
        source = re.sub(r"{{[^}]*nonce[^}]*}}", "nonce", source)
    return re.sub(r"{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)


class PlainText(HTMLParser):
    """Gathers the words of a template that no translation reaches.

    Code is not for translation, nor is an element that says which language it is in.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silenced_by: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "code", "pre", "kbd", "samp"} or (tag != "html" and given.get("lang")):
            self.silenced_by.append(tag)
        for attribute in SHOWN_ATTRIBUTES & given.keys():
            self.handle_data(given[attribute] or "")

    def handle_endtag(self, tag: str) -> None:
        if self.silenced_by[-1:] == [tag]:
            self.silenced_by.pop()

    def handle_data(self, data: str) -> None:
        if not self.silenced_by and set(LETTERS.findall(data)) - SAME_EVERYWHERE:
            self.found.append(" ".join(data.split()))


def test_every_word_in_a_page_is_translatable():
    """A heuristic: letters between tags that stand outside ``translate`` and ``blocktranslate``."""
    plain = {
        name(path): found
        for path in PAGES
        if path.suffix == ".html" and (found := PlainText(without_tags(text(path))).found)
    }
    assert plain == {}


# --- Styles -----------------------------------------------------------------------------------------------------------


def test_styles_know_no_left_and_no_right():
    """Right-to-left languages need no second sheet, as long as no rule names a side of the screen."""
    physical = re.compile(
        r"(margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b|border-(top|bottom)-(left|right)-radius"
        r"|(?<![\w-])(left|right)\s*:|(text-align|float|clear)\s*:\s*(left|right)\b"
    )
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in files("*.css", below=("static",))
        for number, line in enumerate(text(path).splitlines(), start=1)
        if physical.search(re.sub(r"/\*.*?\*/", "", line))
    ]
    assert found == []


# --- Files ------------------------------------------------------------------------------------------------------------


def test_no_file_is_too_long_to_read():
    """Past about 400 lines a module becomes a package with one file for each subject."""
    lengths = {name(path): len(text(path).splitlines()) for path in files("*.py", "*.html", "*.css", "*.js")}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_names_a_machine_or_a_registry():
    """What is true on one machine only does not belong in the project."""
    hosts = ["pypi.org", "pythonhosted.org", "registry.npmjs.org", "deb.debian.org"]
    folders = [
        rf"(?<![\w.]){re.escape(folder)}(?![\w-])" for folder in {f"{ROOT}", f"{Path.home()}/"} if folder != "//"
    ]
    foreign = re.compile("|".join([*map(re.escape, hosts), *folders, r"(?<!\w)/(?:home|Users)/\w+/"]))
    written = [*files("*.*", "run"), *(path for path in ROOT.iterdir() if path.is_file() and path.name != "LICENSE")]
    readable = {".py", ".html", ".txt", ".css", ".js", ".md", ".toml", ".yml", ".yaml", ".csv", ".svg", ".json", ""}
    found = [
        f"{name(path)}: {match.group(0)}"
        for path in written
        if path.suffix in readable and path != Path(__file__)
        for match in foreign.finditer(text(path))
    ]
    assert found == []


@pytest.mark.parametrize("app", APPS)
def test_every_app_says_in_a_few_lines_what_it_is(app):
    assert 5 <= len(text(ROOT / app / "README.md").splitlines()) <= 25
