"""Saying something about a registration."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent


class CommentForm(forms.Form):
    """A comment; UNICEF staff say whether the organization reads it too."""

    text = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[
            (AuditEvent.Audience.BOTH, _("Both sides: the organization reads it and is told by e-mail")),
            (AuditEvent.Audience.OFFICE, _("UNICEF staff only")),
        ],
        initial=AuditEvent.Audience.BOTH,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, for_staff, **kwargs):
        super().__init__(*args, **kwargs)
        if not for_staff:
            del self.fields["audience"]
