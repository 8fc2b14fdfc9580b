"""How registrations are searched, the same for the office's queue, the export and the API."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import STOPPED, RegistrationState
from organizations.models import Registration, Reply
from organizations.models.organization import CSOType
from organizations.models.verification import VerificationPolicy, terms_of
from portal.kit.text import fold
from programmes.models import CountryOffice


def offices_of(request):
    """The offices whose registrations this person may read at all, so that no choice leads nowhere."""
    if request is None:
        return CountryOffice.objects.none()
    own = Registration.objects.visible_to(request.user).order_by().values("office")
    return CountryOffice.objects.filter(pk__in=own)


def _lapsed(rows, today):
    return rows.filter(valid_until__lt=today).exclude(state__in=STOPPED)


def _renewable(rows, today):
    """As the terms of each office say; offices without a row of their own share one date."""
    policies = list(VerificationPolicy.objects.all())
    opens = {policy.office_id: terms_of(policies, policy.office_id).renewal_opens_days for policy in policies}
    usual = terms_of(policies, None).renewal_opens_days
    near = Q(valid_until__lte=today + timedelta(days=usual))
    for office_id, days in opens.items():
        if office_id and days != usual:
            there = Q(office=office_id)
            near = (near & ~there) | (there & Q(valid_until__lte=today + timedelta(days=days)))
    return rows.filter(near).exclude(state__in=STOPPED)


_STANDINGS = {
    "holds": (_("Verified today"), lambda rows, today: rows.verified(today)),
    "ending": (_("Can be renewed: near its end, or lapsed"), _renewable),
    "lapsed": (_("Lapsed"), _lapsed),
    "reply": (_("A reply waits for an answer"), lambda rows, _today: rows.filter(Exists(_WAITING_REPLIES))),
}
_WAITING_REPLIES = Reply.objects.filter(registration=OuterRef("pk"), outcome=Reply.Outcome.WAITING)


class RegistrationFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name or acronym of an organization"), max_length=300
    )
    state = filters.MultipleChoiceFilter(
        choices=RegistrationState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    standing = filters.ChoiceFilter(
        method="stand",
        choices=[(key, label) for key, (label, _rows) in _STANDINGS.items()],
        label=_("How it stands today"),
        empty_label=_("All"),
    )
    office = filters.ModelChoiceFilter(
        queryset=offices_of, to_field_name="code", label=_("Country office"), empty_label=_("All")
    )
    cso_type = filters.MultipleChoiceFilter(
        field_name="organization__cso_type",
        choices=CSOType.choices,
        label=_("Type of organization"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Registration
        fields: list[str] = []

    def search(self, queryset, _name, text):
        """Every word must occur in the organization's names or mission; case and accents do not count."""
        for word in fold(text).split():
            queryset = queryset.filter(organization__search_text__contains=word)
        return queryset

    def stand(self, queryset, _name, standing):
        """What the state alone does not say: whether a verification holds today, or a reply waits."""
        return _STANDINGS[standing][1](queryset, timezone.localdate())
