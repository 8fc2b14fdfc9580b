"""How registrations are searched, the same for the office's queue, the export and the API."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, reads_for_unicef
from organizations.filters.search import MOST_WORDS
from organizations.filters.vocabulary import tokens
from organizations.lifecycle import STOPPED, RegistrationState
from organizations.models import Document, Observation, Registration, Reply, SanctionsMatch
from organizations.models.document import EXPIRES_SOON
from organizations.models.organization import CSOType
from organizations.models.verification import VerificationPolicy, terms_of
from organizations.search.named import about_named
from portal.kit.filters import AnyOf, FilterSet
from programmes.models import CountryOffice

AGES = {
    "7": _("7 days or longer"),
    "14": _("14 days or longer"),
    "30": _("30 days or longer"),
    "60": _("60 days or longer"),
}
ME, NOBODY, COLLEAGUE = "me", "nobody", "colleague"
WHOM = {ME: _("Me"), NOBODY: _("Nobody"), COLLEAGUE: _("A colleague")}
MARKS = {
    "flagged": _("Flagged"),
    "screening": _("Names being screened"),
    "expiring": _("Certificate expires soon"),
}


def offices_of(request):
    """The offices whose registrations this person may read at all, so that no choice leads nowhere: (code, name).

    Most people work at one office: theirs is known without asking.
    """
    user = request.user
    if user.is_authenticated and user.posts and not (user.is_superuser or user.roles_by_organization):
        offices = {post.office for post in user.posts}
        if None not in offices:
            return [(office.code, office) for office in offices]
    own = Registration.objects.visible_to(user).order_by().values("office")
    return [(office.code, office) for office in CountryOffice.objects.filter(pk__in=own)]


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


def assignees_of(request):
    """Me, nobody, a colleague; one of them by name where the address says so, as the names in the list do."""
    choices = list(WHOM.items())
    asked = request.GET.get("assigned", "") if request else ""
    if asked.isdecimal():
        seen = Registration.objects.visible_to(request.user).filter(assigned_to=int(asked[:18])).order_by()
        choices += [(asked, str(person)) for person in User.objects.filter(pk__in=seen.values("assigned_to"))]
    return choices


class RegistrationFilter(FilterSet):
    """What an office looks after its work by, lateness, people and marks, is for staff alone."""

    q = filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name or acronym of an organization"), max_length=300
    )
    state = AnyOf(choices=RegistrationState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple)
    standing = filters.ChoiceFilter(
        method="stand",
        choices=[(key, label) for key, (label, _rows) in _STANDINGS.items()],
        label=_("How it stands today"),
        empty_label=_("All"),
    )
    late = filters.BooleanFilter(
        method="beyond_target", label=_("Late: the office should have answered"), widget=forms.CheckboxInput
    )
    age = filters.ChoiceFilter(
        method="in_its_state",
        choices=list(AGES.items()),
        label=_("In its present state for"),
        empty_label=_("Any time"),
    )
    assigned = filters.ChoiceFilter(
        method="with_whom", choices=list(WHOM.items()), label=_("Assigned to"), empty_label=_("Anybody")
    )
    mark = AnyOf(method="marked", choices=list(MARKS.items()), label=_("Marks"), widget=forms.CheckboxSelectMultiple)
    office = filters.ChoiceFilter(
        field_name="office__code", choices=(), label=_("Country office"), empty_label=_("All")
    )
    cso_type = AnyOf(
        field_name="organization__cso_type",
        choices=CSOType.choices,
        label=_("Type of organization"),
        widget=forms.CheckboxSelectMultiple,
    )

    for_staff = ("late", "age", "assigned", "mark")

    class Meta:
        model = Registration
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.request is not None:
            self.filters["office"].field.choices = offices_of(self.request)
        if self.request is None or reads_for_unicef(self.request.user):
            self.filters["assigned"].field.choices = assignees_of(self.request)
        else:
            for name in self.for_staff:
                del self.filters[name]

    def search(self, queryset, _name, text):
        """Every word must begin one of the organization's names or mission; case and accents do not count."""
        words = tokens(text)[:MOST_WORDS]
        return about_named(queryset, words) if words else queryset

    def stand(self, queryset, _name, standing):
        """What the state alone does not say: whether a verification holds today, or a reply waits."""
        return _STANDINGS[standing][1](queryset, timezone.localdate())

    def beyond_target(self, queryset, _name, wanted):
        return queryset.late() if wanted else queryset

    def in_its_state(self, queryset, _name, days):
        return queryset.filter(state_since__lte=timezone.now() - timedelta(days=int(days)))

    def with_whom(self, queryset, _name, whom):
        if whom == NOBODY:
            return queryset.filter(Q(assigned_to=None) | Q(assigned_to__is_active=False))  # or to one who has left
        if whom == COLLEAGUE:
            return queryset.exclude(assigned_to=None).exclude(assigned_to=self.request.user.pk)
        return queryset.filter(assigned_to=self.request.user.pk if whom == ME else int(whom))

    def marked(self, queryset, _name, marks):
        """Rows that bear one of the marks."""
        found = Q(pk__in=[])
        for mark in marks:
            found |= self._MARKED[mark](self)
        return queryset.filter(found)

    def _flagged(self):
        """Whoever acts for an organization never learns of its flags as staff."""
        flags = Observation.objects.flags().order_by()
        whose = ("organization", "organization__headquarters")
        own, inherited = (Exists(flags.filter(organization=OuterRef(name))) for name in whose)
        return (own | inherited) & ~Q(organization__in=list(self.request.user.roles_by_organization))

    def _screening(self):
        open_ = SanctionsMatch.objects.undecided().order_by()
        whose = ("organization", "organization__headquarters")
        own, inherited = (Exists(open_.filter(organization=OuterRef(name))) for name in whose)
        return own | inherited

    def _expiring(self):
        soon = timezone.localdate() + timedelta(days=EXPIRES_SOON)
        papers = Document.objects.current().filter(kind=Document.Kind.CERTIFICATE, expires_on__lte=soon).order_by()
        return Q(Exists(papers.filter(organization=OuterRef("organization"))))

    _MARKED = {"flagged": _flagged, "screening": _screening, "expiring": _expiring}
