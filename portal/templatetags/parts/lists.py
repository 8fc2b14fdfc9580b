"""Components of lists: filters in force, order, pages, tables."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.kit.paging import PLACE, Page
from portal.templatetags.parts.words import drawn, escaped

register = Library()


@register.inclusion_tag("components/pills.html")
def pills(pills: list[tuple[str, str]], clear_url: str = "") -> dict:
    """``{% pills page.pills page.clear_url %}``: the filters in force, each a link to the list without it."""
    return {"pills": pills, "clear_url": clear_url}


@register.inclusion_tag("components/sort_links.html")
def sort_links(sorts: list[tuple[str, str, bool]]) -> dict:
    """``{% sort_links page.sorts %}``: the orders a list can be read in, as (label, url, is the present one)."""
    return {"sorts": sorts}


def draw_rows(rows: Iterable[str]) -> SafeString:
    """The rows of a list, each drawn already, in the list that they stand in."""
    items = "".join(f'<li class="row">{row}</li>' for row in rows)
    return drawn(f'<ul class="rows">{items}</ul>')


@register.simple_tag
def tick(value: int, label: str, form: str = "bulk") -> SafeString:
    """``{% tick object.pk object.name %}``: the box by which one row of a list is ticked for what ``form`` does."""
    words = _("Choose %(partner)s") % {"partner": escaped(label)}
    return drawn(
        f'<div class="choice row-choice"><input type="checkbox" form="{escaped(form)}" name="pk" value="{value}"'
        f' id="pk-{value}"><label for="pk-{value}"><span class="visually-hidden">{words}</span></label></div>'
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page_obj: Page | None) -> dict:
    """``{% pager page_obj %}``: first, previous and next page, the filters kept; nothing for a single page."""
    if page_obj is None or not page_obj.has_other_pages():
        return {}
    query = context["request"].GET.copy()
    for name in PLACE:
        query.pop(name, None)

    def url(**place: str) -> str:
        return "?" + "&".join(filter(None, [query.urlencode(), urlencode(place)]))

    return {
        "first": url() if page_obj.previous else "",
        "previous": url(before=page_obj.previous) if page_obj.previous else "",
        "next": url(after=page_obj.next) if page_obj.next else "",
    }


@register.simple_block_tag
def table(content: str, caption: str, hide_caption: bool = False, stack: bool = False) -> SafeString:
    """``{% table "Places of work" %}<thead>…</thead><tbody>…</tbody>{% endtable %}``: scrolls by itself on a phone.

    ``hide_caption`` keeps the caption for screen readers only, where a heading above already says it. ``stack`` makes
    each row a block on a phone, for queues; ``data-label`` on a cell then says what its column was called.
    """
    hidden = format_html(' class="{}"', "visually-hidden") if hide_caption else ""
    return format_html(
        '<div class="table-scroll{3}" role="region" aria-label="{0}" tabindex="0">'
        "<table><caption{1}>{0}</caption>{2}</table></div>",
        caption,
        hidden,
        content,
        " table-stack" if stack else "",
    )
