"""Starting a registration: who may, with which office, for which organization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MemberRole
from organizations.forms.choices import Offer, RecordField, countries
from organizations.forms.section import ask_for
from organizations.models import Organization
from organizations.models.organization import CSOType, PartnerType
from organizations.twins.alike import Alike, look_alikes
from portal.kit.text import fold
from programmes.models import CountryOffice

NEW = "new"
MATCHES = 20
LONGEST_SEARCH = 300  # as in the lists

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
TESTS = {
    "autonomous": (
        _("Do you decide for yourselves?"),
        _("Your members or your board decide what you do; no government, party or company can overrule them."),
        _("For example: a village health committee elects its own chair. A ministry’s youth league does not."),
    ),
    "not_public": (
        _("Are you outside the state?"),
        _("You are no ministry, public agency, local authority, public school or public hospital."),
        _("For example: a parents’ association is outside the state; the public school in which it meets is not."),
    ),
    "not_for_profit": (
        _("Do you work without profit for owners?"),
        _("You may earn money, but it all goes back into the work; nobody takes a profit home."),
        _("For example: a women’s group that sells what it sews to pay for its lessons. Not a company with shares."),
    ),
    "common_interest": (
        _("Do you serve a common interest?"),
        _("You work for people, rights, values or a profession, and not for the gain of a few."),
        _("For example: a nurses’ union or a group that protects a river. Not a club for its members’ own leisure."),
    ),
}
"""The four tests of what civil society is (S0-3): the question, what it means in plain words, and an example."""


class EligibilityForm(forms.Form):
    """The four tests, to be tried by anybody. A “no” is an answer and not an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (question, meaning, example) in TESTS.items():
            self.fields[name] = forms.ChoiceField(
                label=question,
                help_text=format_lazy("{} {}", meaning, example),
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer yes or no.")},
            )

    @property
    def failed_tests(self) -> list[Any]:
        """The questions that were answered with no."""
        return [question for name, (question, *_said) in TESTS.items() if self.data.get(name) == "no"]

    def tests(self) -> list[forms.BoundField]:
        return [self[name] for name in TESTS]


class StartForm(EligibilityForm):
    """Which office, and which organization: one that is known, or a new one by name, country and type.

    People who act for organizations choose among their own; a registration officer (``on_behalf``) among those that
    ``asked`` finds, and among the offices for which that person registers.
    """

    office = RecordField(label=_("UNICEF country office"), help_text=_("The office of the country where you work."))
    organization = forms.ChoiceField(label=_("Organization"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name of the organization"),
        max_length=300,
        required=False,
        help_text=_("As in the founding document, in its own language and script."),
    )
    country = RecordField(label=_("Country"), required=False, help_text=_("Where it, or its headquarters, is at home."))
    cso_type = forms.ChoiceField(
        label=_("Type of organization"),
        choices=[("", _("Choose…")), *CSOType.choices],
        required=False,
    )
    another = forms.BooleanField(label=_("It is another organization"), required=False)
    how_known = forms.CharField(
        label=_("How you know that it is another organization"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where the name is the same. It is kept with both records."),
    )

    def __init__(self, *args: Any, user: User, on_behalf: bool, asked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.asked = user, asked
        self.alike = Alike()
        self.on_behalf = on_behalf
        registers_with = _registers_with(user) if on_behalf else None
        self.fields["office"].offer(offices(registers_with))
        self.fields["country"].offer(countries())
        chosen = str(self.data.get("organization") or self.initial.get("organization") or "")[:LONGEST_SEARCH]
        known = _found(user, asked, chosen) if on_behalf else _own(user)
        self.known = {str(organization.pk): organization for organization in known}
        self.fields["organization"].choices = [
            *((value, _in_words(organization)) for value, organization in self.known.items()),
            (NEW, _("An organization that is not here yet")),
        ]
        if not self.known:
            self.fields["organization"].widget = forms.HiddenInput()
            self.initial["organization"] = NEW
        for name in ("office", "name", "country", "cso_type"):
            ask_for(self.fields[name])
        for name in ("name", "country", "cso_type", *TESTS):
            self.fields[name].required = False  # they are asked for a new organization only

    @property
    def is_new(self) -> bool:
        return self["organization"].value() == NEW

    @property
    def failed_tests(self) -> list[Any]:
        return super().failed_tests if self.is_new else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("organization") == NEW:
            for name in ("name", "country", "cso_type", *TESTS):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
            if cleaned.get("name") and cleaned.get("country"):
                self.alike = look_alikes(self.user, [cleaned["name"]], country=cleaned["country"].pk)
            if self.alike and not cleaned.get("another"):
                self.add_error(
                    "another", _("Nearly this name is known in the country: tick here if yours is another one.")
                )
        return cleaned

    def start(self) -> dict[str, Any]:
        """Return what :func:`start_registration` is told."""
        told = {
            "office": self.cleaned_data["office"],
            "organization": self.known.get(self.cleaned_data["organization"]),
        }
        if told["organization"] is None:
            told |= {name: self.cleaned_data[name] for name in ("name", "country", "cso_type")}
            if self.on_behalf:
                told["another"] = self.cleaned_data["how_known"]
        return told


def offices(offered: Callable[[CountryOffice], bool] | None = None) -> Offer:
    """The active offices by region, headquarters last; all of them, or those that are ``offered``."""
    rows = CountryOffice.objects.active().select_related("region").order_by("is_headquarters", "region__name", "name")
    by_region: dict[Any, list[CountryOffice]] = {}
    for office in rows:
        if offered is None or offered(office):
            region = office.region or _("For the headquarters of international organizations")
            by_region.setdefault(region, []).append(office)
    return Offer.grouped(by_region.items())


def _registers_with(officer: User) -> Callable[[CountryOffice], bool]:
    return lambda office: officer.is_superuser or officer.holds(office.checked_by, office)


def _own(user: User) -> list[Organization]:
    edits = {MemberRole.ADMINISTRATOR, MemberRole.EDITOR}
    own = [pk for pk, roles in user.roles_by_organization.items() if roles & edits]
    return list(Organization.objects.filter(pk__in=own, partner_type=PartnerType.CSO).select_related("country"))


def _found(user: User, asked: str, chosen: str) -> list[Organization]:
    """What an officer searched for, and what that person has chosen already."""
    words = fold(asked[:LONGEST_SEARCH]).split()
    if not words and not chosen.isdecimal():
        return []
    rows = Organization.objects.visible_to(user).filter(partner_type=PartnerType.CSO).select_related("country")
    matching = Q(pk=-1)
    if words:
        matching = Q()
        for word in words:
            matching &= Q(search_text__contains=word)
    if chosen.isdecimal():
        matching |= Q(pk=int(chosen))
    return list(rows.filter(matching).order_by("name", "pk")[:MATCHES])


def _in_words(organization: Organization) -> str:
    return " · ".join(str(part) for part in (organization.name, organization.acronym, organization.country) if part)
