"""Names that resemble entries of the sanctions list: the list, two side by side, the decision, and what was brought."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.translation import gettext_lazy as _

from accounts.models.audit import history
from organizations.filters.sanctions import SanctionsFilter
from organizations.models import Registration, SanctionsEntry, SanctionsList, SanctionsMatch
from organizations.models.organization import with_names
from organizations.screening import Kind, read_as
from portal.kit.views import ListPage, RecordPage, TransitionPage


class SanctionsMatchList(LoginRequiredMixin, ListPage):
    """What waits for a decision, the nearest first."""

    model = SanctionsMatch
    list_permission = "organizations.view_sanctions"
    template_name = "organizations/sanctions_list.html"
    filterset_class = SanctionsFilter
    title = _("Sanctions screening")
    intro = _("Names of organizations and of their people that resemble entries of the Security Council’s list.")
    sorts = {
        "score": (_("nearest"), ("-score", "pk")),
        "longest": (_("waiting longest"), ("state_since", "pk")),
        "newest": (_("newest"), ("-state_since", "-pk")),
    }
    csv_name = "sanctions"
    csv_columns = {
        _("Organization"): lambda match: match.organization.name,
        _("Whose name it is"): lambda match: match.get_subject_display(),
        _("Name screened"): lambda match: match.name,
        _("Reference number"): lambda match: match.entry.reference,
        _("Name on the list"): lambda match: match.listed_name,
        _("Likeness, of 100"): lambda match: match.score,
        _("State"): lambda match: match.get_state_display(),
        _("Since"): lambda match: match.state_since.date(),
    }

    def visible(self) -> Any:
        rows = super().visible().select_related("organization__country", "entry")
        return with_names(rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"current": SanctionsList.objects.current()}


class SanctionsMatchDetail(LoginRequiredMixin, RecordPage):
    """Who was screened beside the entry, with what helps to tell the two apart."""

    model = SanctionsMatch
    template_name = "organizations/sanctions_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match = self.object
        organization, entry = match.organization, match.entry
        registrations = Registration.objects.filter(organization=organization).select_related("office")
        return super().get_context_data(**kwargs) | {
            "organization": organization,
            "entry": entry,
            "compared": _compared(match),
            "registrations": registrations,
            "others": SanctionsMatch.objects.filter(organization=organization)
            .exclude(pk=match.pk)
            .select_related("entry"),
            "events": history(match),
        }


def _compared(match: SanctionsMatch) -> list[tuple[Any, str, str]]:
    """What is known of each side, as (fact, ours, theirs); facts that neither side gives are left out."""
    organization, entry = match.organization, match.entry
    country = organization.country.label if organization.country else ""
    others = "\n".join(map(str, organization.names.all()))
    kind = Kind(entry.kind)
    founded = "" if kind is Kind.PERSON else str(organization.founded or "")  # of a person it would mislead
    facts = [
        (_("Name"), match.name, match.listed_name),
        (_("As compared, in Latin letters"), read_as(match.name, kind), read_as(match.listed_name, kind)),
        (_("What it is"), match.get_subject_display(), f"{entry.get_kind_display()} · {entry.list_type}".rstrip(" ·")),
        (_("Main name"), organization.name, entry.name),
        (_("In its own script"), "", entry.original_name),
        (_("Also known as"), others, "\n".join(alias["name"] for alias in entry.aliases)),
        (_("Country or nationality"), country, ", ".join(entry.nationalities)),
        (_("Founded, or date of birth"), founded, ", ".join(entry.births)),
        (_("Website"), organization.website, ""),
    ]
    return [(label, ours, theirs) for label, ours, theirs in facts if ours or theirs]


class SanctionsTransition(LoginRequiredMixin, TransitionPage):
    """The decision on a match."""

    model = SanctionsMatch
    beside = ("organization", "entry")


class SanctionsLists(LoginRequiredMixin, ListPage):
    """The lists that were taken in, the newest first; names are screened against the first."""

    model = SanctionsList
    list_permission = "organizations.view_sanctions"
    template_name = "organizations/sanctions_lists.html"
    title = _("Lists taken in")
    intro = _("Each taking in of the Security Council’s consolidated list, and what it changed.")
    sorts = {"newest": (_("newest"), ("-taken_at", "-pk"))}

    def visible(self) -> Any:
        return super().visible().select_related("taken_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = SanctionsEntry.objects.filter(removed_at=None).count()
        return super().get_context_data(**kwargs) | {"entries": entries}
