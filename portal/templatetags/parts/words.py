"""Components inside a line of text: icons, states, tags, foreign words, money and time."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Literal, get_args

from babel import Locale
from babel.dates import format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturalday
from django.template import Library
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language

register = Library()

Tone = Literal["good", "waiting", "underway", "stopped", "past"]
Show = Literal["both", "date", "time"]
Nothing = mark_safe('<span class="muted">–</span>')

ICONS_THAT_TURN = {"arrow-right", "arrow-up-right", "chevron-right", "log-in", "log-out"}
"""Icons that point along the line of text and so point the other way in Arabic."""

BABEL_NAMES = {"en": "en_GB"}  # day before month, as the United Nations write dates


@lru_cache(maxsize=256)
def one_of(value: str, allowed: object, prop: str) -> str:
    """Return ``value`` if the Literal type ``allowed`` knows it; ValueError names the property if not."""
    if value not in get_args(allowed):
        raise ValueError(f"{prop}={value!r}: expected one of {', '.join(get_args(allowed))}")
    return value


def escaped(value: object) -> str:
    """Return ``value`` as a template would write it: escaped, unless it is HTML already."""
    return escape(value) if type(value) is str else conditional_escape(value)


def drawn(html: str) -> SafeString:
    """Return ``html`` as HTML; whatever people wrote in it is escaped already."""
    return mark_safe(html)  # noqa: S308


def page_language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@lru_cache
def locale_of(language: str) -> Locale:
    """Return what Babel knows of a language."""
    return Locale.parse(BABEL_NAMES.get(language, language), sep="_" if language in BABEL_NAMES else "-")


def kept(write: Callable[..., str]) -> Callable[..., str]:
    """Let ``write``, which takes the language first, find its words only once: the rows of a list repeat them."""
    return lru_cache(maxsize=4096, typed=True)(write)


@lru_cache
def icon_names() -> frozenset[str]:
    """Return the names that the sprite knows."""
    sprite = settings.BASE_DIR / "static" / "img" / "icons.svg"
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text()))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "search" %}``: one icon of the sprite, silent to screen readers unless ``label`` says what it means."""
    if name not in icon_names():
        raise ValueError(f"icon {name!r} is not in static/img/icons.svg")
    turns = " icon-turns" if name in ICONS_THAT_TURN else ""
    voice = f'role="img" aria-label="{escaped(label)}"' if label else 'aria-hidden="true"'
    return drawn(f'<svg class="icon{turns}" {voice}><use href="{static("img/icons.svg")}#{name}"></use></svg>')


@register.simple_tag
def badge(label: str, tone: Tone = "past", large: bool = False, title: str = "") -> SafeString:
    """``{% badge "Verified" "good" %}``: a state said by word, shape and colour. Rows of five tones: look/README.md."""
    one_of(tone, Tone, "tone")
    larger, meaning = " badge-large" if large else "", f' title="{escaped(title)}"' if title else ""
    return drawn(f'<span class="badge badge-{tone}{larger}"{meaning}>{escaped(label)}</span>')


@register.simple_tag
def state(instance, large: bool = False) -> SafeString:
    """``{% state registration %}``: the badge of a record's state, in the words and tone of its lifecycle."""
    now = instance.state_now
    return badge(now.label, now.tone, large=large, title=now.meaning)


@register.simple_tag
def tag(label: str, warm: bool = False) -> SafeString:
    """``{% tag theme.label %}``: a quiet word; ``warm`` for what an office looks for (led by women…)."""
    return drawn(f'<span class="tag{" tag-warm" if warm else ""}">{escaped(label)}</span>')


def direction(text: str) -> str:
    """Return "rtl" or "ltr", whichever the first letter of ``text`` is written in; "auto" when it has none."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
    return "auto"


@register.simple_tag
def foreign(text: str, lang: str = "") -> SafeString:
    """``{% foreign name.text name.language %}``: words that may be in another language or script than the page."""
    language = f' lang="{escaped(lang)}"' if lang else ""
    bare = text if type(text) is str else strip_tags(text)  # in HTML, the letters of a tag are of no script
    return drawn(f'<bdi{language} dir="{direction(bare)}">{escaped(text)}</bdi>')


@register.simple_tag
def number(value: int | float | Decimal | None) -> SafeString:
    """``{% number 4218 %}``: a number in the way of the page's language; a dash for None."""
    return Nothing if value is None else drawn(escape(_number(page_language(), value)))


