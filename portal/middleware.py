"""What happens around every request."""

from django.db import Error, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from portal.kit.access import as_refusal, as_trouble

HEALTH_PATH = "/healthz/"


def health(get_response):
    """Tell a proxy or a supervisor whether this process and its database answer: 200 or 503, to any host name."""

    def middleware(request):
        if request.path != HEALTH_PATH:
            return get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return HttpResponse("the database does not answer\n", "text/plain", 503)
        return HttpResponse("ok\n", "text/plain")

    return middleware


def permissions_policy(get_response):
    """Tell the browser that no page here uses a sensor."""

    def middleware(request):
        response = get_response(request)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        return response

    return middleware


class RefusalsAsPages:
    """Turn "not now" into a page with the reasons (409), and a database that does not answer into a sentence (503)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if refusal := as_refusal(exception):
            return render(request, "409.html", {"reasons": refusal.reasons}, status=409)
        if trouble := as_trouble(exception):
            # Without the request: who is signed in stands in the database.
            page = render_to_string("503.html", {"sentence": trouble})
            return HttpResponse(page, status=503, headers={"Retry-After": "30"})
        return None
