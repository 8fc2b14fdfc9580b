"""What happens around every request."""

from django.shortcuts import render

from portal.kit.access import as_refusal


def permissions_policy(get_response):
    """Tell the browser that no page here uses a sensor."""

    def middleware(request):
        response = get_response(request)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        return response

    return middleware


class RefusalsAsPages:
    """Turn "not now" into a page with the reasons and the status 409."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        refusal = as_refusal(exception)
        return refusal and render(request, "409.html", {"reasons": refusal.reasons}, status=409)
