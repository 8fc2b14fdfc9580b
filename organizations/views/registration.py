"""Registrations: the list, one of them, the office's questions, comments, moves."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, FilteredRelation, Q, SmallIntegerField, Value, When
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models.audit import history
from accounts.roles import StaffRole
from organizations.actions.registration import comment_registration
from organizations.actions.verification import answer_question, require_with_office
from organizations.clocks.usual import usual_time
from organizations.filters.registration import RegistrationFilter
from organizations.forms import SECTION_FORMS
from organizations.forms.comment import CommentForm
from organizations.forms.declaration import declared, refused
from organizations.forms.questions import QuestionsForm
from organizations.lifecycle import (
    ANSWERABLE,
    CORE,
    DECIDED,
    EXTRAS,
    WITH_OFFICE,
    InvitationState,
    RegistrationState,
    declaration_is_accepted,
    requests_are_answered,
    sections_are_complete,
)
from organizations.models import Document, Organization, Registration
from organizations.models.clock import targets
from organizations.models.document import papers_of
from organizations.models.organization import with_names
from organizations.models.registration import CORE_SECTIONS, EXTRA_SECTIONS, Section, Turn
from organizations.views.acting import act_for
from organizations.views.marks import mark_rows, mark_seen
from organizations.views.rows import registration_row
from portal.kit.access import require
from portal.kit.paging import bounded_counts
from portal.kit.prepared import Prepared, fill
from portal.kit.views import ListPage, RecordPage, TransitionPage, take_errors
from portal.templatetags.parts.lists import draw_rows

_PARTNER_FIRST = Case(When(turn=Turn.PARTNER, then=Value(-1)), default=F("turn"), output_field=SmallIntegerField())


BESIDE = {"office": ("name", "names", "region"), "assigned_to": ("name", "email")}
"""What a row reads of the records beside it."""


class RegistrationList(LoginRequiredMixin, ListPage):
    """The queue of an office, the longest waiting first; for members, the registrations of their organizations."""

    model = Registration
    template_name = "organizations/registration_list.html"
    filterset_class = RegistrationFilter
    title = _("Registrations")
    sorts = {
        "waiting": (_("waiting longest"), ("rank", "state_since", "pk")),
        "changed": (_("changed last"), ("-state_since", "-pk")),
        "name": (_("name"), ("organization__name", "pk")),
        "assigned": (_("assigned to"), ("assigned_to__name", "state_since", "pk")),
    }
    csv_name = "registrations"
    csv_columns = {
        _("Number"): lambda row: row.pk,
        _("Organization"): lambda row: row.organization.name,
        _("Acronym"): lambda row: row.organization.acronym,
        _("Type"): lambda row: row.organization.get_cso_type_display(),
        _("Country"): lambda row: row.organization.country or "",
        _("Country office"): lambda row: row.office,
        _("State"): lambda row: row.get_state_display(),
        _("Since"): lambda row: timezone.localtime(row.state_since).date(),
        _("Submitted"): lambda row: row.submitted_at and timezone.localtime(row.submitted_at).date(),
        _("Verified until"): lambda row: row.valid_until,
        _("Assigned to"): lambda row: row.assigned_to or "",
        _("Answer due"): lambda row: row.clock and row.clock.due,
        _("Days late"): lambda row: row.clock and row.clock.late_days,
    }

    def visible(self):
        """First what waits for this person's side, then what waits for the other, then what is decided."""
        own_first = F("turn") if self.request.user.works_for_unicef else _PARTNER_FIRST
        rows = super().visible().select_related("organization__country", "office", "assigned_to")
        return with_names(rows.alias(rank=own_first), **BESIDE)

    def prepare(self, rows):
        return list(with_clocks(rows))

    def get_context_data(self, **kwargs):
        seen = Registration.objects.visible_to(self.request.user)
        counts = bounded_counts(
            with_office=seen.filter(turn=Turn.OFFICE),
            with_partner=seen.filter(turn=Turn.PARTNER),
            verified=seen.verified(),
            late=seen.late(),
        )
        context = super().get_context_data(**kwargs) | {"counts": counts, "waiting_states": WITH_OFFICE}
        rows = context["object_list"]
        mark_rows(rows, self.request.user, lambda row: row.organization)
        offices = {row.office.pk: row.office for row in rows}
        posts = [post for post in self.request.user.posts if post.role in DESK_ROLES]
        may_assign = any(post.covers(office) for office in offices.values() for post in posts)
        may = {"may_tick": may_assign, "for_unicef": self.request.user.works_for_unicef}
        shown = {"may_assign": may_assign, "drawn_rows": draw_rows(registration_row(row, **may) for row in rows)}
        return context | shown | self._usual(offices)

    @staticmethod
    def _usual(offices):
        """What the office usually takes, where the page is about one office."""
        [only, *others] = offices or [None]
        if only is None or others:
            return {"usual": None}
        return {"usual": usual_time(only), "usual_office": offices[only], "target": targets().days(only)}


