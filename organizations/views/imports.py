"""Partner lists of others: bringing a file, its preview, how far it is, what it did, the rows it rejected."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models.audit import history
from organizations.actions.imports import upload_import
from organizations.forms.imports import ImportForm
from organizations.imports.errors import REASONS, WARNINGS
from organizations.imports.queue import READING, WRITING
from organizations.lifecycle import ImportState
from organizations.models import ImportBatch
from portal.kit.access import require, visible_or_404
from portal.kit.views import ListPage, RecordPage, TransitionPage

REJECTS_SHOWN = 10
REJECT_COLUMNS = 3  # row, reason, explanation; the cells as they came follow
UNDER_WAY = (ImportState.QUEUED, ImportState.RUNNING)

FIGURES = {
    "rows": _("Rows"),
    "taken": _("Taken"),
    "rejected": _("Rejected"),
    "renames_linked": _("Former names linked"),
    "mergers_noted": _("Mergers noted"),
    "numbers_added": _("Registration numbers added"),
    "organizations_created": _("New organizations"),
    "organizations_matched": _("Known organizations"),
    "places_created": _("New places"),
    "presences_created": _("New presences"),
    "presences_updated": _("Presences updated"),
    "agreements_created": _("New agreements"),
    "agreements_known": _("Known agreements"),
    "possible_twins": _("Possible twins"),
    "entries_added": _("Entries added"),
    "entries_changed": _("Entries changed"),
    "entries_removed": _("Entries removed"),
    "matches_closed": _("Matches closed"),
}
"""The figures that a page shows, by their names in the report; besides the rows only what is not zero."""

ROWS = ("rows", "taken", "rejected")

PHASES = [
    (WRITING, _("Writing: all rows or none")),
    (READING, _("Reading the file and matching organizations")),
    (0, _("Waiting for the worker")),
]


class MayImport(LoginRequiredMixin):
    """Refuses whoever may not import."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            require(request.user, "organizations.import_data")
        return super().dispatch(request, *args, **kwargs)


class ImportList(MayImport, ListPage):
    """The files that were brought, the newest first."""

    model = ImportBatch
    template_name = "organizations/import_list.html"
    title = _("Imports")
    intro = _("Lists of others: who works where, registers, the sanctions list. You see first what each would do.")
    sorts = {"newest": (_("newest"), ("-created_at", "-pk"))}

    def visible(self) -> Any:
        return super().visible().select_related("created_by")


class ImportUpload(MayImport, View):
    """Bring a file: it is read at once, and its page shows what it would do."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ImportForm(initial={"layout": request.GET.get("layout", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        return HttpResponseRedirect(upload_import(by=request.user, **form.preview()).get_absolute_url())

    def _page(self, form: ImportForm, status: int = 200) -> HttpResponse:
        return render(self.request, "organizations/import_upload.html", {"form": form}, status=status)


class ImportDetail(LoginRequiredMixin, RecordPage):
    """One file: what it would do or did, and how far it is. It asks for itself again while the worker is at it."""

    model = ImportBatch
    template_name = "organizations/import_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if request.htmx and self.object.state not in UNDER_WAY:
            response["HX-Refresh"] = "true"  # the progress bar asked, and there is more to show now
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures = self.object.figures
        return super().get_context_data(**kwargs) | {
            "under_way": self.object.state in UNDER_WAY,
            "phase": next(phase for least, phase in PHASES if self.object.progress >= least),
            "figures": [(label, figures[name]) for name, label in FIGURES.items() if name in ROWS or figures.get(name)],
            "reasons": [(REASONS[name], count) for name, count in figures.get("rejects_by_reason", {}).items()],
            "warnings": [(WARNINGS[name], count) for name, count in figures.get("warnings", {}).items()],
            "remarks": figures.get("remarks", []),
            "twins": figures.get("twins", []),
            "rejects": first_rejects(self.object),
            "events": history(self.object),
        }


def first_rejects(batch: ImportBatch) -> list[tuple[str, str, str]]:
    """The first rejected rows as (row, explanation, cells)."""
    if not (batch.rejects and batch.figures.get("rejected")):
        return []
    with batch.rejects.open() as stored, io.TextIOWrapper(stored, "utf-8-sig", newline="") as text:
        rows = list(islice(csv.reader(text), 1, REJECTS_SHOWN + 1))
    return [(row[0], row[2], " · ".join(filter(None, row[REJECT_COLUMNS:]))) for row in rows]


class ImportRejects(LoginRequiredMixin, View):
    """The rejected rows as a file. Mended, it can be brought again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = visible_or_404(ImportBatch, request.user, pk=pk)
        if not batch.rejects:
            raise Http404
        return FileResponse(
            batch.rejects.open(), as_attachment=True, filename=f"rejects-{batch.pk}.csv", content_type="text/csv"
        )


class ImportTransition(LoginRequiredMixin, TransitionPage):
    """Confirm the file, or discard it."""

    model = ImportBatch
