"""Messages about saved searches: what one newly finds, and that one has become too wide to be followed."""

from django.core import signing
from django.urls import reverse

from accounts.actions import notify
from organizations.models import Organization

NAMED_MOST = 50
SALT = "organizations.digest"


def stop_path(digest):
    """Where whoever holds one of the e-mails ends them, without signing in. It ends this digest and opens nothing."""
    return reverse("organizations:digest-stop", args=[signing.dumps(digest.pk, salt=SALT)])


def search_finds_new(digest, new, *, day):
    """The person who asked for it: these organizations are found now that were not the last time."""
    named = Organization.objects.filter(pk__in=new[:NAMED_MOST]).select_related("country").order_by("name", "pk")
    context = {"search": digest.search, "organizations": list(named), "more": max(len(new) - NAMED_MOST, 0)}
    _tell(digest, f"digest:{digest.pk}:{day}", "search-finds-new", {**context, "count": len(new)})


def search_too_wide(digest, *, most):
    """The person who asked for it: it finds so much now that nobody can say what is new."""
    context = {"search": digest.search, "most": most}
    _tell(digest, f"digest:{digest.pk}:wide:{digest.looked_at:%Y-%m-%d}", "search-too-wide", context)


def _tell(digest, key, template, context):
    notify([digest.person], key, template, context, path=digest.search.open_path, stop_path=stop_path(digest))
