"""Components of the frame around every page: where one can go, who one is, in which language."""

from typing import NamedTuple

from django.conf import settings
from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import Parser, Token
from django.template.loader_tags import BlockNode
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = Library()


class Place(NamedTuple):
    """One entry of the main navigation."""

    label: str | Promise
    url_name: str


WORK = Place(_("My work"), "work")
MY_ORGANIZATION = Place(_("My organization"), "organizations:my-organization")
PLACES = (
    Place(_("Partners"), "organizations:organization-list"),
    Place(_("Themes"), "programmes:theme-list"),
    Place(_("Countries"), "programmes:country-list"),
    Place(_("Coverage"), "organizations:coverage"),
    Place(_("Agreements"), "partnerships:agreement-list"),
)

MESSAGE_TONES = {"success": "good", "info": "underway", "warning": "waiting", "error": "stopped"}


def places_of(user) -> tuple[Place, ...]:
    """Return where ``user`` can go, their own desk first."""
    if not user.is_authenticated:
        return PLACES
    own = (WORK,) if user.works_for_unicef or user.is_superuser else ()
    return own + ((MY_ORGANIZATION,) if user.roles_by_organization else ()) + PLACES


class Fixed(Node):
    """Draws its content once in each language, and keeps it for as long as the process lives."""

    child_nodelists = ()  # what looks for blocks in a page need not look in here

    def __init__(self, content: NodeList) -> None:
        if content.get_nodes_by_type(BlockNode):
            raise TemplateSyntaxError("a block cannot stand inside 'fixed': pages fill it")
        self.content = content
        self.drawn: dict[tuple[str | None, str], str] = {}

    def render(self, context: Context) -> str:
        key = (get_language(), get_script_prefix())
        if key not in self.drawn:
            with (nothing := Context({"languages": settings.LANGUAGES})).bind_template(context.template):
                self.drawn[key] = self.content.render(nothing)
        return self.drawn[key]


@register.tag
def fixed(parser: Parser, token: Token) -> Fixed:
    """``{% fixed %}…{% endfixed %}``: what is the same for everybody on every page, but for the language.

    It is drawn once, without the page's context, so nothing of one reader can reach another: all that it may read is
    ``languages``, the portal's own.
    """
    content = parser.parse(("endfixed",))
    parser.delete_first_token()
    return Fixed(content)


@register.inclusion_tag("components/site_nav.html", takes_context=True)
def site_nav(context: Context) -> dict:
    """``{% site_nav %}``: the main navigation; the place that the page belongs to is marked."""
    request = context.get("request")
    if request is None:
        return {}
    places = [(place.label, reverse(place.url_name)) for place in places_of(request.user)]
    return {"entries": [(label, url, request.path.startswith(url)) for label, url in places]}


@register.inclusion_tag("components/account_menu.html", takes_context=True)
def account_menu(context: Context) -> dict:
    """``{% account_menu %}``: who is signed in, for which organization, and the way out; or the way in."""
    request = context.get("request")
    if request is None:
        return {}
    return {
        "user": request.user,
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
        "acting_for": _acting_for(request),
    }


def _acting_for(request) -> str:
    """The organization for which the person acts now, by name; empty where there is none or no longer."""
    pk, name = getattr(request, "session", {}).get("acting_for") or (None, "")
    return name if pk and request.user.is_authenticated and request.user.acts_for(pk) else ""


@register.inclusion_tag("components/languages.html", takes_context=True)
def languages(context: Context) -> dict:
    """``{% languages %}``: the portal's languages, each in its own name; works without JavaScript."""
    request = context.get("request")
    return {
        "next": request.get_full_path() if request else "/",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/messages.html")
def said(messages=()) -> dict:
    """``{% said messages %}``: the answer to what was just done; errors interrupt, the rest wait their turn."""
    return {
        "said": [
            (
                message,
                MESSAGE_TONES.get(message.level_tag, "quiet"),
                "alert" if message.level_tag == "error" else "status",
            )
            for message in messages or ()
        ]
    }


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    """``{% crumb "Agreements" url %}`` in the block ``breadcrumbs``; the last, without ``url``, is the page itself."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)
