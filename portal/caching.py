"""Pages of which a browser is told that the copy it has still stands.

A reader who is nobody in particular gets a tag with each public page. The browser keeps the page, asks with the tag the
next time, and hears 304 without the page being made, as long as nothing in the portal has changed. Whoever is signed
in, or has a message waiting, always gets a page of their own.

The tag covers all that such a page depends on: the data, the code, the language, the address, how htmx asks, and the
secret of the CSRF cookie, because the page holds a token made from it. A 304 carries no policy for scripts: its headers
replace those that the browser keeps, and the page that it keeps has the nonce of its own time.

Who comes for the first time gets the page that another reader was given, as long as it still stands, with a token and
a nonce of their own: the two blanks in it.
"""

import re
from functools import cache

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from accounts.stamp import asked_once, data_stamp, digest

PUBLIC_PAGES = frozenset(
    {
        "home",
        "organizations:organization-list",
        "organizations:organization-detail",
        "organizations:organization-facets",
        "organizations:organization-alike",
        "programmes:theme-list",
        "programmes:theme-detail",
        "programmes:country-list",
        "programmes:country-detail",
        "programmes:place-detail",
        "organizations:coverage",
        "programmes:office-list",
        "programmes:office-detail",
        # The API's; a single record there has its version as tag
        "organization-list",
        "coverage-list",
        "theme-list",
        "country-list",
        "location-list",
        "strategy-list",
        "office-list",
    }
)

VARIES_WITH = ("Accept", "Accept-Encoding", "Accept-Language", "Cookie", "HX-Request", "HX-Target")
TOKEN, NONCE = b"\0token\0", b"\0nonce\0"
"""The blanks of a page that is given to several readers. A page that holds a NUL by itself is kept for nobody."""

_OF_FORMS = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")')

OF_THE_COPY = ("Content-Length", "Content-Type")
SOURCES = ("*.py", "*.html", "*.toml", "*.mo", "*.css", "*.js", "*.svg")


@cache
def release():
    """What code is running, the same on every host that has the same: ``RELEASE``, or else a digest of its files."""
    folders = [settings.BASE_DIR / name for name in ("accounts", "programmes", "organizations", "partnerships")]
    folders += [settings.BASE_DIR / name for name in ("portal", "templates", "static", "locale")]
    found = sorted(path for folder in folders for kind in SOURCES for path in folder.rglob(kind))
    return settings.RELEASE or digest(*(digest(path.name, path.read_bytes()) for path in found))


class ConditionalPages:
    """Stands outside the sessions, so that it sees the answer with its cookies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return _for_this_reader(self.get_response(request))
        with asked_once():
            response = self.get_response(request)
            stamp = getattr(request, "page_stamp", None)
            if response.status_code == 304:
                for name in OF_THE_COPY:
                    response.headers.pop(name, None)
            elif stamp and _is_for_anybody(response):
                _keep(request, response, stamp)
                response["ETag"] = _tag(request, stamp)
                patch_vary_headers(response, VARIES_WITH)
            return _for_this_reader(response)

    def process_view(self, request, view, args, kwargs):
        if not (request.method in ("GET", "HEAD") and _is_public(request) and _is_nobody(request)):
            return None
        request.page_stamp = data_stamp()  # before the page is made: it may be newer than its tag, never older
        tag = _tag(request, request.page_stamp)
        if tag not in parse_etags(request.headers.get("If-None-Match", "")):
            return _kept(request, request.page_stamp)
        unchanged = HttpResponseNotModified(headers={"ETag": tag})
        unchanged._csp_exempt = True
        patch_vary_headers(unchanged, VARIES_WITH)
        return unchanged


def _is_public(request):
    return not settings.DEBUG and request.resolver_match.view_name in PUBLIC_PAGES


def _is_nobody(request):
    """Neither signed in nor with anything else that the portal remembers of them, such as a message."""
    if request.headers.get("Authorization"):
        return False
    return settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.keys()


def _is_for_anybody(response):
    whole = response.status_code == 200 and not response.streaming and not response.has_header("ETag")
    return whole and settings.SESSION_COOKIE_NAME not in response.cookies


def _tag(request, stamp, whose=None):
    asked = (request.headers.get(name, "") for name in ("Accept", "HX-Request", "HX-Target"))
    whose = whose or request.META.get("CSRF_COOKIE", "")
    return f'W/"{digest(stamp, release(), get_language(), request.build_absolute_uri(), whose, *asked)}"'


def _keep(request, response, stamp):
    """Keep a page for other readers. The API's answers are left out: its callers are counted."""
    if request.method != "GET" or not response["Content-Type"].startswith("text/html"):
        return
    if b"\0" in response.content:  # as somebody typed it: a made-up blank would be filled in with what is a secret
        return
    page = _OF_FORMS.sub(TOKEN, response.content)
    if nonce := str(getattr(request, "_csp_nonce", None) or ""):
        page = page.replace(nonce.encode(), NONCE)
    caches["pages"].set(_tag(request, stamp, whose="anybody"), page)


def _kept(request, stamp):
    """The page that another reader was given, for this one; None where there is none."""
    page = caches["pages"].get(_tag(request, stamp, whose="anybody"))
    if page is None:
        return None
    page = page.replace(TOKEN, get_token(request).encode())
    if NONCE in page:
        page = page.replace(NONCE, str(request.csp_nonce).encode())
    return HttpResponse(page)


def _for_this_reader(response):
    """Let the browser keep what nobody told it about, but ask each time; nobody on the way may keep it."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
