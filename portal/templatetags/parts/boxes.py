"""Components that hold a piece of a page together: cards, notices, facts and figures."""

from typing import Literal

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.templatetags.parts.words import days_until, icon, number, one_of, when

register = Library()

Level = Literal["h2", "h3"]
NoticeTone = Literal["quiet", "good", "waiting", "underway", "stopped"]
NOTICE_ICONS = {
    "good": "circle-check",
    "waiting": "clock",
    "underway": "info",
    "stopped": "octagon-alert",
    "quiet": "info",
}


@register.simple_block_tag
def card(content: str, title: str = "", level: Level = "h2") -> SafeString:
    """``{% card "What you can do" %}…{% endcard %}``: what belongs together and differs from the rest of the page."""
    heading = one_of(level, Level, "level")
    head = format_html('<{0} class="card-title">{1}</{0}>', heading, title) if title else ""
    return format_html('<section class="card">{}{}</section>', head, content)


@register.simple_block_tag
def notice(
    content: str, tone: NoticeTone = "quiet", title: str = "", role: Literal["", "status", "alert"] = ""
) -> SafeString:
    """``{% notice "waiting" "Waiting for the partner" %}…{% endnotice %}``: what the reader must not overlook.

    ``role`` is for words that appear after the reader has done something: "status" waits its turn, "alert" does not.
    """
    one_of(role, Literal["", "status", "alert"], "role")
    tone = "quiet" if tone == "past" else tone  # what is over is told, and not urgent
    sign = icon(NOTICE_ICONS[one_of(tone, NoticeTone, "tone")])
    return format_html(
        '<div class="notice notice-{}"{}>{}<div>{}</div></div>',
        tone,
        format_html(' role="{}"', role) if role else "",
        format_html('<h2 class="notice-title">{}<span>{}</span></h2>', sign, title) if title else "",
        content,
    )


@register.simple_block_tag
def empty(content: str, title: str) -> SafeString:
    """``{% empty "No partner matches" %}Take a filter away…{% endempty %}``: why there is nothing, and what next."""
    return format_html('<div class="empty"><h2>{}</h2>{}</div>', title, content)


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """``{% facts %}{% fact … %}…{% endfacts %}``: a definition list in two or three columns."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str, wide: bool = False) -> SafeString:
    """``{% fact "Period" %}…{% endfact %}`` inside ``facts``; ``wide`` takes the whole line for running text."""
    value = content if content.strip() else format_html('<span class="muted">{}</span>', _("Not given"))
    return format_html(
        "<div{}><dt>{}</dt><dd>{}</dd></div>", format_html(' class="{}"', "fact-wide") if wide else "", label, value
    )


@register.simple_tag
def stat(label: str, value: int | str, url: str = "", over: int = 0) -> SafeString:
    """``{% stat "To verify" 3 url %}``: one open number; stands in ``<div class="stats">``.

    Of what is counted no further than ``over``, more than that is shown as “1,000+”.
    """
    shown = number(min(value, over or value)) if isinstance(value, int) else value
    if over and isinstance(value, int) and value > over:
        shown = f"{shown}+"
    name = format_html(
        '<a class="stat-label" href="{}">{}</a>' if url else '<span class="stat-label">{1}</span>', url, label
    )
    return format_html('<div class="stat">{}<span class="stat-value">{}</span></div>', name, shown)


@register.simple_tag
def share_bar(label: str, count: int, max: int, url: str = "") -> SafeString:
    """``{% share_bar theme.label 311 1117 url %}``: a count with a bar against the largest.

    Stands in ``<ul class="shares">``. The bar only draws the number beside it, so it is hidden from screen readers.
    """
    name = format_html('<a href="{}">{}</a>' if url else "<span>{1}</span>", url, label)
    width = f"{100 * count / max:.1f}" if max else "0"
    return format_html(
        '<li class="share">{}<span>{}</span>'
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="4"/></svg></li>',
        name,
        number(count),
        width,
    )


@register.simple_tag
def progress(done: int, total: int, label: str = "") -> SafeString:
    """``{% progress 4 7 %}``: "4 of 7 sections complete" over a bar; ``label`` for another sentence."""
    words = label or ngettext(
        "%(done)s of %(total)s section complete", "%(done)s of %(total)s sections complete", total
    ) % {"done": done, "total": total}
    identity = f"progress-{slugify(words, allow_unicode=True)}"
    return format_html(
        '<div class="progress"><label for="{0}">{1}</label>'
        '<progress id="{0}" value="{2}" max="{3}">{2}/{3}</progress></div>',
        identity,
        words,
        done,
        total or 1,
    )


@register.simple_tag
def saved(at=None) -> SafeString:
    """``{% saved draft.saved_at %}``: "Saved 14:02" near a heading, with the day if it was not today."""
    note: SafeString | str = ""
    if at is not None:
        words = format_html(_("Saved {}"), when(at, "both" if days_until(at) else "time"))
        note = format_html("{}<span>{}</span>", icon("check"), words)
    return format_html('<span class="saved" role="status" data-saved>{}</span>', note)
