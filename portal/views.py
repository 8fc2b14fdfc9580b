"""The pages that belong to no app: the front door, one's desk, and where one lands after signing in."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.db.models import Count, Value
from django.db.models.functions import Left, StrIndex
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from organizations.models import Organization, Presence
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal import work
from programmes.models import CountryOffice, Location, ThematicArea

OPEN_NUMBERS_SECONDS = 300


class HomePage(TemplateView):
    """What the portal is for: search first, then themes, countries and open numbers."""

    template_name = "home.html"

    def get_context_data(self, **kwargs):
        numbers = cache.get_or_set("open-numbers", open_numbers, OPEN_NUMBERS_SECONDS)
        themes = ThematicArea.objects.in_bulk(numbers["themes"], field_name="code")
        countries = Location.objects.in_bulk(numbers["countries"], field_name="code")
        return super().get_context_data(
            stats=list(zip(STATS, numbers["stats"], strict=True)),
            themes=[(themes[code], count) for code, count in numbers["themes"].items() if code in themes],
            countries=[(countries[code], count) for code, count in numbers["countries"].items() if code in countries],
            max_theme_count=max(numbers["themes"].values(), default=1),
            **kwargs,
        )


STATS = (
    _("Verified organizations"),
    _("Country offices"),
    _("Active agreements"),
    _("Led by persons with disabilities"),
)


def open_numbers():
    """Count what everybody may see: public organizations by sector and country, offices, active agreements."""
    public = Organization.objects.public()
    by_sector = (
        Presence.objects.filter(organization__in=public)
        .annotate(sector=Left("theme__path", StrIndex("theme__path", Value("/")) - 1))
        .values_list("sector")
        .annotate(count=Count("organization", distinct=True))
        .order_by("-count")
    )
    by_country = public.exclude(country=None).values_list("country__code").annotate(count=Count("pk")).order_by("-count")
    return {
        "stats": [
            public.count(),
            CountryOffice.objects.active().count(),
            Agreement.objects.filter(state=AgreementState.ACTIVE).count(),
            public.filter(is_opd=True).count(),
        ],
        "themes": dict(by_sector[:10]),
        "countries": dict(by_country[:24]),
    }


class WorkPage(LoginRequiredMixin, TemplateView):
    """The desk of a UNICEF person: what waits for them, the longest first."""

    template_name = "work.html"

    def get_context_data(self, **kwargs):
        piles = work.piles(self.request.user)
        tasks = sorted((task for pile in piles for task in pile.tasks), key=lambda task: task.since)
        return super().get_context_data(piles=piles, tasks=tasks, total=sum(pile.count for pile in piles), **kwargs)


@login_required
def landing(request):
    """Send a person to where their work is, in their own language."""
    place = "work" if request.user.works_for_unicef else "organizations:my-organization"
    response = redirect(place)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.user.language, samesite="Lax")
    return response
