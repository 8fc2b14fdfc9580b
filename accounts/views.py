"""One's own account: who I am, what I may do, and the keys that programs use in my name."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import View
from django.views.i18n import set_language

from accounts.actions import change_account, create_token, revoke_token
from accounts.forms import AccountForm, TokenForm
from accounts.models import ApiToken, User
from accounts.roles import MemberRole, StaffRole
from portal.kit.access import visible_or_404
from portal.kit.lifecycle import LIFECYCLES, Lifecycle, Transition


class HeldRole(NamedTuple):
    """One role of a person (its words are in ``accounts.roles``), where it counts, and the moves it lets them make."""

    role: StaffRole | MemberRole
    place: str
    moves: list[tuple[Lifecycle, list[Transition]]]


def roles_held(user: User) -> Iterator[HeldRole]:
    """Yield the roles of ``user``, posts first, each asked of the rules by itself."""
    for post in user.posts:
        office = post.office or post._meta.get_field("office").related_model(region=post.region)
        alone = _with_only(user, posts=[post])
        yield HeldRole(StaffRole(post.role), post.place, list(moves_open_to(alone, office=office)))
    for membership in user.memberships.select_related("organization"):
        organization = membership.organization
        alone = _with_only(user, roles_by_organization={organization.pk: {membership.role}})
        yield HeldRole(
            MemberRole(membership.role), str(organization), list(moves_open_to(alone, organization=organization))
        )


def moves_open_to(person: User, **where: Any) -> Iterator[tuple[Lifecycle, list[Transition]]]:
    """Yield each lifecycle with its moves that ``person`` may make on a record of that office or organization."""
    for label, lifecycle in LIFECYCLES.items():
        model = apps.get_model(label)
        sides = [field for field in model._meta.fields if field.name in ("office", "organization")]
        # A record that nobody stores; the side that ``where`` does not name is nobody's.
        specimen = model(**{side.name: where.get(side.name) or side.related_model() for side in sides})
        moves = [
            move for move in lifecycle.transitions if move.permission and person.has_perm(move.permission, specimen)
        ]
        if moves:
            yield lifecycle, moves


def _with_only(user: User, **held: Any) -> User:
    """Return somebody like ``user`` who holds nothing but ``held``; never stored."""
    person = User(pk=user.pk)
    person.posts, person.roles_by_organization = held.get("posts", []), held.get("roles_by_organization", {})
    person.verified_addresses = set()
    return person


class Me(LoginRequiredMixin, View):
    """Who I am and what I may do; name and language can be changed here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(AccountForm(instance=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AccountForm(request.POST, instance=User.objects.get(pk=request.user.pk))
        if not form.is_valid():
            return self._page(form, status=422)
        person = change_account(request.user, by=request.user, **form.cleaned_data)
        response = redirect("accounts:me")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, samesite="Lax")
        with translation.override(person.language):
            messages.success(request, _("Saved."))
        return response

    def _page(self, form: AccountForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "held_roles": list(roles_held(self.request.user))}
        return render(self.request, "accounts/me.html", context, status=status)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's own choice of language; for whoever is signed in it is also kept for e-mails and the next visit."""
    language = request.POST.get("language")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        change_account(request.user, by=request.user, language=language)
    return set_language(request)


@method_decorator(never_cache, name="dispatch")
class TokenList(LoginRequiredMixin, View):
    """The tokens of a person. A new one's secret is on the page that answers, once, and kept nowhere."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        _token, secret = create_token(by=request.user, **form.cleaned_data)
        return self._page(TokenForm(), secret=secret)

    def _page(self, form: TokenForm, status: int = 200, secret: str = "") -> HttpResponse:
        tokens = ApiToken.objects.visible_to(self.request.user)
        return render(
            self.request, "accounts/token_list.html", {"form": form, "tokens": tokens, "secret": secret}, status=status
        )


class TokenRevoke(LoginRequiredMixin, View):
    """Ends a token at once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = visible_or_404(ApiToken, request.user, pk=pk)
        revoke_token(token, by=request.user)
        messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
        return redirect("accounts:token-list")
