"""What stands beside every page of the admin, drawn in Python: Django's own template of it takes as long as a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from django.template import Context, Library
from django.utils.safestring import SafeString
from django.utils.translation import gettext as as_django_says

from portal.templatetags.parts.words import drawn, escaped

register = Library()


@register.simple_tag(takes_context=True)
def admin_places(context: Context) -> SafeString:
    """``{% admin_places %}``: the records that the administrator may open, as Django's ``admin/nav_sidebar.html``."""
    here = quote(context["request"].path)
    opens, name, filters, hint = map(
        as_django_says,
        ("Toggle navigation", "Sidebar", "Filter navigation items", "Start typing to filter…"),
    )
    places = "".join(_app(app, here) for app in context["available_apps"])
    return drawn(
        f'<button class="sticky toggle-nav-sidebar" id="toggle-nav-sidebar" aria-label="{escaped(opens)}"></button>'
        f'<nav class="sticky" id="nav-sidebar" aria-label="{escaped(name)}"><input type="search" id="nav-filter"'
        f' placeholder="{escaped(hint)}" aria-label="{escaped(filters)}">{places}</nav>'
    )


def _app(app: Mapping[str, Any], here: str) -> str:
    title = escaped(as_django_says("Models in the %(name)s application") % {"name": app["name"]})
    heads = "".join(
        f'<th scope="col">{as_django_says(words)}</th>'
        for words in ("Model name", "Add link", "Change or view list link")
    )
    current = " current-app" if app["app_url"] in here else ""
    return (
        f'<div class="app-{app["app_label"]} module{current}"><table><caption>'
        f'<a href="{app["app_url"]}" class="section" title="{title}">{escaped(app["name"])}</a></caption>'
        f'<thead class="visually-hidden"><tr>{heads}</tr></thead>'
        f"{''.join(_models(app['app_label'], app['models'], here))}</table></div>"
    )


def _models(label: str, models: Iterable[Mapping[str, Any]], here: str) -> Iterable[str]:
    add = as_django_says("Add")
    for model in models:
        name, url, words = model["object_name"].lower(), model.get("admin_url"), escaped(model["name"])
        is_here = bool(url) and url in here
        if url:
            current = ' aria-current="page"' if is_here else ""
            words = f'<a href="{url}"{current}>{words}</a>'
        more = ""
        if model.get("add_url"):
            more = f'<a href="{model["add_url"]}" class="addlink" aria-describedby="{label}-{name}">{add}</a>'
        yield (
            f'<tr class="model-{name}{" current-model" if is_here else ""}">'
            f'<th scope="row" id="{label}-{name}">{words}</th><td>{more}</td></tr>'
        )
