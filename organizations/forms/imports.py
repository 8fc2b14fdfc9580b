"""Bringing a partner list: the file, its layout, and what cannot be read from it."""

from __future__ import annotations

import tomllib
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organizations.forms.section import ask_for
from organizations.imports.errors import ImportProblem
from organizations.imports.queue import IMPORTERS, Plan, read_file, report
from organizations.models import ImportBatch
from portal.kit.uploads import TABLES, check_upload
from portal.kit.views import DateInput

ENCODINGS = [
    ("", _("As the layout says (mostly UTF-8)")),
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows-1252"),
    ("latin-1", "Latin-1"),
    ("utf-16", "UTF-16"),
]


class ImportForm(forms.Form):
    """Reads the file as it is checked: whatever is wrong with it is said beside the field."""

    layout = forms.ChoiceField(
        label=_("What is in the file?"), help_text=_("Each layout knows the columns of one publisher’s list.")
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV file; the sanctions list is XML. Nothing is written before you have seen the result."),
    )
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=DateInput(),
        help_text=_("For rows that give no date. Without it the month in the file’s name counts."),
    )
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    shorter = forms.BooleanField(
        label=_("The sanctions list has really become less than half as long"),
        required=False,
        help_text=_("Tick this only if the portal asks for it and you have made sure."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("layout", "file"):
            ask_for(self.fields[name])
        self.fields["layout"].choices = [("", _("Choose…")), *_layouts()]
        self.plan: Plan | None = None

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if not self.errors:
            try:
                self.plan = read_file(self.kind, self.layout_name, told["file"], file_name=self.file_name, **self.told)
                if self.kind != ImportBatch.Kind.SANCTIONS:  # whose reader takes nothing but its own XML
                    check_upload(told["file"], TABLES, settings.IMPORT_MAX_BYTES)
            except ImportProblem as problem:
                self.add_error("file", str(problem))
            except forms.ValidationError as problem:  # it reads as a table, and is something else besides
                self.add_error("file", problem)
        return told

    @property
    def kind(self) -> str:
        return self.cleaned_data["layout"].partition(":")[0]

    @property
    def layout_name(self) -> str:
        return self.cleaned_data["layout"].partition(":")[2]

    @property
    def file_name(self) -> str:
        return self.cleaned_data["file"].name[:200]

    @property
    def told(self) -> dict[str, Any]:
        """What the reading was told beside the layout, as it is kept with the file for the worker."""
        told: dict[str, Any] = {"encoding": self.cleaned_data["encoding"]}
        if self.kind == ImportBatch.Kind.SANCTIONS:
            told["shorter"] = self.cleaned_data["shorter"]
        if (as_of := self.cleaned_data["as_of"]) and self.kind == ImportBatch.Kind.PRESENCE:
            told["as_of"] = as_of.isoformat()
        return {name: value for name, value in told.items() if value}

    def preview(self) -> dict[str, Any]:
        """What :func:`upload_import` keeps of a file that could be read."""
        return {
            "kind": self.kind,
            "layout": self.layout_name,
            "file": self.cleaned_data["file"],
            "file_name": self.file_name,
            "figures": report(self.plan, **self.told),
            "rejects": self.plan.rejects_csv(),
        }


def _layouts() -> list[tuple[Any, list[tuple[str, str]]]]:
    """The shipped layouts by kind, each by its own title."""
    return [
        (
            ImportBatch.Kind(kind).label,
            [(f"{kind}:{name}", _title(path)) for name, path in importer.layouts().items()],
        )
        for kind, importer in IMPORTERS.items()
    ]


def _title(path: Any) -> str:
    return tomllib.loads(path.read_text(encoding="utf-8")).get("title", path.stem)