DESK_ROLES = (
    StaffRole.REGISTRATION_OFFICER,
    StaffRole.HQ_EDITOR,
    StaffRole.PARTNERSHIP_MANAGER,
    StaffRole.HEAD_OF_OFFICE,
)


def with_clocks(rows):
    """``rows``, each with its ``clock``: by when the office should answer, or None."""
    now = targets()
    for row in rows:
        row.clock = now.clock(row)
        yield row


_WHOLE = Prepared(
    lambda pk: (
        Registration.objects.filter(pk=pk)
        .order_by()
        .annotate(sent=FilteredRelation("handovers", condition=Q(handovers__state=InvitationState.SENT)))
        .select_related("organization__country", "office__region", "submitted_by", "assigned_to", "sent")
    )
)
_DOCUMENTS = Prepared(lambda pk: Document.objects.filter(organization=pk))
_PEOPLE = Prepared(lambda pk: Organization(pk=pk).office_holders.all())
_NAMES = Prepared(lambda pk: Organization(pk=pk).names.all())
_IDENTIFIERS = Prepared(lambda pk: Organization(pk=pk).identifiers.all())


class OneRegistration(LoginRequiredMixin):
    """Finds the registration of the address among those that the person may see; 404 otherwise."""

    @cached_property
    def registration(self):
        found = next(iter(_WHOLE(self.kwargs["pk"])), None)
        # Says of one record what `visible_to` says of many.
        if found is None or not self.request.user.has_perm("organizations.view_registration", found):
            raise Http404
        fill(found.organization, "documents", _DOCUMENTS(found.organization_id))
        found.waiting_handover = getattr(found, "sent", None)  # a join that finds nothing sets nothing
        act_for(self.request, found.organization)
        return found

    @property
    def for_staff(self) -> bool:
        """Whether the person reads this registration for UNICEF, office-only remarks included."""
        user = self.request.user
        return user.is_superuser or user.works_at(self.registration.office)

    def summaries(self):
        """What the sections need to be shown read only.

        How it works, its experience and its track record stand on pages of their own; who wants them here as well adds
        :meth:`lists_in_full`.
        """
        organization = self.registration.organization
        fill(organization, "names", _NAMES(organization.pk))
        fill(organization, "identifiers", _IDENTIFIERS(organization.pk))
        told = {Section.REACH: organization.policy_arenas, Section.CAPACITY: organization.staff_band}
        return {
            "organization": organization,
            "sections": CORE_SECTIONS,
            "extras": [section for section in EXTRA_SECTIONS if told[section]],
            "papers": papers_of(organization),
            "problem": self.registration.certificate_problem(),
            "presences": organization.own_presences,
            "people": _PEOPLE(organization.pk),
            "declaration": declared(self.registration),
        }

    def lists_in_full(self):
        organization = self.registration.organization
        return {
            "in_full": True,
            "experiences": organization.experiences.select_related("theme").order_by("theme__path"),
            "track_records": organization.track_records.all(),
        }

    @property
    def may_accept(self) -> bool:
        """Whether the person may accept the declaration for the organization (R-01)."""
        return self.request.user.has_perm("organizations.accept_declaration", self.registration)

    def may(self, verb: str) -> bool:
        return self.request.user.has_perm(f"organizations.{verb}_registration", self.registration)

    def asked(self):
        """What the office asks in the round that runs, or has been answered and is not settled."""
        return [row for row in self.registration.current_requests if self.for_staff or row.status == "open"]

    @cached_property
    def is_open(self) -> bool:
        """Whether the core of the form may be changed now, by this person."""
        return self.registration.lifecycle.is_editable(self.registration, CORE) and self.may("change")

    def tasks(self, sections):
        """(section, what it asks, how far it is, why it cannot start yet) for each of ``sections``."""
        registration, drafts = self.registration, self.registration.section_drafts(sections)
        asked = {request.section for request in registration.untouched_requests()}
        return [
            Task(
                section,
                SECTION_FORMS[section].hint,
                *(("wrong", "") if section in asked else _how_far(registration, section, drafts.get(section))),
            )
            for section in sections
        ]


