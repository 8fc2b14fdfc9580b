"""The pages of agreements."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.roles import MemberRole
from organizations.filters.organization import ALL_KINDS
from organizations.filters.saved import Question
from organizations.forms.comment import CommentForm
from organizations.lifecycle import ENDED
from organizations.models import Organization, Registration
from organizations.views.marks import mark_seen
from partnerships.actions import change_agreement, comment_agreement, create_agreement
from partnerships.filters import AgreementFilter
from partnerships.forms import AgreementForm
from partnerships.lifecycle import AgreementState, has_not_begun
from partnerships.models import DRAFTERS, Agreement, Signature
from portal.kit.access import NotNow, require, visible_or_404
from portal.kit.prepared import Prepared
from portal.kit.views import REFUSALS, ListPage, RecordPage, TransitionPage, take_errors, take_refusal
from portal.templatetags.parts.lists import draw_rows
from portal.templatetags.parts.words import escaped, money, since, state, tag, when

# --- Many -------------------------------------------------------------------------------------------------------------


class AgreementList(ListPage):
    """Every agreement that the reader may see; what waits for the reader is marked."""

    model = Agreement
    template_name = "partnerships/agreement_list.html"
    filterset_class = AgreementFilter
    title = _("Agreements")
    intro = _("What civil society organizations and UNICEF offices have agreed to do together.")
    sorts = {
        "changed": (_("newest change"), ("-state_since", "-pk")),
        "start": (_("start"), (F("start").desc(nulls_last=True), "-pk")),
        "end": (_("end"), (F("end").asc(nulls_last=True), "pk")),
        "reference": (_("reference"), ("reference",)),
        "amount": (_("amount"), (F("amount").desc(nulls_last=True), "-pk")),
    }
    csv_name = "agreements"
    csv_columns = {
        _("Reference"): lambda row: row.reference,
        _("Kind"): lambda row: row.get_kind_display(),
        _("Title"): lambda row: row.title,
        _("Partner"): lambda row: row.organization.name,
        _("Country office"): lambda row: row.office.label,
        _("Themes"): lambda row: "; ".join(theme.label for theme in row.theme_list),
        _("Start"): lambda row: row.start,
        _("End"): lambda row: row.end,
        _("Amount"): lambda row: row.amount,
        _("Currency"): lambda row: row.currency,
        _("State"): lambda row: row.get_state_display(),
        _("Since"): lambda row: row.state_since.date(),
        _("Source"): lambda row: row.source,
        _("Number in the source"): lambda row: row.external_id,
    }

    def visible(self):
        user = self.request.user
        return Agreement.objects.visible_to(user).for_list().marked_for(user)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"drawn_rows": draw_rows(map(agreement_row, context["object_list"]))}

    def pill_label(self, bound_field, value):
        if bound_field.name == "organization":
            return str(self.filterset.form.cleaned_data["organization"])
        return super().pill_label(bound_field, value).removeprefix("– ")


def agreement_row(agreement: Agreement) -> str:
    """An agreement in the list: between whom, about what, from when to when, in what state and for how long."""
    html = f'<div class="row-main"><p class="row-facts">{escaped(agreement.reference)} · '
    html += f'{escaped(str(agreement.get_kind_display()))}</p><h2 class="row-title">'
    html += f'<a href="{agreement.get_absolute_url()}"><bdi>{escaped(agreement.title)}</bdi></a></h2>'
    sides = {"partner": escaped(agreement.organization.name), "office": escaped(agreement.office.label)}
    html += "<p>" + gettext("<bdi>%(partner)s</bdi> with UNICEF %(office)s") % sides + "</p>"
    facts = [f"{when(agreement.start)} – {when(agreement.end)}"] if agreement.start or agreement.end else [""]
    if agreement.amount is not None:
        facts.append(money(agreement.amount, agreement.currency))
    if agreement.is_imported:
        facts.append(gettext("imported from %(source)s") % {"source": escaped(agreement.source)})
    html += f'<p class="row-facts">{" · ".join(facts)}</p>'
    tags = tag(gettext("Waiting for you"), warm=True) if agreement.waits_for_reader else ""
    tags += "".join(tag(theme.label) for theme in agreement.theme_list)
    if tags:
        html += f'<p class="tags">{tags}</p>'
    ago = gettext("for %(ago)s") % {"ago": since(agreement.state_since)}
    return f'{html}</div><div class="row-end">{state(agreement)}<span>{ago}</span></div>'


# --- One --------------------------------------------------------------------------------------------------------------


_WHOLE = Prepared(lambda pk: Agreement.objects.for_page().filter(pk=pk).order_by())


class AgreementDetail(RecordPage):
    """What it is, where in its life, whom it waits for, facts, signatures, what happened, what the reader can do."""

    model = Agreement
    template_name = "partnerships/agreement_detail.html"

    def get_object(self, queryset=None):
        found = next(iter(_WHOLE(self.kwargs["pk"])), None)
        # Says of one record what `visible_to` says of many.
        if found is None or not self.request.user.has_perm("partnerships.view_agreement", found):
            raise Http404
        return found

    def get_context_data(self, **kwargs):
        agreement, user = self.object, self.request.user
        is_party = user.has_perm("partnerships.comment_agreement", agreement)
        waits = {}
        if agreement.waits_for and is_party:
            waits = {"usual_days": agreement.usual_days(), "obstacle": late_for_signing(agreement)}
        return super().get_context_data(
            **{"comment_form": self.comment_form() if is_party else None}
            | kwargs
            | waits
            | {
                "mark": mark_seen(agreement.organization, user),
                "events": agreement.history_for(user),
                "signatures": signatures_by_party(agreement),
                "is_party": is_party,
                "may_see_partner": user.has_perm("organizations.view_organization", agreement.organization),
                "may_edit": agreement.lifecycle.is_editable(agreement, "title")
                and user.has_perm("partnerships.change_agreement", agreement),
            }
        )

    def comment_form(self, data=None):
        user = self.request.user
        return CommentForm(data, for_staff=user.is_superuser or user.works_at(self.object.office))


class AgreementComment(AgreementDetail):
    """A comment written on the page of the agreement."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        require(request.user, "partnerships.comment_agreement", self.object)
        form = self.comment_form(request.POST)
        if form.is_valid():
            try:
                comment_agreement(self.object, by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                take_errors(form, problem)
            else:
                return HttpResponseRedirect(f"{self.object.get_absolute_url()}#history")
        return self.render_to_response(self.get_context_data(comment_form=form), status=422)


class AgreementTransition(TransitionPage):
    """One move. Whoever decides or signs reads on the same page what is decided or signed, and in whose name."""

    model = Agreement
    beside = ("organization", "office")
    template_name = "partnerships/agreement_transition.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().post(request, **kwargs)
        if response.status_code == 302:
            messages.success(request, f"{self.object.reference}: {self.transition.done}")
        return response


def signatures_by_party(agreement: Agreement) -> list[tuple[str, Signature | None]]:
    """Return (party, signature or None) for both sides; nothing before there was anything to sign."""
    given = {signature.side: signature for signature in agreement.signatures.all()}
    if not given and agreement.state != AgreementState.AWAITING_SIGNATURES:
        return []
    return [(party, given.get(side)) for side, party in agreement.parties.items()]


def late_for_signing(agreement: Agreement) -> str | None:
    """What stands in the way of a signature, where that is so."""
    if agreement.state != AgreementState.AWAITING_SIGNATURES:
        return None
    return has_not_begun(agreement) or _nobody_signs_for_partner(agreement)


def _nobody_signs_for_partner(agreement: Agreement) -> str | None:
    signatories = agreement.organization.memberships.filter(role=MemberRole.AUTHORISED_OFFICER)
    if Signature.Side.PARTNER in agreement.signed_sides or signatories.exists():
        return None
    words = gettext("Nobody can sign here for %(partner)s yet: its administrator first names an authorised officer.")
    return words % {"partner": agreement.organization}


# --- Drafting ---------------------------------------------------------------------------------------------------------


class AgreementFormPage(LoginRequiredMixin, View):
    """The form of an agreement's facts, for a new one and for one that is open."""

    template_name = "partnerships/agreement_form.html"
    agreement: Agreement
    title: Any = ""

    def save(self, form: AgreementForm) -> Agreement:
        """Call the action with what the form holds."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(AgreementForm(instance=self.agreement))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AgreementForm(request.POST, instance=self.agreement)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            saved = self.save(form)
        except REFUSALS as refusal:  # the state or the verification changed while the person was typing
            return self.page(form, take_refusal(form, refusal, self.agreement))
        return HttpResponseRedirect(saved.get_absolute_url())

    def page(self, form: AgreementForm, status: int = 200) -> HttpResponse:
        back = self.agreement.get_absolute_url() if self.agreement.pk else reverse("partnerships:agreement-list")
        page = {"title": self.title, "back_url": back, "back_label": self.agreement.reference or AgreementList.title}
        context = {"form": form, "page": page, "agreement": self.agreement}
        return render(self.request, self.template_name, context, status=status)


class AgreementEdit(AgreementFormPage):
    """Change the facts while the state leaves them open."""

    title = _("Edit the agreement")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.agreement = visible_or_404(Agreement, request.user, "organization", "office", pk=kwargs["pk"])
            require(request.user, "partnerships.change_agreement", self.agreement)
            if request.method == "GET" and not self.agreement.lifecycle.is_editable(self.agreement, "title"):
                raise NotNow([gettext("The text is closed. It can change again after the agreement is sent back.")])
        return super().dispatch(request, *args, **kwargs)

    def save(self, form: AgreementForm) -> Agreement:
        version = form.cleaned_data["version"]
        return change_agreement(self.agreement, by=self.request.user, expected_version=version, **form.facts)


class AgreementCreate(AgreementFormPage):
    """Draft an agreement: whom with, then the facts.

    ``?organization=ID`` settles the partner and ``&office=CODE`` the office, where several of the person's offices have
    verified it. Without them a page asks; nobody has to find a partner in a list of thousands.
    """

    title = _("Draft an agreement")
    choices_shown = 20

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        require(request.user, "partnerships.start_agreement")
        if "organization" not in request.GET:
            return self.choose(self.found)
        organization = self.chosen_organization(request.GET["organization"])
        if request.method == "GET" and organization.blocks():
            return self.choose([organization], 409)
        standing = self.registrations([organization])
        # What was typed is not thrown away when a verification lapses meanwhile: the action refuses it, in the form.
        offices = [one.office for one in standing if one.holds or request.method == "POST"]
        office = next((office for office in offices if office.code == request.GET.get("office")), None)
        if office is None:
            if len(offices) == 1 and "office" not in request.GET:
                return HttpResponseRedirect(f"{request.path}?organization={organization.pk}&office={offices[0].code}")
            return self.choose([organization], 200 if offices else 409)
        self.agreement = Agreement(organization=organization, office=office)
        return super().dispatch(request, *args, **kwargs)

    def save(self, form: AgreementForm) -> Agreement:
        return create_agreement(
            by=self.request.user,
            organization=self.agreement.organization,
            office=self.agreement.office,
            **form.facts,
        )

    # --- Whom with ----------------------------------------------------------------------------------------------------

    def choose(self, organizations: list[Organization], status: int = 200) -> HttpResponse:
        """The page that asks for the partner, or says why one cannot be chosen and what to do."""
        standing: dict[int, list[Registration]] = {}
        for registration in self.registrations(organizations):
            standing.setdefault(registration.organization_id, []).append(registration)
        context = {
            "title": self.title,
            "query": self.query,
            "partners": [(organization, standing.get(organization.pk, [])) for organization in organizations],
            "blocked": self.blocked(organizations),
            "may_be_more": len(organizations) == self.choices_shown,
        }
        return render(self.request, "partnerships/agreement_partner.html", context, status=status)

    def blocked(self, organizations: list[Organization]) -> set[int]:
        """The keys of those with which nothing may be started (R-07)."""
        pks = [organization.pk for organization in organizations]
        return set(Organization.objects.blocked().filter(pk__in=pks).values_list("pk", flat=True))

    @property
    def query(self) -> str:
        return self.request.GET.get("q", "").strip()[:300]  # as in the lists

    @cached_property
    def own_offices(self) -> Q:
        """The condition that a registration is with an office for which the person drafts."""
        user = self.request.user
        return ~Q(pk__in=[]) if user.is_superuser else user.offices_condition(*DRAFTERS)

    @property
    def found(self) -> list[Organization]:
        """Partners that the person's offices have verified first; without words, only those."""
        verified = Registration.objects.verified().filter(self.own_offices, organization=OuterRef("pk"))
        ours = list(self.searched(**self.one_office).filter(Exists(verified))[: self.choices_shown])
        if not self.query or len(ours) == self.choices_shown:
            return ours
        others = self.searched().exclude(pk__in=[organization.pk for organization in ours])
        return [*ours, *others[: self.choices_shown - len(ours)]]

    def searched(self, **asked: str) -> QuerySet[Organization]:
        """What the directory finds by its words, in the order of the names; an empty box finds everybody."""
        words = {"q": self.query, "exact": "true"} if self.query else {}
        question = urlencode({**words, **asked, "partner_type": ALL_KINDS})
        return Question.read(question, self.request.user).found.order_by("listed_as", "pk")

    @property
    def one_office(self) -> dict[str, str]:
        """The person's office, where it is one alone: it says where in the index its partners stand."""
        places = {post.office for post in self.request.user.posts if post.role in DRAFTERS}
        return {"office": places.pop().code} if len(places) == 1 and None not in places else {}

    def registrations(self, organizations: list[Organization]) -> list[Registration]:
        """How the organizations stand with the person's offices; given up ones do not count."""
        return list(
            Registration.objects.filter(self.own_offices, organization__in=organizations)
            .exclude(state__in=ENDED)
            .select_related("office")
            .order_by("office__name")
        )

    def chosen_organization(self, asked: str) -> Organization:
        if not (asked.isdecimal() and len(asked) < 19):
            raise Http404
        return visible_or_404(Organization, self.request.user, pk=int(asked))
