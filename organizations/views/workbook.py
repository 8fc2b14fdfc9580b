"""The registration form on paper and offline: read and printed before anything is started, filled in as a workbook."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.stamp import kept
from organizations.forms import SECTION_FORMS
from organizations.forms.workbook import XLSX, WorkbookForm
from organizations.models import Organization, Registration
from organizations.models.registration import Section
from organizations.views.section import OpenForm
from organizations.workbook import read_workbook, take_in, write_workbook
from organizations.workbook.words import options, takes_several
from portal.kit.views import take_errors
from programmes.models import CountryOffice

LONG_LIST = 12


class FormToRead(View):
    """Every question of the form with its choices, for anybody, to read or print before an account is made."""

    def get(self, request: HttpRequest) -> HttpResponse:
        name = f"form to read:{self.office.code if self.office else ''}"
        return render(request, "organizations/register_questions.html", {"form_to_read": kept(name, self._drawn)})

    def _drawn(self) -> str:
        registration = specimen(self.office)
        sections = [
            (Section(value), form, list(_questions(form)))
            for value, form_class in SECTION_FORMS.items()
            for form in [form_class(registration=registration)]
        ]
        context = {
            "sections": sections,
            "office": self.office,
            "offices": CountryOffice.objects.active(),
            "long": LONG_LIST,
        }
        return render_to_string("organizations/register_sections.html", context)

    @cached_property
    def office(self) -> CountryOffice | None:
        """The office whose places the form offers; without one it names no places."""
        return CountryOffice.objects.active().coded(self.request.GET.get("office", ""))


class BlankWorkbook(FormToRead):
    """The workbook without anything filled in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        name = f"blank workbook:{self.office.code if self.office else ''}"
        return _download(kept(name, lambda: write_workbook(specimen(self.office), {})), "registration-form")


class WorkbookPage(OpenForm):
    """Where the workbook of a registration is downloaded and brought back; says cell by cell what is still to do."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(WorkbookForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = WorkbookForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            sent = read_workbook(form.cleaned_data["file"])
            taken = take_in(self.registration, sent, by=request.user)
        except ValidationError as problem:
            take_errors(form, problem)
            return self._page(form, status=422)
        return self._page(WorkbookForm(), taken=taken)

    def _page(self, form: WorkbookForm, status: int = 200, taken: Any = None) -> HttpResponse:
        context = {"form": form, "registration": self.registration, "taken": taken}
        return render(self.request, "organizations/workbook.html", context, status=status)


class WorkbookFile(OpenForm):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        written = write_workbook(self.registration, self.registration.section_drafts(Section))
        return _download(written, f"registration-{pk}")


def specimen(office: CountryOffice | None) -> Registration:
    """A registration that nobody stores, to show the form by. Key 0 is nobody's, so it holds nothing."""
    return Registration(organization=Organization(pk=0), office=office or CountryOffice(pk=0))


def _download(written: bytes, name: str) -> HttpResponse:
    response = HttpResponse(written, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def _questions(form: Any) -> Any:
    """Yield (label, hint, how it is answered, choices, columns of a table) for each question in the form's order."""
    for kind, part in form.parts():
        if kind == "rows":
            columns = [(bound.label, list(options(bound.field))) for bound in part.fields[0].values()]
            yield part.repeat.title, part.repeat.hint, _("As many rows as you need"), [], columns
        else:
            words = list(options(part.field))
            how = _("Choose all that apply") if takes_several(part.field) else _("Choose one") if words else ""
            yield part.label, part.field.help_text, how, words, []
