"""What the office asks for more, section by section, and what the organization answers."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from organizations.actions.verification import answer_request, prepare_request, settle_request
from organizations.forms.verification import RequestAnswersForm, SendBackForm, changes_since, named_questions
from organizations.lifecycle import ANSWERABLE, WITH_OFFICE, WITH_PARTNER
from organizations.models import Registration, SectionRequest
from organizations.views.registration import OneRegistration
from portal.kit.access import require
from portal.kit.views import TransitionPage

Status = SectionRequest.Status


class SendBack(LoginRequiredMixin, TransitionPage):
    """Sends the form back, with a box for each section; what is written can also be kept for later."""

    model = Registration
    template_name = "organizations/registration_send_back.html"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        return super().dispatch(request, *args, transition="send_back", **kwargs)

    def make_form(self, data=None, **kwargs):
        return SendBackForm(data, transition=self.transition, registration=self.object, **kwargs)

    def perform(self, told, form):
        keep = "keep" in self.request.POST
        with transaction.atomic():
            for section, text, fields in form.requests():
                prepare_request(self.object, section, by=self.request.user, text=text, fields=fields)
            if keep:
                messages.success(self.request, _("Kept. The organization sees it once you send the form back."))
                return self.object
            reason, version = told["reason"], told["expected_version"]
            return self.object.lifecycle.perform(
                self.object, "send_back", by=self.request.user, reason=reason, expected_version=version
            )


class Requests(OneRegistration, View):
    """What was asked in every round. The organization answers what is open; the office settles what is answered."""

    def get(self, request, pk):
        return self._page(self._form())

    def post(self, request, pk):
        if "settle" in request.POST:
            return self._settle()
        require(request.user, "organizations.change_registration", self.registration)
        form = self._form(request.POST)
        if form is None or not form.is_valid():
            return self._page(form, status=422)
        with transaction.atomic():
            for asked, text in form.changed():
                answer_request(asked, by=request.user, text=text)
        messages.success(request, _("Your answers are saved. They are sent when you resubmit the form."))
        return HttpResponseRedirect(self.registration.get_absolute_url())

    def _settle(self):
        require(self.request.user, "organizations.check_registration", self.registration)
        chosen = {value for value in self.request.POST.getlist("settle") if value.isdecimal() and len(value) < 19}
        found = [asked for asked in self.rows if str(asked.pk) in chosen and asked.status == Status.ANSWERED]
        with transaction.atomic():
            for asked in found:
                settle_request(asked, by=self.request.user)
        return HttpResponseRedirect(reverse("organizations:registration-requests", args=[self.registration.pk]))

    @property
    def rows(self):
        return self.registration.requests.exclude(status=Status.PREPARED).select_related("asked_by", "settled_by")

    def _form(self, data=None):
        is_open = self.registration.state in WITH_PARTNER and self.may("change")
        requests = [asked for asked in self.rows if asked.status == Status.OPEN] if is_open else []
        return RequestAnswersForm(data, requests=requests) if requests else None

    def _page(self, form, status=200):
        rows = list(self.rows)
        boxes = {bound.name: bound for bound in form} if form else {}
        context = {
            "registration": self.registration,
            "form": form,
            "for_staff": self.for_staff,
            "rows": [
                {
                    "asked": asked,
                    "questions": named_questions(asked),
                    "changes": changes_since(asked, self.registration) if asked.answered_at else [],
                    "box": boxes.get(f"answer-{asked.pk}"),
                }
                for asked in rows
            ],
            "can_settle": self.registration.state in WITH_OFFICE and self.may("check"),
            "to_settle": any(asked.status == Status.ANSWERED for asked in rows),
        }
        return render(self.request, "organizations/registration_requests.html", context, status=status)


class Decisions(OneRegistration, View):
    """Every decision with, for the office, its answers as they were then; and the replies to decisions."""

    def get(self, request, pk):
        context = {
            "registration": self.registration,
            "decisions": list(self.registration.verifications.select_related("decided_by")),
            "replies": self.registration.all_replies,
            "is_answerable": self.registration.state in ANSWERABLE,
            "for_staff": self.for_staff,
        }
        return render(request, "organizations/registration_decisions.html", context)
