"""What is asked before something is done with many organizations at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import Tag
from organizations.rules import PARTNER_ROLES
from portal.kit.exports import FORMATS
from programmes.models import CountryOffice


def offices_where_one_looks_after_partners(user: Any) -> Any:
    if user.is_superuser:
        return CountryOffice.objects.all()
    return CountryOffice.objects.covered_by(post for post in user.posts if post.role in PARTNER_ROLES)


class BulkForm(forms.Form):
    """Nothing but the yes."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class OfOffice(BulkForm):
    """In the name of one office; whoever looks after partners at one alone finds it chosen."""

    office = forms.ModelChoiceField(CountryOffice.objects.none(), label=_("Country office"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry: Any = self.fields["office"]
        entry.queryset = offices_where_one_looks_after_partners(self.user)
        offices = list(entry.queryset[:2])
        if len(offices) == 1:
            entry.initial = offices[0].pk


class TagForm(OfOffice):
    label = forms.CharField(
        label=_("Tag"),
        max_length=40,
        help_text=_("Only staff of the office see it. A tag that the office has already is used again."),
        validators=Tag._meta.get_field("label").validators,
    )


class UntagForm(BulkForm):
    tag = forms.ModelChoiceField(Tag.objects.none(), label=_("Tag"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entry: Any = self.fields["tag"]
        offices = offices_where_one_looks_after_partners(self.user)
        entry.queryset = Tag.objects.filter(office__in=offices).select_related("office").order_by("office", "folded")
        entry.label_from_instance = lambda tag: f"{tag.label} ({tag.office.label})"


class MessageForm(OfOffice):
    subject = forms.CharField(label=_("Subject"), max_length=150, widget=forms.TextInput(attrs={"dir": "auto"}))
    text = forms.CharField(
        label=_("Message"),
        max_length=4000,
        help_text=_("Plain text. It is sent as you write it, in your name and the office’s, and stays on record."),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )


class FileForm(BulkForm):
    format = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[(name, chosen.label) for name, chosen in FORMATS.items()],
        initial="csv",
        widget=forms.RadioSelect,
    )
