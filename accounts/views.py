"""One's own account: who I am, what I may do, the keys that programs use in my name, the files I asked for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import View
from django.views.i18n import set_language

from accounts.actions import change_account, create_token, request_export, revoke_token
from accounts.forms import AccountForm, ExportForm, TokenForm
from accounts.lifecycle import UNDER_WAY
from accounts.models import ApiToken, AuditEvent, Export, User
from accounts.roles import MemberRole, StaffRole
from portal.kit.access import NotAllowed, visible_or_404
from portal.kit.exports import FORMATS, private_file
from portal.kit.lifecycle import LIFECYCLES, Lifecycle, Transition
from portal.kit.paging import bounded_count
from portal.kit.views import REFUSALS, ListPage, RecordPage, TransitionPage, open_list, take_refusal


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


SIDES = ("CountryOffice", "Organization")
"""The models of what a record belongs to, by name: their apps stand above this one."""


def moves_open_to(person: User, **where: Any) -> Iterator[tuple[Lifecycle, list[Transition]]]:
    """Yield each lifecycle with its moves that ``person`` may make on a record of that office or organization."""
    for label, lifecycle in LIFECYCLES.items():
        model = apps.get_model(label)
        sides = [field for field in model._meta.fields if field.related_model and field.related_model.__name__ in SIDES]
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


# --- Files of lists ---------------------------------------------------------------------------------------------------


class ExportList(LoginRequiredMixin, ListPage):
    """The files that one has asked for, the newest first; it looks again by itself while one is being written."""

    model = Export
    template_name = "accounts/export_list.html"
    title = gettext_lazy("Files of lists")
    intro = gettext_lazy("Lists that were too long for one answer, written for you alone.")
    sorts = {"newest": (gettext_lazy("newest"), ("-created_at", "-pk"))}

    def visible(self) -> Any:
        return super().visible().filter(user=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"under_way": any(export.is_under_way for export in context["object_list"])}


class ExportNew(LoginRequiredMixin, View):
    """Ask for a list as a file that the worker writes. 404 for what is no list, 403 for one that is not theirs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "") for name in ("list", "query", "format")}
        if asked["format"] not in FORMATS:
            asked["format"] = "csv"
        return self._page(ExportForm(initial=asked), asked)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self._page(form, request.POST, status=422)
        told = form.cleaned_data
        try:
            export = request_export(by=request.user, path=told["list"], query=told["query"], format=told["format"])
        except REFUSALS as refusal:
            return self._page(form, request.POST, status=take_refusal(form, refusal))
        return redirect(export)

    def _page(self, form: ExportForm, asked: Any, status: int = 200) -> HttpResponse:
        view = open_list(asked.get("list", ""), asked.get("query", ""), self.request.user)
        count = bounded_count(view.get_queryset(), settings.EXPORT_AT_ONCE)
        context = {
            "form": form,
            "list": view,
            "pills": view.pills(),
            "count": min(count, settings.EXPORT_AT_ONCE),
            "is_more": count > settings.EXPORT_AT_ONCE,
            "days": settings.EXPORT_DAYS,
        }
        return render(self.request, "accounts/export_new.html", context, status=status)


class ExportDetail(LoginRequiredMixin, RecordPage):
    """One file: how far it is, and then the file. It looks again by itself while it is being written."""

    model = Export
    template_name = "accounts/export_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if request.htmx and self.object.state not in UNDER_WAY:
            response["HX-Refresh"] = "true"  # the progress bar asked, and there is more to show now
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"events": AuditEvent.objects.about(self.object)}


class ExportFile(LoginRequiredMixin, View):
    """The file itself, for whom it was written, as long as they may see the list and hold the roles of then."""

    def get(self, request: HttpRequest, pk: int) -> Any:
        export = visible_or_404(Export, request.user, pk=pk)
        if not export.is_ready:
            raise Http404
        open_list(export.path, export.query, export.user)
        if not export.is_still_theirs:
            raise NotAllowed
        return private_file(export.file, export.file_name, FORMATS[export.format].media_type)


class ExportTransition(LoginRequiredMixin, TransitionPage):
    """Cancel the file, or ask for it again."""

    model = Export
