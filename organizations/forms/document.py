"""Putting a document on record, bringing a newer file, and correcting what is written about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from organizations.forms.section import ask_for
from organizations.models import Document
from organizations.models.document import NEEDED
from portal.kit.uploads import DOCUMENTS, check_upload
from portal.kit.views import DateInput

FACTS = ("title", "issuer", "number", "issued_on", "expires_on")


class FactsForm(forms.ModelForm):
    """What is written about a document, and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Document
        fields = FACTS
        labels = {"expires_on": _("Valid until")}
        help_texts = {
            "issuer": _("The authority, person or organization that wrote it, as it stands on the document."),
            "number": _("As it stands on the document."),
            "expires_on": _("Leave empty if it does not expire."),
        }
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "issuer": forms.TextInput(attrs={"dir": "auto"}),
            "issued_on": DateInput(),
            "expires_on": DateInput(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name, sentence in NEEDED.get(self.kind, {}).items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = sentence

    def full_clean(self) -> None:
        """The record says again what a needed field has said already; once is enough."""
        super().full_clean()
        for said in self.errors.values() if self.is_bound else ():
            said.data = list({str(error.message): error for error in said.data}.values())

    @property
    def kind(self) -> str:
        """The kind of the document, as far as it is known when the form is drawn."""
        return self.data.get("kind") or self.initial.get("kind") or self.instance.kind

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class FileForm(FactsForm):
    """The same with a file. A browser forgets the file of a form that comes back, so that is said."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the door for files says what to do about an empty one
        widget=forms.FileInput(attrs={"accept": ",".join(ending for kind in DOCUMENTS for ending in kind.endings)}),
        error_messages={"required": _("Choose the file.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "PDF, photo (JPEG, PNG), Word, Excel or OpenDocument, up to %(limit)s. A clear photo will do."
        ) % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        check_upload(file, DOCUMENTS)
        return file

    def ask_for_the_file_again(self) -> None:
        """Say that the file must be chosen again, if one was sent and is lost now."""
        if self.files and "file" not in self.errors:
            self.add_error("file", _("Choose the file again: a browser does not keep it."))

    def told(self) -> dict[str, Any]:
        return {**self.facts(), "file": self.cleaned_data["file"]}


class ReplaceForm(FileForm):
    field_order = ("file", *FACTS)


class AddForm(FileForm):
    """A new document. The kind says what must be known of it; without a title the kind is the title."""

    field_order = ("kind", "file", *FACTS, "audience")

    class Meta(FactsForm.Meta):
        fields = ("kind", *FACTS, "audience")
        widgets = {**FactsForm.Meta.widgets, "audience": forms.RadioSelect}

    def __init__(self, *args: Any, for_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose…")), *Document.Kind.choices]
        ask_for(self.fields["kind"])
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Needed only where the kind does not say it.")
        if not for_office:
            del self.fields["audience"]
        self.instance.from_office = for_office

    def clean_title(self) -> str:
        kind = self.cleaned_data.get("kind")
        return self.cleaned_data["title"] or (str(Document.Kind(kind).label) if kind else "")

    def told(self) -> dict[str, Any]:
        told = {**super().told(), "kind": self.cleaned_data["kind"]}
        return {**told, "audience": self.cleaned_data["audience"]} if "audience" in self.fields else told
