"""Every language is complete: each string of code and templates is in its catalogue, translated and compiled."""

import ast
import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from tests.test_consistency import CODE, PAGES, name, text

LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [code for code, _label in settings.LANGUAGES if code != settings.LANGUAGE_CODE]

MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


@pytest.fixture(params=LANGUAGES)
def folder(request) -> Path:
    return LOCALE / request.param / "LC_MESSAGES"


@pytest.fixture
def catalogue(folder):
    with (folder / "django.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def strings_of_code(path: Path) -> set[str]:
    """What a Python file marks for translation."""
    calls = [node for node in ast.walk(ast.parse(text(path))) if isinstance(node, ast.Call) and node.args]
    marked = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in MARKERS]
    return {
        call.args[getattr(call.func, "id", "").startswith("pgettext")].value
        for call in marked
        if isinstance(call.args[0], ast.Constant)
    }


def strings_of_template(path: Path) -> set[str]:
    """What a template marks for translation, as Django itself reads it."""
    nodelist = engines["django"].from_string(text(path)).template.nodelist
    found = {
        node.render_token_list(tokens)[0]
        for node in nodelist.get_nodes_by_type(BlockTranslateNode)
        for tokens in (node.singular, node.plural)
        if tokens
    }
    literals = [
        getattr(node.filter_expression.var, "literal", None) for node in nodelist.get_nodes_by_type(TranslateNode)
    ]
    found |= {literal.replace("%", "%%") for literal in literals if isinstance(literal, str)}
    return found | set(re.findall(r"""_\("([^"]+)"\)""", text(path)))


def test_catalogue_holds_every_string(catalogue):
    """``make messages`` gathers what is missing."""
    known = {part for message in catalogue for part in (message.id if isinstance(message.id, tuple) else [message.id])}
    wanted = {string: name(path) for path in CODE for string in strings_of_code(path)}
    wanted |= {string: name(path) for path in PAGES for string in strings_of_template(path)}
    assert {string: where for string, where in wanted.items() if string not in known} == {}


def test_every_marker_is_one_that_is_gathered():
    """A string that is marked by a name of one's own is in no catalogue, and nobody misses it."""
    renamed = [
        (name(path), alias.asname)
        for path in CODE
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in MARKERS and alias.asname not in (None, "_", "as_django_says")  # whose words are not ours
    ]
    assert renamed == []


def test_catalogue_is_translated(catalogue):
    unfinished = [
        message.id
        for message in catalogue
        if message.id and (message.fuzzy or not all(message.string if message.pluralizable else [message.string]))
    ]
    assert unfinished == []


def test_translation_keeps_the_placeholders(catalogue):
    """A name that is lost or changed in translation is a page that fails in that language alone.

    Where a language has forms for exactly none, one and two, those words say the number themselves: one name less.
    """
    placeholder = re.compile(r"%\(\w+\)[sd]|{\w*}|%s|%d")
    says_the_number = range(3) if catalogue.num_plurals == 6 else ()
    broken = []
    for message in catalogue:
        if not message.id:
            continue
        singular, plural = message.id if message.pluralizable else (message.id, message.id)
        strings = message.string if message.pluralizable else [message.string]
        allowed = [set(placeholder.findall(singular)), set(placeholder.findall(plural))]
        for form, string in enumerate(strings):
            found = set(placeholder.findall(string or ""))
            told = message.pluralizable and form in says_the_number and found < allowed[1]
            if string and found not in allowed and not (told and len(allowed[1] - found) == 1):
                broken.append(string)
    assert broken == []


def test_compiled_catalogue_is_current(folder, catalogue):
    """The committed ``.mo`` says what the ``.po`` says, so nobody needs gettext to run the portal."""
    now = BytesIO()
    write_mo(now, catalogue)
    now.seek(0)
    with (folder / "django.mo").open("rb") as committed:
        assert messages_of(committed).items() ^ messages_of(now).items() == set()


def messages_of(compiled) -> dict[object, str]:
    messages = GNUTranslations(compiled)._catalog
    return {key: message for key, message in messages.items() if key}  # without the header
