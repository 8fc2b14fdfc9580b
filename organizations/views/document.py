"""The documents of an organization: the list, one with its versions, adding, replacing, correcting, the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import AuditEvent
from organizations.actions.document import add_document, change_document, replace_document
from organizations.filters.document import DocumentFilter
from organizations.forms.document import AddForm, FactsForm, FileForm, ReplaceForm
from organizations.models import Document, Organization, Registration
from organizations.models.document import certificate_problem
from organizations.views.of_organization import OfOrganization
from portal.kit.access import require, visible_or_404
from portal.kit.exports import private_file
from portal.kit.views import REFUSALS, ListPage, RecordPage, TransitionPage, take_refusal


class DocumentList(OfOrganization, ListPage):
    """What is on record, by kind, the newest first; for its members and UNICEF staff."""

    permission = "organizations.list_documents"
    model = Document
    template_name = "organizations/document_list.html"
    filterset_class = DocumentFilter
    title = _("Documents")
    sorts = {
        "kind": (_("kind"), ("kind", "-created_at", "-pk")),
        "newest": (_("newest"), ("-created_at", "-pk")),
        "expiry": (_("expires first"), ("expires_on", "pk")),
    }
    csv_name = "documents"
    csv_columns = {
        _("Kind"): lambda row: row.get_kind_display(),
        _("Title"): lambda row: row.title,
        _("Issued by"): lambda row: row.issuer,
        _("Number"): lambda row: row.number,
        _("Issued on"): lambda row: row.issued_on,
        _("Valid until"): lambda row: row.expires_on,
        _("State"): lambda row: row.get_state_display(),
        _("Versions"): lambda row: len(row.versions.all()),
    }

    def visible(self) -> Any:
        return super().visible().filter(organization=self.organization).with_versions()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "organization": self.organization,
            "may_add": self.request.user.has_perm("organizations.add_document", self.organization),
            "problem": certificate_problem(self.organization),
        }


class DocumentDetail(LoginRequiredMixin, RecordPage):
    """One document: its facts, every file that it ever was, and what happened to it."""

    model = Document
    template_name = "organizations/document_detail.html"

    def get_object(self, queryset: Any = None) -> Document:
        rows = Document.objects.visible_to(self.request.user).select_related("organization", "created_by")
        return get_object_or_404(rows.with_versions(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.object
        events = AuditEvent.objects.about(document).select_related("actor")
        is_open = document.lifecycle.is_editable(document, "title")
        return super().get_context_data(**kwargs) | {
            "events": events if self.request.user.works_for_unicef else events.for_partner(),
            "may_change": is_open and self.request.user.has_perm("organizations.change_document", document),
        }


class DocumentPage(LoginRequiredMixin, View):
    """A form about documents: what is typed stays, and what the action objects to stands beside its field."""

    title: Any = ""
    intro: Any = ""
    submit: Any = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                return HttpResponseRedirect(self.perform(form))
            except REFUSALS as refusal:
                return self.page(form, status=take_refusal(form, refusal, form.instance))
        return self.page(form, status=422)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(self.form())

    def page(self, form: FactsForm, status: int = 200) -> HttpResponse:
        if isinstance(form, FileForm):
            form.ask_for_the_file_again()
        page = {"title": self.title, "intro": self.intro, "submit": self.submit, **self.way_back()}
        context = {"form": form, "page": page, "organization": self.owner, "registration": self.registration}
        return render(self.request, "organizations/document_form.html", context, status=status)

    registration: Registration | None = None

    def form(self, *sent: Any) -> FactsForm:
        raise NotImplementedError

    def perform(self, form: Any) -> str:
        """Do it and return the address to go to."""
        raise NotImplementedError

    def way_back(self) -> dict[str, Any]:
        return {"back_url": self.document.get_absolute_url(), "back_label": self.document}

    @cached_property
    def document(self) -> Document:
        found = visible_or_404(Document, self.request.user, pk=self.kwargs["pk"])
        require(self.request.user, "organizations.change_document", found)
        found.lifecycle.check("withdraw", found)  # what no longer counts is not changed any more: 409
        return found

    @property
    def owner(self) -> Organization:
        return self.document.organization


class DocumentAdd(OfOrganization, DocumentPage):
    """A new document; from the registration form (``?registration=``) one comes back to its section."""

    permission = "organizations.add_document"
    title = _("Add a document")
    submit = _("Add the document")

    @property
    def owner(self) -> Organization:
        return self.organization

    @cached_property
    def registration(self) -> Registration | None:
        asked = self.request.GET.get("registration", "")
        if not (asked.isdecimal() and len(asked) < 19):
            return None
        mine = Registration.objects.visible_to(self.request.user)
        return mine.filter(pk=asked, organization=self.owner).first()

    def form(self, *sent: Any) -> AddForm:
        user = self.request.user
        return AddForm(
            *sent,
            initial={"kind": self.request.GET.get("kind", "")},
            instance=Document(organization=self.owner, created_by=user),
            for_office=user.has_perm("organizations.add_office_document", self.owner),
        )

    def perform(self, form: AddForm) -> str:
        document = add_document(self.owner, by=self.request.user, **form.told())
        messages.success(self.request, _("“%(title)s” is on record.") % {"title": document})
        return self.way_back()["back_url"]

    def way_back(self) -> dict[str, Any]:
        if self.registration is not None:
            section = reverse("organizations:registration-section", args=[self.registration.pk, "legal"])
            return {"back_url": f"{section}#id_documents_0", "back_label": self.registration}
        return {"back_url": reverse("organizations:document-list", args=[self.owner.pk]), "back_label": _("Documents")}


class DocumentReplace(DocumentPage):
    """A newer file in place of the last one: a renewed certificate, next year's accounts."""

    title = _("Replace the file")
    intro = _("The new file counts from now on. The old one stays readable, with the date on which it was brought.")
    submit = _("Replace")

    def form(self, *sent: Any) -> ReplaceForm:
        # The dates are those of the new paper, so nobody takes the old ones over by mistake.
        return ReplaceForm(*sent, instance=self.document, initial={"issued_on": None, "expires_on": None})

    def perform(self, form: ReplaceForm) -> str:
        version = form.cleaned_data["version"]
        replaced = replace_document(self.document, by=self.request.user, expected_version=version, **form.told())
        messages.success(self.request, _("The new file is on record."))
        return replaced.get_absolute_url()


class DocumentEdit(DocumentPage):
    """What is written about a document."""

    title = _("Correct the facts")

    def form(self, *sent: Any) -> FactsForm:
        return FactsForm(*sent[:1], instance=self.document)

    def perform(self, form: FactsForm) -> str:
        version = form.cleaned_data["version"]
        changed = change_document(self.document, by=self.request.user, expected_version=version, **form.facts())
        messages.success(self.request, _("The facts are saved."))
        return changed.get_absolute_url()


class DocumentFile(LoginRequiredMixin, View):
    """One version's file, as a download."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        document = visible_or_404(Document, request.user, pk=pk)
        version = get_object_or_404(document.versions, number=number)
        return private_file(version.file, version.file_name, version.media_type)


class DocumentTransition(LoginRequiredMixin, TransitionPage):
    model = Document
    beside = ("organization",)
