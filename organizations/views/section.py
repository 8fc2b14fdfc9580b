"""The sections of the registration form, and the check of all answers before they are sent."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from organizations.actions.registration import require_open
from organizations.forms import SECTION_FORMS
from organizations.forms.declaration import refused
from organizations.forms.section import as_typed
from organizations.lifecycle import declaration_is_accepted, sections_are_complete
from organizations.models.registration import CORE_SECTIONS, EXTRA_SECTIONS, Section
from organizations.twins.alike import Alike, look_alikes
from organizations.views.registration import OneRegistration
from portal.kit.access import Stale
from portal.kit.views import TransitionForm, take_refusal


class OpenForm(OneRegistration, View):
    """A page on which the form is filled in: 403 for whoever may only read it, 409 while it is not open."""

    section = None  # the core of the form

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            require_open(self.registration, by=request.user, section=self.section)
        return super().dispatch(request, *args, **kwargs)


class SectionPage(OpenForm):
    """One section. Whatever is typed is saved; what is valid goes to the profile as well."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if kwargs["section"] not in SECTION_FORMS:
            raise Http404
        self.section = Section(kwargs["section"])
        self.form_class = SECTION_FORMS[self.section]

    def get(self, request, pk, section):
        draft = self.registration.draft_of(self.section)
        asked = {repeat.name: _number(request.GET.get(repeat.name)) for repeat in self.form_class.repeats}
        form = self.form_class.opened(self.registration, draft, asked)
        if grown := [name for name, count in asked.items() if count]:
            form.grow_quietly(grown)
        return self._page(form, draft)

    def post(self, request, pk, section):
        form = self.form_class(request.POST, registration=self.registration)
        seen = _number(request.POST.get("version"))
        try:
            draft = form.keep(by=request.user, expected_version=seen)
        except Stale as stale:
            return self._page(form, self.registration.draft_of(self.section), status=409, stale=stale)
        then = request.POST.get("then", "next")
        group = form.groups.get(then.removeprefix("more-"))
        if group is not None and group.can_grow:
            return HttpResponseRedirect(f"{request.path}?{group.repeat.name}={group.grown}")
        if elsewhere := form.leads_to(then):
            return HttpResponseRedirect(elsewhere)
        if draft.is_complete and then in ("next", "list"):
            for remark in form.remarks():
                messages.warning(request, remark)
        if then == "list" or (draft.is_complete and then == "next"):
            if not draft.is_complete:
                messages.warning(
                    request, _("Saved as typed. “%(section)s” is not complete yet.") % {"section": self.section.label}
                )
            elif self._alike(form):
                messages.warning(
                    request,
                    _("Saved. Records that look alike are here already: “%(section)s” shows them.")
                    % {"section": self.section.label},
                )
            return HttpResponseRedirect(self._next() if then == "next" else self.registration.get_absolute_url())
        return self._page(form, draft, status=200 if draft.is_complete else 422)

    def _next(self):
        """The address of the section after this one; after the last of the core, the check of all answers."""
        registration, order = self.registration, sections_like(self.section)
        later = order[order.index(self.section) + 1 :]
        if not self.is_open:  # the declaration alone, or what is asked later
            later = [section for section in later if section in EXTRA_SECTIONS]
        if later:
            return reverse("organizations:registration-section", args=[registration.pk, later[0]])
        if self.is_open and self.section in CORE_SECTIONS:
            return reverse("organizations:registration-check", args=[registration.pk])
        return registration.get_absolute_url()

    def _page(self, form, draft, status=200, stale=None):
        order = sections_like(self.section)
        context = {
            "form": form,
            "registration": self.registration,
            "section": self.section,
            "is_extra": self.section in EXTRA_SECTIONS,
            "renews": not self.is_open and self.section == Section.DECLARATION,
            "may_accept": self.may_accept,
            "number": order.index(self.section) + 1,
            "total": len(order),
            "draft": draft,
            "version": draft.version if draft else 0,
            "stale": stale,
            "asked": [asked for asked in self.asked() if asked.section == self.section and asked.status == "open"],
            "theirs": self._theirs(form, draft) if stale else [],
            "alike": self._alike(form),
        }
        return render(self.request, "organizations/section_form.html", context, status=status)

    def _alike(self, form):
        """The records that look like what is typed (R-03); nothing in sections that ask for no names."""
        names = form.names_typed()
        organization = self.registration.organization
        if not names:
            return Alike()
        return look_alikes(self.request.user, names, country=organization.country_id, exclude=[organization.pk])

    def _theirs(self, form, draft):
        """What the colleague saved, where it is not what this person typed: (question, answer)."""
        saved = self.form_class(as_typed(draft.data), registration=self.registration)
        mine = list(form.answers())
        return [pair for pair in saved.answers() if pair not in mine]


class CheckAnswers(OpenForm):
    """All answers to be read once more, and the button that sends them to the office."""

    @property
    def move(self):
        """The row of the table that sends this form: submit, or resubmit after it was sent back."""
        lifecycle = self.registration.lifecycle
        names = ("submit", "resubmit")
        return next(move for name in names if self.registration.state in (move := lifecycle.transition(name)).sources)

    def get(self, request, pk):
        form = TransitionForm(transition=self.move, initial={"version": self.registration.version})
        return self._page(form)

    def post(self, request, pk):
        form = TransitionForm(request.POST, transition=self.move)
        if not form.is_valid():
            return self._page(form, status=422)
        told = form.cleaned_data
        version = told.pop("version")
        try:
            sent = self.registration.lifecycle.perform(
                self.registration, self.move.name, by=request.user, expected_version=version, **told
            )
        except Stale as stale:
            return self._page(form, status=take_refusal(form, stale, self.registration))
        messages.success(request, _("Sent. The country office has been told and will answer here."))
        return HttpResponseRedirect(sent.get_absolute_url())

    def _page(self, form, status=200):
        registration = self.registration
        registration.keep_drafts()
        # By links to the sections themselves.
        said = {sections_are_complete(registration), declaration_is_accepted(registration)}
        reasons = registration.lifecycle.reasons_against(self.move, registration)
        todo = [task for task in self.tasks(CORE_SECTIONS) if task.state != "done"]
        context = (
            self.summaries()
            | self.lists_in_full()
            | {
                "form": form,
                "registration": registration,
                "move": self.move,
                "reasons": [reason for reason in reasons if reason not in said],
                "may_send": self.may("submit"),
                "todo": todo,
                "incomplete": [task.section for task in todo],
                "refused": refused(registration),
                "is_open": True,
            }
        )
        return render(self.request, "organizations/registration_check.html", context, status=status)


def sections_like(section):
    """The sections among which ``section`` is counted: the core, or the extra ones."""
    return EXTRA_SECTIONS if section in EXTRA_SECTIONS else CORE_SECTIONS


def _number(text) -> int:
    """The whole number that ``text`` is, or 0: addresses and hidden fields may hold anything."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
