"""The pages that belong to no app: the front door, one's desk, and where one lands after signing in."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from organizations.models import SavedSearch
from organizations.search.reader import EVERYBODY, PARTNERS
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal import work
from portal.kit.paging import COUNT_LIMIT
from programmes import partners
from programmes.models import CountryOffice, Location, ThematicArea

OPEN_NUMBERS_SECONDS = 300
SEARCHES_SHOWN = 8


class HomePage(TemplateView):
    """What the portal is for: search first, then themes, countries and open numbers."""

    template_name = "home.html"

    def get_context_data(self, **kwargs):
        by_theme, by_country = partners.counts().by_theme(), partners.counts().by_country()
        themes = _largest(ThematicArea.objects.sectors(), by_theme, 10)
        return super().get_context_data(
            stats=list(zip(STATS, cache.get_or_set("open-numbers", open_numbers, OPEN_NUMBERS_SECONDS), strict=True)),
            themes=themes,
            countries=_largest(Location.objects.filter(code__in=by_country), by_country, 24),
            max_theme_count=themes[0][1] if themes else 1,
            **kwargs,
        )


STATS = (
    _("Verified organizations"),
    _("Country offices"),
    _("Active agreements"),
    _("Led by persons with disabilities"),
)


def open_numbers():
    """Count what the home page shows, in the order of STATS: only what everybody can open from there."""
    partners = EVERYBODY.numbers([PARTNERS, "trait:is_opd"])
    return [
        partners.get(PARTNERS, 0),
        CountryOffice.objects.active().of_countries().count(),
        Agreement.objects.visible_to(AnonymousUser()).filter(state=AgreementState.ACTIVE).count(),
        partners.get("trait:is_opd", 0),
    ]


def _largest(places, numbers, most):
    """The ``most`` of ``places`` with the largest numbers, as (place, number); those without one are left out."""
    counted = [(place, numbers[place.code]) for place in places if place.code in numbers]
    return sorted(counted, key=lambda one: (-one[1], one[0].label))[:most]


class WorkPage(LoginRequiredMixin, TemplateView):
    """The desk of a UNICEF person: what waits for them, the longest first."""

    template_name = "work.html"

    def get_context_data(self, **kwargs):
        piles = work.piles(self.request.user)
        tasks = sorted(
            (task for pile in piles for task in pile.tasks), key=lambda task: (not task.step.own, task.since)
        )
        kept = SavedSearch.objects.visible_to(self.request.user).in_use()
        searches = list(kept.order_by("name", "pk")[: SEARCHES_SHOWN + 1])
        lists = [(label, url_name) for label, url_name, may in LISTS if may is None or self.request.user.has_perm(may)]
        return super().get_context_data(
            piles=piles,
            tasks=tasks,
            drawn_tasks=work.draw_tasks(tasks),
            total=sum(pile.count for pile in piles),
            late=sum(pile.late for pile in piles),
            uncounted=any(pile.count > COUNT_LIMIT for pile in piles),
            lists=lists,
            searches=searches[:SEARCHES_SHOWN],
            more_searches=len(searches) > SEARCHES_SHOWN,
            **kwargs,
        )


LISTS = (
    (_("Saved searches"), "organizations:saved-search-list", None),
    (_("Registrations"), "organizations:registration-list", None),
    (_("Registrations in figures"), "organizations:registration-figures", "organizations.view_figures"),
    (_("Observations and flags"), "organizations:observation-list", "organizations.list_observations"),
    (_("Assessments"), "organizations:assessment-list", "organizations.list_assessments"),
    (_("Strengthening actions"), "organizations:plan-action-list", "organizations.list_assessments"),
    (_("Possible twins"), "organizations:twin-list", "organizations.view_twins"),
    (_("Sanctions screening"), "organizations:sanctions-list", "organizations.view_sanctions"),
    (_("Imports"), "organizations:import-list", "organizations.import_data"),
)
"""What the main navigation does not name: label, address, the permission that it asks."""


def _desk_of(user):
    if user.works_for_unicef:
        return "work"
    return "admin:index" if user.is_superuser and not user.roles_by_organization else "organizations:my-organization"


@login_required
def landing(request):
    """Send a person to where their work is, in their own language."""
    response = redirect(_desk_of(request.user))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.user.language, samesite="Lax")
    return response
