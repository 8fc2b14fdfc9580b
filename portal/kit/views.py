"""Pages that every app shares: a list that can be filtered, a record, one move of a record.

They parse what a person sent, call an action or a query, and render. What may be done, and when, they do not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, ListView, View

from portal.kit.access import NotAllowed, NotNow, Stale, require, visible_or_404
from portal.kit.exports import csv_response
from portal.kit.lifecycle import REASON, Reason, Transition

COUNT_LIMIT = 1000
LAST_PAGE = 500


class BoundedPaginator(Paginator):
    """Pages that look one row ahead, so that nobody waits for the count of a million rows."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most one more than COUNT_LIMIT."""
        # Ordering is dropped: it would make the database sort what is only counted.
        rows: Any = self.object_list
        return rows.order_by()[: COUNT_LIMIT + 1].count()

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows = list(self.object_list[first : first + self.per_page + 1])
        page = BoundedPage(rows[: self.per_page], number, self)
        page.more = len(rows) > self.per_page
        if not rows and number > 1:
            raise EmptyPage(_("That page has no rows."))
        return page

    def validate_number(self, number: Any) -> int:
        try:
            number = int(number)
        except (TypeError, ValueError) as problem:
            raise EmptyPage(_("That is not a page number.")) from problem
        if not 1 <= number <= LAST_PAGE:
            raise EmptyPage(_("That page has no rows."))
        return number


class BoundedPage(Page):
    more = False

    def has_next(self) -> bool:
        return self.more

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        return self.number - 1


@dataclass
class ListState:
    """What the list template shows around the rows. Each pill is (label, address without it)."""

    title: Any
    intro: Any
    count: int
    count_capped: bool
    pills: list[tuple[str, str]] = field(default_factory=list)
    sorts: list[tuple[Any, str, bool]] = field(default_factory=list)
    csv_url: str = ""
    clear_url: str = ""


class ListPage(ListView):
    """A list: one FilterSet for page and export, filters in the address, bounded count, CSV.

    Subclasses give a model with ``visible_to`` (or override ``visible``), ``filterset_class``, ``sorts`` (key: (label,
    ordering)), and for CSV ``csv_name`` with ``csv_columns`` (heading: function of a row). ``list_permission``:
    what whoever opens the list needs, where not everybody may.
    """

    template_name = "generic/list.html"
    paginator_class = BoundedPaginator
    paginate_by = 20
    filterset_class: type | None = None
    title: Any = ""
    intro: Any = ""
    sorts: Mapping[str, tuple[Any, tuple[Any, ...]]] = {}
    csv_name = ""
    csv_columns: Mapping[Any, Callable[[Any], Any]] = {}
    list_permission = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.list_permission:
            require(request.user, self.list_permission)
        if request.GET.get("format") == "csv" and self.csv_columns:
            rows = self.csv_rows(self.get_queryset())
            columns = {str(heading): cell for heading, cell in self.csv_columns.items()}
            return csv_response(self.csv_name, columns, rows)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        rows = self.filterset.qs if self.filterset else self.visible()
        return rows.order_by(*self.sorts[self.sort][1]) if self.sort else rows

    def visible(self) -> QuerySet[Any]:
        """The rows this person may see, with what a row shows."""
        model: Any = self.model
        return model._default_manager.visible_to(self.request.user)

    def csv_rows(self, queryset: QuerySet[Any]) -> Any:
        """The rows of the export; prefetched in pieces, so that memory stays flat."""
        return queryset.iterator(chunk_size=500)

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
        count = context["paginator"].count
        page = ListState(
            title=self.title,
            intro=self.intro,
            count=min(count, COUNT_LIMIT),
            count_capped=count > COUNT_LIMIT,
            pills=self.pills(),
            sorts=[(label, self._address(sort=key), key == self.sort) for key, (label, _order) in self.sorts.items()],
            csv_url=self._address(format="csv") if self.csv_columns else "",
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
        if isinstance(bound_field.field.widget, forms.CheckboxInput):
            return str(bound_field.label)
        choices = getattr(bound_field.field, "choices", None)
        if choices is not None:
            for key, label in choices:
                if str(key) == value:
                    return str(label)
        return value

    def _address(self, **changes: str) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        for name, value in changes.items():
            query[name] = value
        return f"{self.request.path}?{query.urlencode()}"

    def _without(self, name: str, value: str) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        query.setlist(name, [other for other in query.getlist(name) if other != value])
        return f"{self.request.path}?{query.urlencode()}"


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
    """The page of one move: confirm it, say why, and it is made. Unseen is 404, not allowed is 403."""

    model: Any = None
    template_name = "generic/transition.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = visible_or_404(self.model, request.user, pk=kwargs["pk"])
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
