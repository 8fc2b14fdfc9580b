"""How organizations are searched: one FilterSet for the directory, its export and the API."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from organizations.filters.search import MOST_WORDS, BestMatch, Finder, Sought, Understood, best_match, understand
from organizations.filters.vocabulary import Concept, Vocabulary, vocabulary
from organizations.lifecycle import RegistrationState
from organizations.models import Organization, Registration, Tag
from organizations.models.assessment import RiskRating
from organizations.models.facts import Population, Years
from organizations.models.names import LANGUAGE_CHOICES
from organizations.models.organization import TRAITS, CSOType, OrganizationCategory, PartnerType
from organizations.search.headings import EVERY_BODY
from organizations.search.near import NearWord, closest, corrected, near_words
from organizations.search.query import All, Asked, Condition, Found, Tagged, Under, find
from organizations.search.reader import Reader
from organizations.search.text import tokens
from portal.kit.filters import AnyOf, Choices, FilterSet
from portal.kit.text import fold

IN_VERIFICATION = (RegistrationState.SUBMITTED, RegistrationState.RESUBMITTED, RegistrationState.SENT_BACK)

STATUSES: Mapping[str, tuple[Any, Callable[[Q, Q], Q]]] = {
    "verified": (_("Verified"), lambda verified, open_: verified),
    "in_verification": (_("In verification"), lambda verified, open_: open_ & ~verified),
    "not_verified": (_("Not verified"), lambda verified, open_: ~verified & ~open_),
}
"""Where an organization stands with the offices (with one office, when one is chosen): label and condition."""

ALL_KINDS = "all"

MOST_NEAR = 20
NEARLY, NEARLY_ACRONYM = 85, 80  # of 100
NEARLY_CALLED = 3
LONGEST_ACRONYM = 6


class SearchField(forms.CharField):
    """Free text. What no one can see, such as a NUL or a mark of direction, is taken for a space."""

    def to_python(self, value: Any) -> str:
        seen = (" " if unicodedata.category(char).startswith("C") else char for char in value or "")
        return super().to_python("".join(seen))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not tokens(value):
            raise ValidationError(_("There is no letter or digit in this search."), code="invalid")


class SearchFilter(filters.CharFilter):
    field_class = SearchField


class CodeFilter(filters.CharFilter):
    """One code of reference data. The choices come with the reader, see :meth:`OrganizationFilter._choices`."""

    field_class = forms.ChoiceField


class OrganizationFilter(FilterSet):
    """Theme and place, from the search box or chosen, have to meet in one presence.

    Without a request (when the API's schema is drawn) every filter is there and no choice is read.
    """

    q = SearchFilter(
        label=_("Search partners"),
        help_text=_("Name, theme, place or kind of organization"),
        max_length=300,
        error_messages={"max_length": _("Search with fewer words: at most %(limit_value)d characters are read.")},
    )
    exact = filters.BooleanFilter(label=_("Only in names and missions"), widget=forms.CheckboxInput)
    theme = CodeFilter(label=_("Theme"))
    country = CodeFilter(label=_("Country"))
    location = CodeFilter(
        label=_("Place in the country"),
        error_messages={"invalid_choice": _("Nobody works in this place, or it is not in the country that is chosen.")},
    )
    type = AnyOf(
        choices=CSOType.choices,
        label=_("Type of organization"),
        widget=forms.CheckboxSelectMultiple,
    )
    trait = AnyOf(choices=list(TRAITS.items()), label=_("Led by, expert in"), widget=forms.CheckboxSelectMultiple)
    category = AnyOf(
        choices=OrganizationCategory.choices,
        label=_("UN category"),
        widget=forms.CheckboxSelectMultiple,
    )
    strategy = CodeFilter(label=_("Strategy"))
    population = filters.ChoiceFilter(choices=Population.choices, label=_("People it serves"), empty_label=_("All"))
    language = filters.ChoiceFilter(choices=LANGUAGE_CHOICES, label=_("Working language"), empty_label=_("All"))
    experience = filters.ChoiceFilter(choices=Years.choices, label=_("Years of experience"), empty_label=_("Any"))
    office = CodeFilter(label=_("Country office"))
    status = filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _condition) in STATUSES.items()],
        label=_("Verification"),
        empty_label=_("Any"),
    )
    risk = filters.ChoiceFilter(choices=RiskRating.choices, label=_("Risk rating"), empty_label=_("Any"))
    partner_type = filters.ChoiceFilter(
        choices=[*PartnerType.choices, (ALL_KINDS, _("All kinds"))], label=_("Kind of body"), empty_label=None
    )

    tag = CodeFilter(label=_("Tag of an office"))

    for_staff = ("status", "risk", "partner_type", "tag")

    class Meta:
        model = Organization
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None:
            return
        if not self.for_unicef:
            for name in self.for_staff:
                del self.filters[name]
        elif not self._tag:
            del self.filters["tag"]
        for name, choices in self._choices().items():
            self.filters[name].field.choices = choices

    # --- Choices --------------------------------------------------------------------------------------------------

    @cached_property
    def for_unicef(self) -> bool:
        return self.reader.for_unicef

    @cached_property
    def known(self) -> Vocabulary:
        return vocabulary()

    def _choices(self) -> dict[str, Choices]:
        known, seen = self.known, self.for_unicef
        country = self._country()
        whole = _("The whole country") if country else _("Choose a country first")
        themes = known.choices(f"themes {seen}", known.themes_for(seen))
        places = known.choices(f"places {country}", known.places_in(country) if country else [])
        tag = {"tag": Choices([self._tag]).after(("", _("Any")))} if self._tag else {}
        return tag | {
            "theme": themes.after(("", _("All themes"))),
            "country": known.choices("countries", known.countries, by_label=True).after(("", _("All countries"))),
            "location": places.after(("", whole)),
            "strategy": known.choices("strategies", known.strategies.values()).after(("", _("All strategies"))),
            "office": known.choices("offices", known.offices.values(), by_label=True).after(("", _("All offices"))),
        }

    @cached_property
    def _tag(self) -> tuple[str, str] | None:
        """The tag that is asked for, where the reader may see it. Tags are chosen on a page of their own."""
        asked = self.data.get("tag") or ""
        if not (self.for_unicef and asked.isdecimal() and len(asked) < 19):
            return None
        tag = Tag.objects.visible_to(self.request.user).filter(pk=asked).select_related("office").first()
        return (str(tag.pk), f"{tag.label} ({tag.office.label})") if tag else None

    def _country(self) -> str:
        """The country whose places are offered: the one that is chosen, or that of the place that is."""
        chosen = self.data.get("country") or ""
        if chosen in self.known.places:
            return chosen
        place = self.known.places.get(self.data.get("location") or "")
        return self.known.country_of(place).code if place else ""

    # --- The condition --------------------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What is asked for and makes sense; fields with an error are left out."""
        return self.form.cleaned_data if self.form.is_valid() or self.form.is_bound else {}

    @cached_property
    def understood(self) -> Understood:
        """What the words in the search box mean."""
        text, country = self.asked.get("q") or "", self.asked.get("country") or ""
        return understand(text, self.known, sensitive=self.for_unicef, country=country)

    @property
    def understood_as(self) -> list[str]:
        """The same for the reader to see; nothing when the words are taken as words."""
        return [] if self.asked.get("exact") or not self.understood else self.understood.in_words(self.known)

    @cached_property
    def themes_asked(self) -> set[int]:
        """The keys of the themes that are asked for, in words or chosen, with what lies below them."""
        sought = [*self._chosen("theme", "theme"), *self.understood.themes]
        codes = {code for theme in sought for code in theme.codes}
        return {pk for code in codes for pk in self.known.themes_below(code, self.for_unicef)}

    @cached_property
    def reader(self) -> Reader:
        return Reader.of(getattr(self.request, "user", None))

    def wanted(self, text: Understood) -> All:
        """What ``text`` and the filters ask for, as the index takes it."""
        finder = Finder(
            self.known,
            themes=self._chosen("theme", "theme"),
            places=[*self._chosen("country", "place"), *self._chosen("location", "place")],
        )
        parts: list[Asked] = [finder.asked(text, exact=bool(self.asked.get("exact")))]
        for name in _ANY_OF:
            if values := self.asked.get(name):
                several = values if isinstance(values, list) else [values]
                parts.append(Under(tuple(f"{name}:{value}" for value in several)))
        parts += [Under((f"trait:{trait}",)) for trait in self.asked.get("trait") or ()]
        if tag := self.asked.get("tag"):
            parts.append(Tagged(int(tag)))
        return All((*parts, *self._registered()))

    @cached_property
    def found(self) -> Found:
        """The organizations that are found, and whether they are few."""
        found = self._find(self.understood)
        if found.few and self.understood.text:
            found.rows = found.rows.annotate(match=best_match(self.understood))
        return found

    def _find(self, text: Understood) -> Found:
        kind = (self.asked.get("partner_type") if self.for_unicef else None) or PartnerType.CSO
        body = Under((f"body:{EVERY_BODY if kind == ALL_KINDS else kind}",))
        return find(self.queryset.all(), self.wanted(text), body=body, reader=self.reader, kept=self.known.headings)

    # --- What was nearly meant ------------------------------------------------------------------------------------

    @cached_property
    def _near(self) -> dict[str, list[NearWord]]:
        return near_words(tokens(self.understood.text)[:MOST_WORDS], self.reader)

    @cached_property
    def did_you_mean(self) -> str:
        """The words of the box with those mended that nobody uses; empty where there is nothing to mend."""
        words = self.known.words if self.for_unicef else self.known.open_words
        return corrected(tokens(self.understood.text)[:MOST_WORDS], words, self._near)

    @cached_property
    def _closest(self) -> list[tuple[float, Organization]]:
        return closest(fold(self.understood.text), self._near, self.reader, self._find(Understood()).rows)

    def nearest(self) -> list[Organization]:
        """Where nothing has all the words: those whose names come nearest to them and that meet the filters."""
        return [row for _score, row in self._closest[:MOST_NEAR]]

    def nearly_called(self, shown: Sequence[Organization]) -> list[Organization]:
        """Beside what is ``shown`` first: those that are called nearly as the text says, where nobody is called so.

        One letter left out makes many a word another one, which others use. But what many are found by is no slip.
        """
        text = self.understood
        if (
            not shown
            or not text.unknown
            or not self.found.few
            or any(getattr(row, "match", None) == BestMatch.NAME for row in shown)
        ):
            return []
        words = tokens(text.text)
        if len(words) == 1 and (
            len(words[0]) > LONGEST_ACRONYM or {one.text for one in self._near[words[0]]} <= {*words}
        ):
            return []  # it is no slip of another word, and whoever has it is found already
        already = {row.pk for row in shown[:NEARLY_CALLED]}
        enough = NEARLY if len(words) > 1 else NEARLY_ACRONYM
        return [row for score, row in self._closest if score >= enough and row.pk not in already][:NEARLY_CALLED]

    def first(self, most: int) -> list[Organization]:
        """The first ``most`` that a reader sees: those that are nearly called so and those that are found, the best
        match first; or else the nearest."""
        rows = list(self.found.rows.order_by(*self.best_order)[:most])
        before = self.nearly_called(rows)
        return [*before, *(row for row in rows if row not in before)][:most] or self.nearest()[:most]

    @property
    def best_order(self) -> tuple[str, ...]:
        """By match, where few are found for a text; otherwise by name."""
        by_name = ("listed_as", "pk")
        return ("match", *by_name) if "match" in self.found.rows.query.annotations else by_name

    def filter_queryset(self, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
        return self.found.rows

    def _chosen(self, name: str, family: str) -> list[Sought]:
        code = self.asked.get(name)
        return [Sought((Concept(family, code),))] if code else []

    def _registered(self) -> list[Asked]:
        """The office and the status go together: verified by that office. The public learns of verified ones alone."""
        office, status = self.asked.get("office"), self.asked.get("status")
        asked: list[Asked] = [Under((f"office:{office}",))] if office else []
        return [*asked, Condition(self.stands(status))] if status else asked

    def stands(self, status: str) -> Q:
        """The condition that an organization stands so with the offices, or with the one that is asked for."""
        rows = Registration.objects.filter(organization=OuterRef("pk"))
        if office := self.asked.get("office"):
            rows = rows.filter(office__code=office)
        verified, open_ = Q(Exists(rows.verified())), Q(Exists(rows.filter(state__in=IN_VERIFICATION)))
        return STATUSES[status][1](verified, open_)


_ANY_OF = ("type", "category", "strategy", "population", "language", "experience", "risk")
"""Filters that are the family of a heading; of several values any will do."""
