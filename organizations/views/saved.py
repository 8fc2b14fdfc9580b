"""Saved searches: the list, one of them, saving, and how often one is told what is new."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from accounts.models import AuditEvent
from organizations.actions.saved import change_search, delete_search, save_search, stop_digest
from organizations.digests import follow
from organizations.emails.saved import SALT
from organizations.filters.saved import Question, SavedSearchFilter
from organizations.forms.saved import RhythmForm, SavedSearchChangeForm, SavedSearchForm
from organizations.lifecycle import SavedSearchState
from organizations.models import Digest, SavedSearch
from organizations.models.saved import Rhythm
from portal.kit.access import require, visible_or_404
from portal.kit.views import REFUSALS, ListPage, RecordPage, TransitionPage, take_refusal

EVENTS_SHOWN = 50


class SavedSearchList(LoginRequiredMixin, ListPage):
    """One's own and those of one's office."""

    model = SavedSearch
    template_name = "organizations/saved_search_list.html"
    filterset_class = SavedSearchFilter
    title = _("Saved searches")
    intro = _("Your own, and those that your office shares.")
    sorts = {"name": (_("name"), ("name", "pk")), "newest": (_("newest"), ("-created_at", "-pk"))}

    def visible(self) -> Any:
        return super().visible().select_related("owner", "office")

    def prepare(self, rows: list[SavedSearch]) -> list[SavedSearch]:
        mine = Digest.objects.filter(person=self.request.user, search__in=rows).exclude(rhythm=Rhythm.OFF)
        followed = {digest.search_id: digest for digest in mine}
        for row in rows:
            row.digest = followed.get(row.pk)
        return rows


class SavedSearchNew(LoginRequiredMixin, View):
    """Keeps what the directory was asked for, which stands in the address of this page, under a name."""

    @cached_property
    def question(self) -> Question:
        return Question.read(self.request.META.get("QUERY_STRING", ""), self.request.user)

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.question.query:
            messages.error(request, _("Search for something or choose a filter first, then save it."))
            return HttpResponseRedirect(reverse("organizations:organization-list"))
        return self._page(SavedSearchForm(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SavedSearchForm(request.POST, user=request.user)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            search = save_search(by=request.user, query=self.question.query, **form.cleaned_data)
        except REFUSALS as refusal:
            return self._page(form, status=take_refusal(form, refusal))
        messages.success(request, gettext("The search is saved. You find it under “Saved searches”."))
        return HttpResponseRedirect(search.get_absolute_url())

    def _page(self, form: SavedSearchForm, status: int = 200) -> HttpResponse:
        back = f"{reverse('organizations:organization-list')}?{self.question.query}"
        page = {"title": _("Save this search"), "back_url": back, "back_label": _("Partners")}
        context = {"form": form, "page": page, "question": self.question.in_words}
        return render(self.request, "organizations/saved_search_form.html", context, status=status)


class SavedSearchDetail(LoginRequiredMixin, RecordPage):
    """What it asks for, whose it is, and how often one is told what is new."""

    model = SavedSearch
    template_name = "organizations/saved_search_detail.html"
    rhythm_form: RhythmForm | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search, user = self.object, self.request.user
        digest = Digest.objects.filter(search=search, person=user).first()
        may_follow = user.has_perm("organizations.follow_saved_search", search)
        form = self.rhythm_form or RhythmForm(initial={"rhythm": digest.rhythm if digest else Rhythm.OFF})
        return super().get_context_data(**kwargs) | {
            "question": Question.read(search.query, user).in_words,
            "digest": digest if digest and digest.is_on else None,
            "form": form if may_follow and search.state != SavedSearchState.RETIRED else None,
            "may_change": search.state != SavedSearchState.RETIRED
            and user.has_perm("organizations.change_saved_search", search),
            "may_delete": search.state == SavedSearchState.PRIVATE
            and user.has_perm("organizations.delete_saved_search", search),
            "events": AuditEvent.objects.about(search)[:EVENTS_SHOWN],
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how often one is told what is new."""
        self.object = self.get_object()
        require(request.user, "organizations.follow_saved_search", self.object)
        form = RhythmForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                digest = follow(self.object, by=request.user, **form.cleaned_data)
            except REFUSALS as refusal:
                status = take_refusal(form, refusal)
            else:
                said = (
                    gettext("You are told what is new.")
                    if digest.is_on
                    else gettext("You get no more e-mails about it.")
                )
                messages.success(request, said)
                return HttpResponseRedirect(self.object.get_absolute_url())
        self.rhythm_form = form
        return self.render_to_response(self.get_context_data(), status=status)


class SavedSearchOpen(LoginRequiredMixin, View):
    """Leads to the directory, asked for what was saved."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return HttpResponseRedirect(visible_or_404(SavedSearch, request.user, pk=pk).directory_url)


class OneSearch(LoginRequiredMixin):
    """A page on which a search is changed: 404 for who may not see it, 403 for who may not change it."""

    permission = ""

    @cached_property
    def search(self) -> SavedSearch:
        search = visible_or_404(SavedSearch, self.request.user, pk=self.kwargs["pk"])
        require(self.request.user, self.permission, search)
        return search


class SavedSearchEdit(OneSearch, View):
    permission = "organizations.change_saved_search"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(SavedSearchChangeForm(user=request.user, instance=self.search))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SavedSearchChangeForm(request.POST, user=request.user, instance=self.search)
        if not form.is_valid():
            return self._page(form, status=422)
        told = dict(form.cleaned_data)
        version = told.pop("version", None)
        try:
            change_search(self.search, by=request.user, expected_version=version, **told)
        except REFUSALS as refusal:
            return self._page(form, status=take_refusal(form, refusal, self.search))
        messages.success(request, gettext("The search is changed."))
        return HttpResponseRedirect(self.search.get_absolute_url())

    def _page(self, form: SavedSearchChangeForm, status: int = 200) -> HttpResponse:
        page = {
            "title": _("Change the saved search"),
            "intro": _("To ask for something else, open it in the directory and save that under a new name."),
            "back_url": self.search.get_absolute_url(),
            "back_label": self.search.name,
        }
        return render(self.request, "organizations/saved_search_form.html", {"form": form, "page": page}, status=status)


class SavedSearchDelete(OneSearch, View):
    """Asks before a search is deleted that nobody else has seen."""

    permission = "organizations.delete_saved_search"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "organizations/saved_search_delete.html", {"search": self.search})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        delete_search(self.search, by=request.user)
        messages.success(request, _("The search is deleted."))
        return HttpResponseRedirect(reverse("organizations:saved-search-list"))


class SavedSearchTransition(LoginRequiredMixin, TransitionPage):
    model = SavedSearch


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class DigestStop(View):
    """Ends e-mails about a search for whoever holds the link in one of them; no sign-in, as mail programs ask it too.

    The link is the right to do it, so no token of a session stands beside it (RFC 8058). Reading it changes nothing.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            pk = signing.loads(kwargs["token"], salt=SALT)
        except signing.BadSignature as made_up:
            raise Http404 from made_up
        self.digest = get_object_or_404(Digest.objects.select_related("search"), pk=pk)
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        stop_digest(self.digest)
        self.digest.refresh_from_db()
        return self._page()

    def _page(self) -> HttpResponse:
        return render(self.request, "organizations/digest_stop.html", {"digest": self.digest})
