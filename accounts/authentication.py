"""How a program signs in: ``Authorization: Bearer pp_…``."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.models import ApiToken


class TokenAuthentication(BaseAuthentication):
    """Reads the bearer token. An unknown, expired or revoked one is 401 and says so."""

    keyword = "Bearer"

    def authenticate(self, request):
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() != self.keyword.lower():
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Bearer TOKEN"))
        token = ApiToken.objects.valid().select_related("user").filter(digest=ApiToken.digest_of(parts[1])).first()
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."))
        self._note_use(token)
        return token.user, token

    def authenticate_header(self, request):
        return self.keyword

    def _note_use(self, token):
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - timedelta(hours=1):  # not a write for each request
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class TokenScope(BasePermission):
    """A read-only token reads; people in a browser session are not limited by it."""

    message = _("This token is for reading only.")

    def has_permission(self, request, view):
        token = request.auth
        return not isinstance(token, ApiToken) or request.method in SAFE_METHODS or token.scope == ApiToken.Scope.WRITE


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