@kept
def _number(language: str, value: int | float | Decimal) -> str:
    return format_decimal(value, locale=locale_of(language))


@register.simple_tag
def money(amount: Decimal | None, currency: str = "USD") -> SafeString:
    """``{% money agreement.amount agreement.currency %}``: the ISO code first, because "$" names twenty currencies."""
    if amount is None:
        return Nothing
    return drawn(f'<bdi class="number">{escape(_money(page_language(), amount, currency))}</bdi>')


@kept
def _money(language: str, amount: Decimal, currency: str) -> str:
    return format_currency(amount, currency, format="¤¤\u00a0#,##0.00", locale=locale_of(language))


def in_words(moment: date | datetime, show: str) -> str:
    """Return ``moment`` in the page's language: "date", "time" or "both"; a date alone where there is no time."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    else:
        show = "date"
    language = page_language()
    day = "" if show == "time" else _written(language, "yMMMd", moment.year, moment.month, moment.day)
    if not isinstance(moment, datetime) or show == "date":
        return day
    hour = _written(language, "Hm", 2000, 1, 1, moment.hour, moment.minute)
    return f"{day}, {hour}" if day else hour


@kept
def _written(language: str, skeleton: str, *moment: int) -> str:
    return format_skeleton(skeleton, datetime(*moment), locale=locale_of(language))


def time_element(moment: date | datetime, words: str, title: str = "", strong: bool = False) -> SafeString:
    """Return ``words`` in a ``<time>`` that also carries the exact moment."""
    exact = moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()
    more, inner = f' title="{escaped(title)}"' if title else "", escaped(words)
    return drawn(f'<time datetime="{exact}"{more}>{f"<strong>{inner}</strong>" if strong else inner}</time>')


@register.simple_tag
def when(moment: date | datetime | None, show: Show = "both") -> SafeString:
    """``{% when event.at %}``: a day, with the hour where there is one; ``show`` "date" or "time" for one of them."""
    one_of(show, Show, "show")
    return Nothing if moment is None else time_element(moment, in_words(moment, show))


def days_until(moment: date | datetime) -> int:
    """Return the whole days from today to ``moment``; negative when it is past."""
    day = timezone.localdate(moment) if isinstance(moment, datetime) else moment
    return (day - timezone.localdate()).days


def days_in_words(days: int, add_direction: bool = False) -> str:
    """Return "9 days" or "in 9 days": weeks and months only where days would be too many to picture."""
    return _length(page_language(), days, add_direction)


@kept
def _length(language: str, days: int, add_direction: bool) -> str:
    return format_timedelta(
        timedelta(days=days), "day", threshold=8, add_direction=add_direction, locale=locale_of(language)
    )


@register.simple_tag
def since(moment: date | datetime | None) -> SafeString:
    """``{% since registration.state_since %}``: how long ago ("3 days"; hours within a day), the date on hover."""
    if moment is None:
        return Nothing
    if days := -days_until(moment):
        return drawn(_since(page_language(), moment, days))
    return time_element(moment, timesince(moment, depth=1), in_words(moment, "both"))


@kept
def _since(language: str, moment: date | datetime, days: int) -> str:
    return time_element(moment, _length(language, days, False), in_words(moment, "both"))


@register.simple_tag
def due(moment: date | datetime | None, near_days: int = 3) -> SafeString:
    """``{% due task.due %}``: how far off ("in 9 days", "tomorrow", "3 days ago"), bold within ``near_days``."""
    if moment is None:
        return Nothing
    days = days_until(moment)
    day = timezone.localdate() + timedelta(days=days)
    words = naturalday(day) if abs(days) <= 1 else days_in_words(days, add_direction=True)
    return time_element(moment, words, in_words(moment, "both"), strong=days <= near_days)


@register.filter(is_safe=True)
def sentence_case(text: str) -> str:
    """``Sign In`` → ``Sign in``: django-allauth writes its English headings as titles, the portal writes sentences.

    Other languages have capitals of their own and stay as they are.
    """
    words = text.strip()
    return words[:1] + words[1:].lower() if get_language() == "en" else words
