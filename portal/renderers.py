"""How form fields are drawn: in Python, not by a template for every input and every option (docs/adr/0017).

The HTML is the same as that of Django's own templates; a widget with a template of its own is drawn by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from html import escape
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from portal.templatetags.parts.forms import field as draw_field
from portal.templatetags.parts.words import drawn

Row = tuple[str, "str | tuple[Row, ...]"]


def text(value: Any) -> str:
    """Return ``value`` as a template would write it: localized, and escaped unless it is HTML already."""
    if type(value) is not str:
        value = str(value) if isinstance(value, Promise) else localize(value)
        if hasattr(value, "__html__"):
            return value.__html__()
        value = str(value)
    return escape(value)


def plain(value: Any) -> str:
    """Return ``value`` of an attribute: as it is, so that no number gets a separator of thousands."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def attributes(attrs: Mapping[str, Any]) -> str:
    """Return HTML attributes; True is a bare name, False none at all."""
    html = ""
    for name, value in attrs.items():
        if value is True:
            html += f" {name}"
        elif value is not False:
            html += f' {name}="{plain(value)}"'
    return html


# --- Widgets: each function takes the "widget" of the context that Django makes for the template ----------------------


def input_(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{plain(value)}"'
    return f'<input type="{widget["type"]}" name="{text(widget["name"])}"{given}{attributes(widget["attrs"])}>'


def input_option(widget: Mapping[str, Any]) -> str:
    if not widget["wrap_label"]:
        return input_(widget)
    control = widget["attrs"].get("id")
    target = f' for="{plain(control)}"' if control else ""
    return f"<label{target}>{input_(widget)} {text(widget['label'])}</label>"


def choices(options: Iterable[Mapping[str, Any]]) -> SafeString:
    """Some of a widget's boxes or buttons, each with its label, for a widget that puts them in groups of its own."""
    return drawn("".join(f"<div>\n    {input_option(option)}</div>" for option in options))


def multiple_input(widget: Mapping[str, Any]) -> str:
    attrs = widget["attrs"]
    own = "".join(f' {name}="{plain(attrs[name])}"' for name in ("id", "class") if attrs.get(name))
    groups = []
    for name, options, _index in widget["optgroups"]:
        inner = choices(options)
        groups.append(f"\n  <div><label>{text(name)}</label>{inner}\n  </div>" if name else inner)
    return f"<div{own}>{''.join(groups)}\n</div>"


def select(widget: Mapping[str, Any]) -> str:
    groups = []
    for name, options, _index in widget["optgroups"]:
        inner = "".join(f"\n  {select_option(option)}" for option in options)
        groups.append(f'\n  <optgroup label="{text(name)}">{inner}\n  </optgroup>' if name else inner)
    return f'<select name="{text(widget["name"])}"{attributes(widget["attrs"])}>{"".join(groups)}\n</select>'


def select_option(widget: Mapping[str, Any]) -> str:
    return f'<option value="{plain(widget["value"])}"{attributes(widget["attrs"])}>{text(widget["label"])}</option>'


def textarea(widget: Mapping[str, Any]) -> str:
    words = text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{text(widget["name"])}"{attributes(widget["attrs"])}>\n{words}</textarea>'


INPUTS = ("checkbox", "color", "date", "datetime", "email", "file", "hidden", "input", "number", "password", "search")
INPUTS += ("tel", "text", "time", "url")

DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    f"django/forms/widgets/{name}.html": draw
    for name, draw in {
        **dict.fromkeys(INPUTS, input_),
        "checkbox_option": input_option,
        "checkbox_select": multiple_input,
        "radio": multiple_input,
        "radio_option": input_option,
        "select": select,
        "select_option": select_option,
        "textarea": textarea,
    }.items()
}
"""The templates of Django that are functions here."""


# --- What surrounds them: each function takes the whole context -------------------------------------------------------


def label_tag(context: Mapping[str, Any]) -> str:
    label = text(context["label"])
    tag = context["tag"]
    return f"<{tag}{attributes(context['attrs'] or {})}>{label}</{tag}>" if context["use_tag"] else label


def error_list(context: Mapping[str, Any]) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    field = getattr(errors, "field_id", "")
    identity = f' id="{text(field)}_error"' if field else ""
    items = "".join(f"<li>{text(error)}</li>" for error in errors)
    return f'<ul class="{text(context["error_class"])}"{identity}>{items}</ul>'


AROUND: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "django/forms/label.html": label_tag,
    "django/forms/errors/list/default.html": error_list,
}


# --- Long lists -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def options(rows: tuple[Row, ...]) -> str:
    """Return the options of a select, none of them chosen.

    The cache is asked by what is drawn, words included, so it needs no clearing and never shows one reader what
    another may choose.
    """
    html = ""
    for value, label in rows:
        if isinstance(label, tuple):
            html += f'\n  <optgroup label="{escape(value)}">{options(label)}\n  </optgroup>'
        else:
            html += f'\n  <option value="{escape(value)}">{escape(label)}</option>'
    return html


class Unusual(Exception):
    """These options are better drawn one by one."""


def as_rows(choices: Iterable[tuple[Any, Any]]) -> tuple[Row, ...]:
    return tuple(
        (as_text(value), as_rows(label) if type(label) in (list, tuple) else as_text(label)) for value, label in choices
    )


def as_text(value: Any) -> str:
    if type(value) is not str:
        value = "" if value is None else str(value)
        if isinstance(value, SafeString):  # equal to the same words that are not HTML, and the cache would mix them up
            raise Unusual
    return value


class BoundField(forms.BoundField):
    """A field with its data, drawn without a template. A list of options is drawn once, and then the choice put in."""

    @property
    def errors(self) -> Any:
        """The errors, if any; the stock field makes a new empty list each time that it is asked."""
        return self.form.errors.get(self.name) or self._no_errors

    @cached_property
    def _no_errors(self) -> Any:
        return self.form.error_class(renderer=self.renderer)

    def as_field_group(self) -> SafeString:
        return super().as_field_group() if self.field.template_name else draw_field(self)

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> SafeString:
        if widget is None and not only_initial and type(self.field.widget) in (forms.Select, forms.SelectMultiple):
            try:
                return self._as_select(self.field.widget, attrs or {})
            except Unusual:
                pass
        return super().as_widget(widget, attrs, only_initial)

    def _as_select(self, widget: forms.Select, attrs: dict[str, Any]) -> SafeString:
        """Return what ``select`` draws, from the list that is kept."""
        multiple = widget.allow_multiple_selected
        chosen = widget.format_value(self.value())
        if len(chosen) > 1 and not multiple:
            raise Unusual
        inner = options(as_rows(widget.choices))
        for value in chosen:
            option = f'<option value="{escape(value)}">'
            inner = inner.replace(option, f"{option[:-1]} selected>", -1 if multiple else 1)
        given = self.build_widget_attrs(attrs, widget)
        if self.auto_id and "id" not in widget.attrs:
            given.setdefault("id", self.auto_id)
        given = widget.attrs | given | ({"multiple": True} if multiple else {})
        return drawn(f'<select name="{escape(self.html_name)}"{attributes(given)}>{inner}\n</select>')


class FormRenderer(TemplatesSetting):
    """Labels, hints, errors and Django's own widgets are drawn here, everything else by its template."""

    bound_field_class = BoundField

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        if draw := DRAWN.get(template_name):
            return draw(context["widget"])
        around = AROUND.get(template_name)
        return around(context) if around else super().render(template_name, context, request)
