"""What every template may read."""

from django.conf import settings

from portal.demo import DEMO_ACCOUNTS


def site(request):
    """The nonce under the name that django-htmx reads, and the demo accounts where this is a demonstration."""
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "demo_accounts": DEMO_ACCOUNTS if settings.DEMO else [],
    }
