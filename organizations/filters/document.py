"""How documents are searched, the same for page, export and API."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import DocumentState
from organizations.models import Document
from organizations.models.document import EXPIRES_SOON
from portal.kit.filters import AnyOf, FilterSet


class Expiry(TextChoices):
    EXPIRED = "expired", _("Expired")
    SOON = "soon", _("Expires within two months")
    LATER = "later", _("Later, or never")


class DocumentFilter(FilterSet):
    q = filters.CharFilter(method="search", label=_("Search"), help_text=_("Title, issuer or number"), max_length=200)
    kind = AnyOf(choices=Document.Kind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple)
    state = AnyOf(choices=DocumentState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple)
    expiry = filters.ChoiceFilter(choices=Expiry.choices, method="by_expiry", label=_("Expiry"), empty_label=_("All"))

    class Meta:
        model = Document
        fields: list[str] = []

    def search(self, queryset, _name, text):
        for word in text.split():
            queryset = queryset.filter(Q(title__icontains=word) | Q(issuer__icontains=word) | Q(number__icontains=word))
        return queryset

    def by_expiry(self, queryset, _name, value):
        today = timezone.localdate()
        soon = today + timedelta(days=EXPIRES_SOON)
        condition = {
            Expiry.EXPIRED: Q(expires_on__lt=today),
            Expiry.SOON: Q(expires_on__range=(today, soon)),
            Expiry.LATER: Q(expires_on=None) | Q(expires_on__gt=soon),
        }[value]
        return queryset.filter(condition)
