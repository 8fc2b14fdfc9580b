"""How agreements are searched, the same for page, export and API."""

import django_filters as filters
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.filters.vocabulary import vocabulary
from organizations.models import Organization
from partnerships.models import Agreement, AgreementKind
from portal.kit.filters import FilterSet
from portal.kit.views import DateInput

ORIGINS = {"portal": _("Made in this portal"), "imported": _("Imported from another system")}


class AgreementFilter(FilterSet):
    """Words, kind, state, office, theme with what is in it, partner, a day on which it runs, origin, one's own turn."""

    q = filters.CharFilter(
        method="search",
        label=_("Search"),
        help_text=_("Reference, title, or name of a partner, in any language"),
        max_length=300,
    )
    waiting = filters.BooleanFilter(method="for_me", label=_("Waiting for me"), widget=forms.CheckboxInput)
    state = filters.ChoiceFilter(choices=Agreement.lifecycle.choices, label=_("State"), empty_label=_("Any"))
    kind = filters.ChoiceFilter(choices=AgreementKind.choices, label=_("Kind"), empty_label=_("Any"))
    theme = filters.ChoiceFilter(method="on_theme", label=_("Theme"), empty_label=_("Any"))
    office = filters.ChoiceFilter(field_name="office__code", label=_("Country office"), empty_label=_("Any"))
    organization = filters.ModelChoiceFilter(
        queryset=lambda request: Organization.objects.visible_to(request.user if request else AnonymousUser()),
        label=_("Partner"),
        widget=forms.HiddenInput,
    )
    running_on = filters.DateFilter(method="on_day", label=_("Running on"), widget=DateInput)
    origin = filters.ChoiceFilter(
        method="from_origin", choices=list(ORIGINS.items()), label=_("Origin"), empty_label=_("Any")
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = vocabulary()  # kept by the process, so the choices cost no query
        sees_all = self.request is not None and getattr(self.request.user, "works_for_unicef", False)
        themes = words.choices(f"themes {sees_all}", words.themes_for(sees_all))
        offices = words.choices("offices", words.offices.values(), by_label=True)
        self.filters["theme"].extra["choices"], self.filters["office"].extra["choices"] = themes, offices
        if self.request is None or not self.request.user.is_authenticated:
            del self.filters["waiting"]

    def search(self, queryset, _name, text):
        return queryset.matching(text)

    def for_me(self, queryset, _name, asked):
        return queryset.filter(queryset.whose_turn(self.request.user)) if asked else queryset

    def on_theme(self, queryset, _name, value: str):
        return queryset.filter(
            pk__in=Agreement.themes.through.objects.filter(
                thematicarea__path__startswith=vocabulary().themes[value].path
            ).values("agreement")
        )

    def on_day(self, queryset, _name, day):
        """Those that run, or are to run, on ``day``; an open end runs on."""
        return queryset.filter(Q(end=None) | Q(end__gte=day), start__lte=day)

    def from_origin(self, queryset, _name, origin):
        return queryset.exclude(source="") if origin == "imported" else queryset.filter(source="")
