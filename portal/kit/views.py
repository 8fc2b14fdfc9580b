"""Pages that every app shares: a list that can be filtered, a record, one move of a record.

They parse what a person sent, call an action or a query, and render. What may be done, and when, they do not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import resolve
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, ListView, View

from portal.kit.access import NotAllowed, NotNow, Stale, require, visible_or_404
from portal.kit.exports import FORMATS, Table, download
from portal.kit.lifecycle import REASON, Reason, Transition
from portal.kit.paging import COUNT_LIMIT, PLACE, BadCursor, bounded_count, in_pieces, page_of


@dataclass
class ListState:
    """What the list template shows around the rows. Each pill is (label, address without it)."""

    title: Any
    intro: Any
    count: int
    count_capped: bool
    pills: list[tuple[str, str]] = field(default_factory=list)
    sorts: list[tuple[Any, str, bool]] = field(default_factory=list)
    files: list[tuple[Any, str]] = field(default_factory=list)
    later_url: str = ""
    clear_url: str = ""


class ListPage(ListView):
    """A list: one FilterSet for page and files, filters in the address, bounded count, pages by place (see paging).

    Subclasses give a model with ``visible_to`` (or override ``visible``), ``filterset_class``, ``sorts`` (key: (label,
    ordering)), and for files ``csv_name`` with ``csv_columns`` (heading: function of a row, whose numbers and dates
    stay such). ``list_permission``: what whoever opens the list needs, where not everybody may.
    """

    template_name = "generic/list.html"
    paginate_by = 20
    filterset_class: type | None = None
    title: Any = ""
    intro: Any = ""
    sorts: Mapping[str, tuple[Any, tuple[Any, ...]]] = {}
    csv_name = ""
    csv_columns: Mapping[Any, Callable[[Any], Any]] = {}
    list_permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.list_permission:
            require(request.user, self.list_permission)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        asked = request.GET.get("format", "")
        if asked in FORMATS and self.csv_columns:
            return self.export(asked)
        try:
            return super().get(request, *args, **kwargs)
        except BadCursor:
            return HttpResponseRedirect(self._address())

    # --- The rows -------------------------------------------------------------------------------------------------

    def get_queryset(self) -> QuerySet[Any]:
        rows = self.filterset.qs if self.filterset else self.visible()
        return rows.order_by(*self.sorts[self.sort][1]) if self.sort else rows

    def visible(self) -> QuerySet[Any]:
        """The rows this person may see, with what a row shows."""
        model: Any = self.model
        return model._default_manager.visible_to(self.request.user)

    def prepare(self, rows: list[Any]) -> list[Any]:
        """Return some rows with what they show beside their own columns, on the page and in files."""
        return rows

    def count_rows(self, rows: QuerySet[Any]) -> int:
        """How many rows there are, at most one more than COUNT_LIMIT. A list that knows a cheaper way says it here."""
        return bounded_count(rows)

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Return one page. Raises BadCursor for a place that is not, or no more, in this list; numbers are none."""
        page = page_of(queryset, page_size, **{name: self.request.GET.get(name, "") for name in ("after", "before")})
        if "page" in self.request.GET or not (page.rows or page.count == 0):
            raise BadCursor
        if page.count is None:
            page = replace(page, count=self.count_rows(queryset))
        page = replace(page, rows=self.prepare(page.rows))
        return page, page, page.rows, page.has_other_pages()

    # --- Files ----------------------------------------------------------------------------------------------------

    def export(self, name: str) -> HttpResponseBase:
        """Everything found, as a file; what is too long for that, the worker writes for whoever signs in."""
        if bounded_count(self.get_queryset(), settings.EXPORT_AT_ONCE) > settings.EXPORT_AT_ONCE:
            return HttpResponseRedirect(self.later_address(name))
        return download(self.table(), name)

    def table(self, *ordering: str) -> Table:
        """Everything found, in the order of the list or in one that is given."""
        rows = self.get_queryset()
        pieces = in_pieces(rows.order_by(*ordering) if ordering else rows)
        columns = {str(heading): cell for heading, cell in self.csv_columns.items()}
        return Table(self.csv_name, columns, (self.prepare(piece) for piece in pieces))

    def later_address(self, name: str = "csv") -> str:
        """The page where a person asks the worker for the file."""
        query = self._query()
        query.pop("format", None)
        asked = {"list": self.request.path, "query": query.urlencode(), "format": name}
        return f"{resolve_url(settings.EXPORT_LATER)}?{urlencode(asked)}"

    def _files(self) -> list[tuple[Any, str]]:
        """The kinds of file that the list can be had as, each with its address."""
        if not self.csv_columns:
            return []
        return [(chosen.label, self._address(format=name)) for name, chosen in FORMATS.items()]

    @cached_property
    def filterset(self) -> Any:
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET, queryset=self.visible(), request=self.request)

    @cached_property
    def sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked in self.sorts else next(iter(self.sorts), "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        count = context["page_obj"].count
        page = ListState(
            title=self.title,
            intro=self.intro,
            count=min(count, COUNT_LIMIT),
            count_capped=count > COUNT_LIMIT,
            pills=self.pills(),
            sorts=[(label, self._address(sort=key), key == self.sort) for key, (label, _order) in self.sorts.items()],
            files=self._files(),
            later_url=self.later_address() if self.csv_columns and self.request.user.is_authenticated else "",
            clear_url=self.request.path,
        )
        return context | {"page": page, "filter": self.filterset}

    def pills(self) -> list[tuple[str, str]]:
        """The filters in force, each with the address of the list without it."""
        if self.filterset is None:
            return []
        pills = []
        bound = self.filterset.form
        for name, entry in bound.fields.items():
            values = self.request.GET.getlist(name)
            if not getattr(entry.widget, "allow_multiple_selected", False):
                values = values[-1:]  # the field obeys the last one
            for value in values:
                if value and name not in bound.errors:
                    pills.append((self.pill_label(bound[name], value), self._without(name, value)))
        return pills

    def pill_label(self, bound_field: forms.BoundField, value: str) -> str:
        """What the pill says: the chosen option's own words, or the text as typed."""
        return words_of(bound_field, value)

    def _address(self, **changes: str) -> str:
        query = self._query()
        for name, value in changes.items():
            query[name] = value
        return self._path_with(query)

    def _without(self, name: str, value: str) -> str:
        query = self._query()
        query.setlist(name, [other for other in query.getlist(name) if other != value])
        return self._path_with(query)

    def _query(self) -> QueryDict:
        """What is asked of the list, without where in it one is."""
        query = self.request.GET.copy()
        for name in PLACE:
            query.pop(name, None)
        return query

    def _path_with(self, query: QueryDict) -> str:
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path


def open_list(path: str, query: str, user: Any) -> ListPage:
    """Return the list at the address ``path?query`` as ``user`` may read it now, outside of any request of theirs.

    It is asked what the page asks of whoever opens it, so it raises what the page would: Http404 for no list of the
    portal that leaves as a file, NotAllowed for one that is not theirs.
    """
    match = resolve(path)
    view_class: Any = getattr(match.func, "view_class", View)
    if not (issubclass(view_class, ListPage) and view_class.csv_columns):
        raise Http404
    request: Any = HttpRequest()
    request.method, request.path, request.GET, request.user = "GET", path, QueryDict(query), user
    request.session = {}
    view: ListPage = view_class(**match.func.view_initkwargs)  # type: ignore[attr-defined]  # as_view sets them
    view.setup(request, *match.args, **match.kwargs)
    opened = HttpResponse()
    view.get = lambda *_args, **_kwargs: opened  # type: ignore[method-assign]  # the checks on the way, not the page
    if view.dispatch(request, *match.args, **match.kwargs) is not opened:
        raise NotAllowed
    return view


def words_of(bound_field: forms.BoundField, value: str) -> str:
    """The words for one value of a filter: the chosen option's own, or the text as typed."""
    if isinstance(bound_field.field.widget, forms.CheckboxInput):
        return str(bound_field.label)
    for key, label in getattr(bound_field.field, "choices", None) or ():
        if str(key) == value:
            return str(label).strip()
    return value


class RecordPage(DetailView):
    """One record: 404 for whoever may not see it."""

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        return visible_or_404(self.model, self.request.user, pk=self.kwargs["pk"])


class TransitionForm(forms.Form):
    """What a move has to be told: its inputs, the reason, and which version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, transition: Transition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for entry in transition.inputs:
            self.fields[entry.name] = _INPUTS[entry.kind](
                label=entry.label, required=entry.required, help_text=entry.hint
            )
        if transition.reason is not Reason.NONE:
            self.fields["reason"] = forms.CharField(
                label=transition.reason_label,
                required=transition.reason is Reason.REQUIRED,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 5}),
                error_messages={"required": _("Give the reason.")} if transition.reason_label is REASON else {},
            )


_INPUTS: dict[str, Callable[..., forms.Field]] = {
    "text": lambda **options: forms.CharField(max_length=200, **options),
    "email": lambda **options: forms.EmailField(max_length=254, **options),
    "long": lambda **options: forms.CharField(
        max_length=4000, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}), **options
    ),
    "date": lambda **options: forms.DateField(widget=DateInput(), **options),
}


class DateInput(forms.DateInput):
    """The browser's own date field, which speaks ISO dates."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TransitionPage(View):
    """The page of one move: confirm it, say why, and it is made. Unseen is 404, not allowed is 403.

    ``beside``: the records that the model refers to and that the page needs with it.
    """

    model: Any = None
    beside: tuple[str, ...] = ()
    template_name = "generic/transition.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = visible_or_404(self.model, request.user, *self.beside, pk=kwargs["pk"])
        try:
            self.transition = self.object.lifecycle.transition(kwargs["transition"])
        except KeyError as unknown:
            raise Http404 from unknown
        if not (self.transition.permission and request.user.has_perm(self.transition.permission, self.object)):
            raise NotAllowed(self.transition.permission)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form(initial={"version": self.object.version})
        reasons = self.object.lifecycle.reasons_against(self.transition, self.object)
        return self._page(form, reasons, status=409 if reasons else 200)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        told = form.cleaned_data
        told["expected_version"] = told.pop("version")
        try:
            done = self.perform(told, form)
        except (Stale, ValidationError) as refusal:
            return self._page(form, status=take_refusal(form, refusal, self.object))
        return HttpResponseRedirect(done.get_absolute_url())

    def make_form(self, data: Any = None, **kwargs: Any) -> Any:
        """The form of the move. A move that is told more than the table says has a page and form of its own."""
        return TransitionForm(data, transition=self.transition, **kwargs)

    def perform(self, told: dict[str, Any], form: Any) -> Any:
        """Make the move with what ``form`` was told, and return the record."""
        return self.object.lifecycle.perform(self.object, self.transition.name, by=self.request.user, **told)

    def _page(self, form: forms.Form, reasons: Any = (), status: int = 200) -> HttpResponse:
        context = {"object": self.object, "transition": self.transition, "form": form, "reasons": reasons}
        return render(self.request, self.template_name, context, status=status)


REFUSALS = (NotNow, ValidationError)
"""What an action raises when it does not take what a form holds: what it is, or that it cannot be now."""


def take_refusal(form: Any, refusal: NotNow | ValidationError, record: Any = None) -> int:
    """Show on ``form`` why the action refused it; return the status of the page, on which all that was typed stays.

    ``record``: what the form changes. Where somebody was quicker, the form takes its newer version, now that the person
    knows of it.
    """
    if isinstance(refusal, ValidationError):
        take_errors(form, refusal)
        return 422
    if isinstance(refusal, Stale):
        record.refresh_from_db()
        form.data = form.data.copy()
        form.data["version"] = str(record.version)
    form.add_error(None, " ".join(refusal.reasons))
    return 409


def take_errors(form: forms.Form, problem: ValidationError) -> None:
    """Show an action's objections on ``form``: beside the field where it has that field, at the top otherwise."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
