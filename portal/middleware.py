"""What happens around every request."""

import zlib

from django.db import Error, connection
from django.http import FileResponse, HttpResponse
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

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


PACKED = ("application/vnd.openxmlformats", "application/zip", "application/pdf", "image/png", "image/jpeg")


class Compressed(GZipMiddleware):
    """Compress answers, but nothing twice; and what is written while it is sent, a piece at a time.

    Django's own keeps a stream back until the packing has a full block, which of a table can be thousands of rows.
    """

    def process_response(self, request, response):
        if response.get("Content-Type", "").startswith(PACKED):
            return response
        is_written_meanwhile = response.streaming and not isinstance(response, FileResponse)
        if not is_written_meanwhile or response.has_header("Content-Encoding"):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
            response.streaming_content = _packed(response.streaming_content)
            response["Content-Encoding"] = "gzip"
        return response


def _packed(chunks):
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)  # 16: as gzip
    for chunk in chunks:
        yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


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
