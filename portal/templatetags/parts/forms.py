"""Components of forms: fields, the summary of errors, and the list of a long form's sections."""

from html import escape
from typing import Literal

from django.forms import BaseForm, BoundField
from django.template import Library
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.templatetags.parts.words import badge, drawn, icon, one_of

register = Library()

TaskState = Literal["done", "started", "todo", "wrong", "locked"]
TASK_STATES = {
    "done": (_("Completed"), ""),
    "started": (_("In progress"), "underway"),
    "todo": (_("Not yet started"), "waiting"),
    "wrong": (_("Needs correction"), "stopped"),
    "locked": (_("Cannot start yet"), "past"),
}


@register.simple_tag
def field(bound_field: BoundField, all_optional: bool = False) -> SafeString:
    """``{% field form.name %}``: label, hint above, error in words, control.

    Optional is marked and required is not; ``all_optional`` leaves the mark out where nothing is required (filters).
    """
    label, told = conditional_escape(bound_field.label), _hint_and_errors(bound_field)
    wrong = " field-wrong" if bound_field.errors else ""
    if bound_field.widget_type == "checkbox":
        box = f'{bound_field}\n<label for="{escape(bound_field.id_for_label)}">{label}</label>\n{told}'
        return drawn(f'<div class="field field-check{wrong}">\n{box}</div>')
    if not (bound_field.field.required or all_optional):
        optional = gettext("(optional)")
        label = f'{label} <span class="field-optional">{optional}</span>'
    if bound_field.use_fieldset:
        described = bound_field.aria_describedby
        by = f' aria-describedby="{escape(described)}"' if described else ""
        inner = f"<legend>{label}</legend>\n{told}{bound_field}"
        return drawn(f'<fieldset class="field{wrong}"{by}>\n{inner}\n</fieldset>')
    inner = f'<label for="{escape(bound_field.id_for_label)}">{label}</label>\n{told}{bound_field}'
    return drawn(f'<div class="field{wrong}">\n{inner}\n</div>')


def _hint_and_errors(bound_field: BoundField) -> str:
    """What stands between the label and the control; the control names both as its description."""
    told, identity = "", escape(bound_field.auto_id)
    if bound_field.help_text:
        told = f'<div class="field-hint" id="{identity}_helptext">{bound_field.help_text}</div>\n'
    if bound_field.errors:
        words = "".join(f" {conditional_escape(error)}" for error in bound_field.errors)
        error = gettext("Error:")
        voice = f'<span class="visually-hidden">{error}</span>'
        sign = icon("circle-alert")
        told += f'<p class="field-error" id="{identity}_error">{sign}<span>{voice}{words}</span></p>\n'
    return told


@register.simple_tag
def fields(form: BaseForm, all_optional: bool = False) -> SafeString:
    """``{% fields form %}``: every field of a form, hidden ones too. ``{{ form }}`` draws the same."""
    hidden = "".join(map(str, form.hidden_fields()))
    return drawn(hidden + "".join(field(visible, all_optional) for visible in form.visible_fields()))


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None, focus: bool = True) -> dict:
    """``{% error_summary form %}``: what is wrong, each line a link to its field; nothing where all is well.

    It takes the focus when the page opens, unless ``focus`` is False.
    """
    if form is None or not form.errors:
        return {"errors": []}
    wrong = [form[name] for name in form.fields if name in form.errors]
    return {
        "errors": [("", "", error) for error in form.non_field_errors()]
        + [(first_control(field), str(field.label).rstrip(".:?؟"), error) for field in wrong for error in field.errors],
        "focus": focus,
    }


def first_control(bound_field: BoundField) -> str:
    """Return the id that a link must name so that the keyboard lands in the field."""
    return f"{bound_field.auto_id}_0" if bound_field.use_fieldset else bound_field.id_for_label


@register.simple_block_tag
def task_list(content: str) -> SafeString:
    """``{% task_list %}{% task … %}…{% endtask_list %}``: the sections of a long form."""
    return format_html('<ul class="tasks">{}</ul>', content)


@register.simple_tag
def task(label: str, url: str = "", state: TaskState = "todo", hint: str = "") -> SafeString:
    """``{% task "People" url "started" "head, 2 authorised officers" %}``: one section and how far it is."""
    word, tone = TASK_STATES[one_of(state, TaskState, "state")]
    return format_html(
        '<li class="task"><span class="task-name">{}{}</span><span class="task-state">{}</span></li>',
        format_html('<a href="{}">{}</a>' if url else "{1}", url, label),
        format_html('<span class="row-facts"> · {}</span>', hint) if hint else "",
        badge(word, tone) if tone else format_html('<span class="task-done">{} {}</span>', icon("check"), word),
    )
