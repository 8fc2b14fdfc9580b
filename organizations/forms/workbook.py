"""A filled-in workbook on its way back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.kit.uploads import check_upload, kinds

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookForm(forms.Form):
    """Takes a real workbook and nothing else; what is in it is read afterwards."""

    file = forms.FileField(
        label=_("The workbook that you filled in"),
        help_text=_("The .xlsx file that you downloaded here."),
        widget=forms.FileInput(attrs={"accept": f".xlsx,{XLSX}"}),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        check_upload(file, (kinds.XLSX,))
        return file
