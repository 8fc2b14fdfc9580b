"""The directory, one organization, and its profile to change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import reads_for_unicef
from accounts.models.audit import history
from organizations.actions.organization import change_profile
from organizations.bulk import offered_to
from organizations.facets import query_of
from organizations.filters import OrganizationFilter
from organizations.filters.vocabulary import vocabulary
from organizations.forms.profile import ProfileForm
from organizations.lifecycle import TwinState
from organizations.lifecycle.family import is_international_head
from organizations.models import Organization, OrganizationName, PossibleTwin, Registration
from organizations.models.organization import NAMED, TRAITS, PartnerType
from organizations.views.acting import act_for
from organizations.views.columns import COLUMNS, USUAL, add_tags, chosen_by
from organizations.views.observation import observations_seen
from organizations.views.of_organization import OfOrganization
from organizations.views.rows import partner_row
from organizations.views.summary import NOT_VERIFIED, kind_of, places_in_words, standing_of, standings, summaries
from organizations.views.why import tell_why
from organizations.views.works import works_of
from portal.kit.paging import COUNT_LIMIT
from portal.kit.prepared import Prepared, fill
from portal.kit.views import REFUSALS, ListPage, RecordPage, take_refusal
from portal.templatetags.parts.lists import draw_rows

WORKS_SHOWN = 50
AGREEMENTS_SHOWN = 20
EVENTS_SHOWN = 50
BRANCHES_SHOWN = 50
SHOWN_IN_ROWS = (*NAMED, *TRAITS, "created_at")


class OrganizationList(ListPage):
    """The directory: the public one for everybody, all organizations for UNICEF staff (S1-23)."""

    model = Organization
    template_name = "organizations/organization_list.html"
    filterset_class = OrganizationFilter
    title = _("Partners")
    csv_name = "partners"
    csv_columns = USUAL

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.chosen = chosen_by(request.user) if reads_for_unicef(request.user) else None
        if self.chosen:
            self.csv_columns = {COLUMNS[key].label: COLUMNS[key].cell for key in self.chosen.columns}

    def visible(self):
        # The index says who may find whom, without a question to each row: see OrganizationFilter.
        return Organization.objects.defer("search_text", "mission", "no_certificate_reason")

    @cached_property
    def sorts(self):
        """By name; where few are found, whatever the order costs, also by match and date."""
        found, order = self.filterset.found, self.filterset.best_order
        best = {"best": (_("best match"), order)} if order[0] == "match" else {}
        newest = {"newest": (_("newest"), ("-created_at", "-pk"))} if found.few else {}
        return best | {"name": (_("name"), ("listed_as", "pk"))} | newest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= self._nearest(context)  # says of the rows why they are found
        bulk = offered_to(self.request.user) if self.filterset.for_unicef else []
        as_table = self._as_table(context["object_list"]) if self.chosen and self.chosen.as_table else None
        return context | {
            "understood_as": self.filterset.understood_as,
            "facets_query": f"?{query}" if (query := query_of(self.filterset)) else "",
            "exact_url": self._address(exact="1"),
            "asked": self.filterset.understood.text,
            "bulk": bulk,
            "table": as_table,
            "drawn_rows": None
            if as_table
            else draw_rows(partner_row(row, may_tick=bool(bulk)) for row in context["object_list"]),
        }

    def _as_table(self, rows: list[Organization]) -> dict[str, Any]:
        """The headings of the chosen columns, and each row with its cells."""
        takers = list(self.csv_columns.values())
        return {
            "headings": list(self.csv_columns),
            "rows": [(row, [told if (told := take(row)) is not None else "" for take in takers]) for row in rows],
        }

    def _nearest(self, context: dict[str, Any]) -> dict[str, Any]:
        """Who comes nearest and what was perhaps meant: where no organization has all the words, or is called so."""
        if not self.filterset.understood.text:
            return {}
        tell_why(context["object_list"], self.filterset)
        if {"after", "before"} & self.request.GET.keys() or self.filterset.asked.get("exact"):
            return {}
        if context["object_list"]:
            return {"nearly_called": self.filterset.nearly_called(context["object_list"])}
        meant = self.filterset.did_you_mean
        return {
            "nearest": self.prepare(self.filterset.nearest()),
            "meant": meant,
            "meant_url": self._address(q=meant) if meant else "",
        }

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """One page. Rows say little of each organization; a table and files say what was chosen."""
        narrow = not (self.chosen and self.chosen.as_table)
        return super().paginate_queryset(queryset.only(*SHOWN_IN_ROWS) if narrow else queryset, page_size)

    def count_rows(self, rows: QuerySet[Organization]) -> int:
        """Of many under one heading the index knows the number."""
        known = self.filterset.found.at_least
        return known if known > COUNT_LIMIT else super().count_rows(rows)

    def prepare(self, rows: list[Organization]) -> list[Organization]:
        found = summaries(rows, sensitive=self.filterset.for_unicef, asked=self.filterset.themes_asked)
        for row in rows:
            row.summary = found[row.pk]
        if self.chosen and "tags" in self.chosen.columns:
            add_tags(rows, self.request.user)
        return rows

    def pill_label(self, bound_field: BoundField, value: str) -> str:
        return super().pill_label(bound_field, value).strip()


class OrganizationDetail(RecordPage):
    """Who it is, where it works on what, how it stands with the offices; for staff also where the record comes from."""

    model = Organization
    template_name = "organizations/organization_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; the old address of a record that was merged leads to the one that stays."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            successor = Organization.objects.successor_of(kwargs["pk"], request.user)
            if successor is None:
                raise
            return HttpResponseRedirect(successor.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organization, user = self.object, self.request.user
        for_unicef = reads_for_unicef(user)
        sees_all = for_unicef or (user.is_authenticated and user.acts_for(organization.pk))
        act_for(self.request, organization)
        works = works_of(organization, sees_all=sees_all)
        fill(organization, "registrations", _REGISTRATIONS(organization.pk))
        registrations = list(organization.registrations.all())
        context = {
            "kind": kind_of(organization),
            "country": vocabulary().place_by_pk.get(organization.country_id),
            "standing": standing_of(registrations),
            "themes": list(dict.fromkeys(work.theme for work in works)),
            "places": places_in_words((place.pk for work in works for place in work.places), organization.country_id),
            "works": works[:WORKS_SHOWN],
            "work_count": len(works),
            "has_since": any(work.since for work in works),
            "names": self._names(for_unicef),
            "identifiers": _IDENTIFIERS(organization.pk),
            "strategies": _STRATEGIES(organization.pk),
            "sees_all": sees_all,
            "registrations": self._shown(registrations),
            "agreements": self._agreements(),
            "may_edit": user.has_perm("organizations.change_organization", organization),
            "may_merge": user.has_perm("organizations.decide_twin"),
            "may_start_agreement": user.has_perm("partnerships.start_agreement"),
            "may_see_passport": user.has_perm("organizations.view_passport", organization),
            "may_register": for_unicef and user.has_perm("organizations.register_on_behalf"),
            "may_ask": user.is_authenticated and not sees_all and organization.partner_type == PartnerType.CSO,
            "for_unicef": for_unicef,
            **(family := self._family()),
        }
        # A national organization may have branches too: the door to its first one stands beside its profile's form.
        is_head = is_international_head(organization) or family["branches"]
        context["may_add_branch"] = is_head and user.has_perm("organizations.add_branch", organization)
        if sees_all:
            context["events"] = history(organization, for_partner=not for_unicef, most=EVENTS_SHOWN)
        if user.is_authenticated:
            context |= observations_seen(organization, user)
        if for_unicef:
            context["twins"] = _TWINS(organization.pk, organization.pk)
        return super().get_context_data(**kwargs) | context

    def _family(self) -> dict[str, Any]:
        """The headquarters and the branches that the reader may see, each with its standing."""
        above = self.object.headquarters_id
        if reads_for_unicef(self.request.user):
            rows = _ABOVE(above) if above else _BRANCHES(self.object.pk)
        else:
            seen = Organization.objects.visible_to(self.request.user).select_related("country")
            family = seen.filter(pk=above) if above else seen.filter(headquarters=self.object)
            rows = list(family.order_by("name", "pk")[: BRANCHES_SHOWN + 1])
        found = standings([row.pk for row in rows]) if rows else {}
        members = [(row, found.get(row.pk, NOT_VERIFIED)) for row in rows]
        return {
            "headquarters": members[0] if above and members else None,
            "branches": [] if above else members[:BRANCHES_SHOWN],
            "more_branches": len(rows) > BRANCHES_SHOWN,
        }

    def _names(self, for_unicef: bool) -> Any:
        """Other names; how sources misspell it is for staff, who have to recognise it there."""
        names = _NAMES(self.object.pk)
        return names if for_unicef else [name for name in names if name.kind != OrganizationName.Kind.MISSPELLING]

    def _shown(self, registrations: list[Registration]) -> list[tuple[Registration, bool]]:
        """Registrations, each with whether the reader may open it; that one is verified, everybody may know."""
        asked = ((row, self.request.user.has_perm("organizations.view_registration", row)) for row in registrations)
        return [(row, may_open) for row, may_open in asked if may_open or row.holds]

    def _agreements(self) -> Any:
        """The agreements that the reader may see. The app above adds the relation; this one does not know its model."""
        agreements = self.object.agreements
        seen = agreements.model._default_manager.visible_to(self.request.user)
        return seen.filter(organization=self.object).select_related("office")[:AGREEMENTS_SHOWN]


# What its page reads beside the record, the same for every reader or for all staff.
_ABOVE = Prepared(lambda pk: Organization.objects.current().filter(pk=pk).select_related("country"))
_BRANCHES = Prepared(
    lambda pk: (
        Organization.objects.current()
        .filter(headquarters=pk)
        .select_related("country")
        .order_by("name", "pk")[: BRANCHES_SHOWN + 1]
    )
)
_REGISTRATIONS = Prepared(
    lambda pk: Registration.objects.filter(organization=pk).select_related("office__region").order_by("-state_since")
)
_NAMES = Prepared(lambda pk: Organization(pk=pk).names.all())
_IDENTIFIERS = Prepared(lambda pk: Organization(pk=pk).identifiers.all())
_STRATEGIES = Prepared(lambda pk: Organization(pk=pk).strategies.all())
_TWINS = Prepared(
    lambda pk, same: (
        PossibleTwin.objects.filter(Q(first=pk) | Q(second=same), state=TwinState.OPEN)
        .select_related("first", "second")
        .only("state", "reason", "first__name", "second__name")
    )
)


class OrganizationProfile(RecordPage):
    """What stands behind it: experience and reach for everybody; people, size and money for those who may know."""

    model = Organization
    template_name = "organizations/organization_profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organization, user = self.object, self.request.user
        may_see_people = user.has_perm("organizations.view_people", organization)
        experiences = organization.experiences.select_related("theme")
        context = {
            "experiences": experiences if may_see_people else experiences.exclude(theme__is_sensitive=True),
            "track_records": organization.track_records.all(),
            "people": organization.office_holders.visible_to(user),
            "may_see_people": may_see_people,
            "is_public": not may_see_people,
            "may_see_capacity": user.has_perm("organizations.view_capacity", organization),
        }
        return super().get_context_data(**kwargs) | context


class OrganizationEdit(OfOrganization, View):
    """What the organization says of itself, changed outside a registration too."""

    permission = "organizations.change_organization"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(ProfileForm(organization=self.organization))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ProfileForm(request.POST, organization=self.organization)
        if not form.is_valid():
            return self._page(form, status=422)
        version = form.cleaned_data["version"]
        try:
            change_profile(self.organization, form.to_profile(), by=request.user, expected_version=version)
        except REFUSALS as refusal:
            return self._page(form, status=take_refusal(form, refusal, self.organization))
        messages.success(request, gettext("The profile is saved."))
        return HttpResponseRedirect(self.organization.get_absolute_url())

    def _page(self, form: ProfileForm, status: int = 200) -> HttpResponse:
        page = {
            "title": _("Change the profile"),
            "intro": _("One profile for all country offices. Names, numbers and places are changed in a registration."),
            "back_url": self.organization.get_absolute_url(),
            "back_label": self.organization.name,
        }
        context = {
            "form": form,
            "page": page,
            "organization": self.organization,
            "may_add_branch": self.organization.headquarters_id is None
            and self.request.user.has_perm("organizations.add_branch", self.organization),
        }
        return render(self.request, "organizations/organization_edit.html", context, status=status)