class RegistrationDetail(OneRegistration, RecordPage):
    """The task list for whoever fills it in; for everybody else, and once it is sent, facts, answers and history."""

    model = Registration

    def get_object(self, queryset=None):
        if self.registration.state in WITH_OFFICE or self.may("change"):  # else nobody asks for them here
            self.registration.keep_drafts()
        return self.registration

    def get_template_names(self):
        return [f"organizations/registration_{'tasks' if self.is_open else 'detail'}.html"]

    def get_context_data(self, **kwargs):
        registration = self.object
        events = history(registration, for_partner=not self.for_staff)
        decided = (RegistrationState.SENT_BACK, *DECIDED)
        moved = (event for event in events if event.to_state != event.from_state)  # a reply decides nothing
        answer = next((event for event in moved if event.to_state in decided), None)
        context = {
            "events": events,
            "answer": answer if answer and answer.to_state == registration.state else None,
            "now": registration.state_now,
            "asked": self.asked(),
            "is_answerable": registration.state in ANSWERABLE,
            "replies": registration.all_replies if registration.state in ANSWERABLE else [],
            "comment_form": CommentForm(for_staff=self.for_staff) if self.may("comment") else None,
            "for_staff": self.for_staff,
            "mark": mark_seen(registration.organization, self.request.user),
            "may_change": self.may("change"),
            "may_accept": self.may_accept,
            "refused": refused(registration),
            "is_open": self.is_open,
            "clock": targets().clock(registration),
            "usual": usual_time(registration.office_id) if registration.state in WITH_OFFICE else None,
            "target": targets().days(registration.office_id),
            "may_assign": self.for_staff and self.may("assign"),
            "handover": registration.waiting_handover if registration.on_behalf else None,
        }
        if context["may_change"] and registration.lifecycle.is_editable(registration, EXTRAS):
            context["later"] = self.tasks(EXTRA_SECTIONS)
        context |= self._to_fill_in() if self.is_open else self._to_read()
        return super().get_context_data(**context, **kwargs)

    def _to_fill_in(self):
        """The sections with how far they are, and what stands against sending the form."""
        registration = self.object
        tasks = self.tasks(CORE_SECTIONS)
        offers = registration.lifecycle.offers(registration, self.request.user)
        sending = next((offer for offer in offers if offer.transition.name in ("submit", "resubmit")), None)
        # These reasons are said by links to the sections themselves.
        said = {
            reason(registration) for reason in (sections_are_complete, declaration_is_accepted, requests_are_answered)
        }
        return {
            "tasks": tasks,
            "done": sum(task.state == "done" for task in tasks),
            "todo": [task for task in tasks if task.state != "done"],
            "sending": sending,
            "other_reasons": [reason for reason in sending.reasons if reason not in said] if sending else [],
        }

    def _to_read(self):
        context = self.summaries()
        if self.for_staff and self.object.state not in DECIDED:  # then they stand with the decision
            answers = QuestionsForm(registration=self.object).asked()
            context |= {
                "answers": answers,
                "to_answer": any(asked.held is None for asked in answers),
                "can_answer": self.object.state in WITH_OFFICE and self.may("check"),
            }
        return context


class Task(NamedTuple):
    """A section in the task list. ``closed`` says why it cannot start yet."""

    section: Section
    hint: Any
    state: str
    closed: str = ""


def _how_far(registration, section, draft) -> tuple[str, str]:
    """The state of a section's task: done, started, todo, or locked with the reason."""
    if registration.is_complete(section, draft):
        return "done", ""
    if reason := registration.why_closed(section):
        return "locked", reason
    return ("started" if draft else "todo"), ""


class Questions(OneRegistration, View):
    """The verification questions for the registration officer; each answer is kept, with its comment (R-04, R-09)."""

    def get(self, request, pk):
        require_with_office(self.registration, by=request.user)
        return self._page(QuestionsForm(registration=self.registration))

    def post(self, request, pk):
        require_with_office(self.registration, by=request.user)
        form = QuestionsForm(request.POST, registration=self.registration)
        if not form.is_valid():
            return self._page(form, status=422)
        if overtaken := form.overtaken():
            form.see_anew()
            return self._page(form, overtaken, status=409)
        with transaction.atomic():
            for question, told in form.changed():
                answer_question(self.registration, question, by=request.user, **told)
        messages.success(request, _("Your answers are saved."))
        return HttpResponseRedirect(self.registration.get_absolute_url())

    def _page(self, form, overtaken=(), status=200):
        context = {"form": form, "registration": self.registration, "overtaken": overtaken}
        return render(self.request, "organizations/registration_questions.html", context, status=status)


class Comment(OneRegistration, View):
    """Takes a comment; the box to write it in stands on the registration's page."""

    http_method_names = ["post"]

    def post(self, request, pk):
        require(request.user, "organizations.comment_registration", self.registration)
        form = CommentForm(request.POST, for_staff=self.for_staff)
        if form.is_valid():
            try:
                comment_registration(self.registration, by=request.user, **form.cleaned_data)
            except ValidationError as problem:
                take_errors(form, problem)
            else:
                return HttpResponseRedirect(f"{self.registration.get_absolute_url()}#happened")
        context = {"form": form, "registration": self.registration}
        return render(request, "organizations/registration_comment.html", context, status=422)


class RegistrationTransition(LoginRequiredMixin, TransitionPage):
    model = Registration
    beside = ("organization__country", "office")
