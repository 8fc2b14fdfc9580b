"""Public pages: on what partners work, where, and with which office."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.template.loader import render_to_string
from django.views.generic import DetailView, ListView, TemplateView

from accounts.stamp import kept
from portal.kit.text import fold
from programmes.filters import ThemeFilter
from programmes.models import CountryOffice, Location, RegionalOffice, ThematicArea
from programmes.partners import counts


@dataclass
class Branch:
    """A theme on a page: how many partners work on it, and the themes below."""

    theme: ThematicArea
    partners: int | None
    branches: list["Branch"] = field(default_factory=list)


def as_tree(themes: Iterable[ThematicArea], partners: Mapping[str, int]) -> list[Branch]:
    """Hang the themes below one another; those whose parent is not among ``themes`` come out on top, in order."""
    branches = {theme.pk: Branch(theme, partners.get(theme.code)) for theme in themes}
    tops = []
    for branch in branches.values():
        above = branches.get(branch.theme.parent_id)
        (above.branches if above else tops).append(branch)
    return tops


def by_label(rows: Iterable[Any]) -> list[Any]:
    """``rows`` in the alphabetical order of the reader's language."""
    return sorted(rows, key=lambda row: fold(row.label))


def ranked(rows: Iterable[Any], partners: Mapping[str, int]) -> list[tuple[Any, int]]:
    """The rows with partners and how many, most partners first."""
    found = [(row, partners[row.code]) for row in rows if partners.get(row.code)]
    return sorted(found, key=lambda pair: (-pair[1], fold(pair[0].label)))


class ByCode:
    """A record known by its code: the address and the API use the same."""

    slug_field = slug_url_kwarg = "code"

    def dispatch(self, request, *args, **kwargs):
        if not all(code.isprintable() for code in kwargs.values()):  # PostgreSQL takes no NUL
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class ThemeList(ListView):
    """The whole tree of themes, or those that a search finds."""

    template_name = "programmes/theme_list.html"

    def get_queryset(self):
        return ThematicArea.objects.all()

    def get_context_data(self, **kwargs):
        asked = self.request.GET.get("q", "").strip()
        found = self._found(asked) if asked else []
        tree = "" if found else kept("themes", self._tree)
        return super().get_context_data(**kwargs) | {"asked": asked, "found": found, "tree": tree}

    def _found(self, asked):
        partners = counts().by_theme()
        rows = ThemeFilter({"q": asked}, queryset=self.object_list).qs
        return [Branch(theme, partners.get(theme.code)) for theme in rows]

    def _tree(self):
        partners, themes = counts().by_theme(), list(self.object_list)
        featured = [Branch(theme, partners.get(theme.code)) for theme in themes if theme.is_featured]
        context = {"featured": featured, "sectors": as_tree(themes, partners)}
        return render_to_string("programmes/theme_tree.html", context)


class ThemeDetail(ByCode, DetailView):
    """One theme: what is in it, in which countries partners work on it, and its codes in the lists of others."""

    model = ThematicArea
    template_name = "programmes/theme_detail.html"

    def get_context_data(self, **kwargs):
        theme = self.object
        everywhere = counts()
        partners = everywhere.by_theme()
        countries = ranked(Location.objects.countries(), everywhere.by_country(theme=theme))
        below = ThematicArea.objects.within(theme).exclude(pk=theme.pk)
        return super().get_context_data(**kwargs) | {
            "above": ThematicArea.objects.above(theme),
            "branches": as_tree(below, partners),
            "partners": partners.get(theme.code),
            "countries": countries,
            "most": max((count for _country, count in countries), default=0),
        }


class CountryList(TemplateView):
    """Countries by region, each with the office that serves it."""

    template_name = "programmes/country_list.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"countries": kept("countries", self._drawn)}

    def _drawn(self):
        partners = counts().by_country()
        regions = by_label(RegionalOffice.objects.prefetch_related("offices__countries"))
        context = {"regions": [(region, self._countries(region, partners)) for region in regions]}
        return render_to_string("programmes/countries.html", context)

    @staticmethod
    def _countries(region: RegionalOffice, partners: Mapping[str, int]):
        """Each country with the office that it shares with others, if it does, and the number of partners."""
        offices: dict[Location, CountryOffice | None] = {}
        for office in region.offices.all():
            served = office.countries.all()
            offices |= dict.fromkeys(served, office if len(served) > 1 else None)
        return [(country, offices[country], partners.get(country.code)) for country in by_label(offices)]


class CountryDetail(ByCode, DetailView):
    """One country: its office, what partners work on there, its places."""

    template_name = "programmes/country_detail.html"
    context_object_name = "country"

    def get_queryset(self):
        return Location.objects.countries()

    def get_context_data(self, **kwargs):
        country = self.object
        everywhere = counts()
        themes = ranked(ThematicArea.objects.sectors(), everywhere.by_theme(place=country))
        return super().get_context_data(**kwargs) | {
            "offices": CountryOffice.objects.serving(country).select_related("region"),
            "partners": everywhere.by_country().get(country.code),
            "themes": themes,
            "most": max((count for _theme, count in themes), default=0),
            "places": places_in(country),
        }


class PlaceDetail(ByCode, DetailView):
    """One place in a country: what partners work on there, and the places in it."""

    template_name = "programmes/place_detail.html"
    context_object_name = "place"

    def get_queryset(self):
        inside = Location.objects.exclude(level=Location.Level.COUNTRY)
        return inside.filter(path__startswith=f"{self.kwargs['country']}/")

    def get_context_data(self, **kwargs):
        place = self.object
        themes = ranked(ThematicArea.objects.sectors(), counts().by_theme(place=place))
        above = list(Location.objects.above(place))
        return super().get_context_data(**kwargs) | {
            "above": above,
            "partners": counts().by_place(above[-1]).get(place.code),
            "themes": themes,
            "most": max((count for _theme, count in themes), default=0),
            "places": places_in(place),
        }


def places_in(place: Location) -> list[tuple[Location, int | None]]:
    """The places that lie directly in ``place``, each with the number of its partners."""
    children = list(place.children.all())
    partners = counts().by_place(place) if children else {}
    return [(child, partners.get(child.code)) for child in by_label(children)]


class OfficeList(TemplateView):
    """The offices by region."""

    template_name = "programmes/office_list.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"offices": kept("offices", self._drawn)}

    @staticmethod
    def _drawn():
        active = CountryOffice.objects.active()
        regions = RegionalOffice.objects.prefetch_related(Prefetch("offices", active))
        context = {
            "regions": [(region, by_label(region.offices.all())) for region in by_label(regions)],
            "headquarters": active.filter(is_headquarters=True).first(),
        }
        return render_to_string("programmes/offices.html", context)


class OfficeDetail(ByCode, DetailView):
    """One office and the countries it serves."""

    template_name = "programmes/office_detail.html"
    context_object_name = "office"

    def get_queryset(self):
        return CountryOffice.objects.select_related("region")

    def get_context_data(self, **kwargs):
        partners = counts().by_country()
        countries = by_label(self.object.countries.all())
        return super().get_context_data(**kwargs) | {
            "countries": [(country, partners.get(country.code)) for country in countries],
        }
