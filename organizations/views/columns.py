"""The columns of the directory: of its files, and of the table that staff may read instead of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.actions import choose_columns
from accounts.models.user import ChosenColumns
from organizations.filters.vocabulary import vocabulary
from organizations.models import Organization, Tag, Tagging
from portal.kit.access import require

LIST = "organizations"


@dataclass(frozen=True)
class Column:
    """One column: its heading and what takes its cell from a row. ``usual``: without a choice, files have it."""

    label: Any
    cell: Callable[[Any], Any]
    usual: bool = True
    at_first: bool = False  # ticked until somebody chooses


COLUMNS: Mapping[str, Column] = {
    "number": Column(_("Number"), lambda row: row.pk),
    "name": Column(_("Name"), lambda row: row.name, at_first=True),
    "acronym": Column(_("Acronym"), lambda row: row.acronym),
    "partner_type": Column(_("Kind of body"), lambda row: row.get_partner_type_display()),
    "type": Column(_("Type of organization"), lambda row: row.get_cso_type_display(), at_first=True),
    "category": Column(_("UN category"), lambda row: row.get_organization_category_display()),
    "country": Column(_("Country"), lambda row: _country(row), usual=False, at_first=True),
    "traits": Column(_("Led by, expert in"), lambda row: "; ".join(map(str, row.traits))),
    "themes": Column(_("Themes"), lambda row: "; ".join(each.label for each in row.summary.themes), at_first=True),
    "places": Column(_("Places"), lambda row: row.summary.places, at_first=True),
    "status": Column(_("Verification"), lambda row: row.summary.standing.label, at_first=True),
    "until": Column(_("Verified until"), lambda row: row.summary.standing.until or "", at_first=True),
    "website": Column(_("Website"), lambda row: row.website),
    "email": Column(_("E-mail"), lambda row: row.email, usual=False),
    "phone": Column(_("Telephone"), lambda row: row.phone, usual=False),
    "languages": Column(_("Working languages"), lambda row: "; ".join(row.language_names), usual=False),
    "founded": Column(_("Founded in"), lambda row: row.founded, usual=False),
    "legal_status": Column(_("Legal status"), lambda row: row.get_legal_status_display(), usual=False),
    "created": Column(_("On record since"), lambda row: row.created_at.date(), usual=False),
    "tags": Column(_("Tags of the office"), lambda row: "; ".join(row.office_tags), usual=False),
}

USUAL = {column.label: column.cell for column in COLUMNS.values() if column.usual}
"""What the directory's files hold where nobody has chosen."""


def _country(row: Organization) -> str:
    place = vocabulary().place_by_pk.get(row.country_id)
    return place.label if place else ""


def chosen_by(user: Any) -> ChosenColumns | None:
    """What ``user`` has chosen for the directory, without columns that there are no longer; None before they did."""
    chosen = user.columns_of(LIST) if user.is_authenticated else None
    kept = [key for key in COLUMNS if chosen and key in chosen.columns]
    return ChosenColumns(chosen.as_table, kept) if chosen and kept else None


def add_tags(rows: list[Organization], user: Any) -> None:
    """Give each row the labels of the tags that ``user`` reads, as ``office_tags``."""
    labels: dict[int, list[str]] = {row.pk: [] for row in rows}
    found = Tagging.objects.filter(organization__in=labels, tag__in=Tag.objects.visible_to(user))
    for pk, label in found.order_by("tag__folded").values_list("organization", "tag__label"):
        labels[pk].append(label)
    for row in rows:
        row.office_tags = labels[row.pk]  # type: ignore[attr-defined]


class ColumnsForm(forms.Form):
    shown_as = forms.ChoiceField(
        label=_("Show the directory as"),
        choices=[("rows", _("Rows, with what each organization does")), ("table", _("A table of these columns"))],
        widget=forms.RadioSelect,
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(key, column.label) for key, column in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of the table, and of the files that you download from the directory."),
        error_messages={"required": _("Choose at least one column.")},
    )


class ChooseColumns(LoginRequiredMixin, View):
    """Staff choose how they read the directory; it is remembered for each person."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            require(request.user, "organizations.export_in_bulk")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = chosen_by(request.user)
        first = [key for key, column in COLUMNS.items() if column.at_first]
        told = {
            "shown_as": "table" if chosen and chosen.as_table else "rows",
            "columns": chosen.columns if chosen else first,
        }
        return self._page(ColumnsForm(initial=told))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ColumnsForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        columns, as_table = form.cleaned_data["columns"], form.cleaned_data["shown_as"] == "table"
        choose_columns(by=request.user, name=LIST, columns=columns, as_table=as_table)
        messages.success(request, _("Your choice is remembered."))
        return HttpResponseRedirect(self._back())

    def _back(self) -> str:
        query = self.request.META.get("QUERY_STRING", "")
        return reverse("organizations:organization-list") + (f"?{query}" if query else "")

    def _page(self, form: ColumnsForm, status: int = 200) -> HttpResponse:
        page = {"title": _("Columns"), "back_url": self._back(), "back_label": _("Partners")}
        return render(self.request, "generic/form.html", {"form": form, "page": page}, status=status)
