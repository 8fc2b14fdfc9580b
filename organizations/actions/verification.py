"""How an office comes to its decision: its answers, what it asks for more, and replies to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actions import OFFICE, performing, record
from accounts.models import User
from organizations import emails
from organizations.lifecycle import REGISTRATION, WITH_PARTNER
from organizations.models import (
    Document,
    Registration,
    Reply,
    SectionRequest,
    Verification,
    VerificationAnswer,
    VerificationQuestion,
)
from organizations.models.registration import Section
from portal.kit.access import NotNow, require

Status = SectionRequest.Status

# --- The office's answers ---------------------------------------------------------------------------------------------


def require_with_office(registration: Registration, *, by: User) -> None:
    """Raise NotAllowed or NotNow unless the form waits for the office and ``by`` may check it."""
    require(by, "organizations.check_registration", registration)
    if registration.state not in registration.lifecycle.transition("verify").sources:
        raise NotNow([_("Questions are answered while the registration waits for the office.")])


def answer_question(
    registration: Registration,
    question: VerificationQuestion,
    *,
    by: User,
    answer: str,
    comment: str = "",
    evidence: str = "",
    document: Document | None = None,
) -> VerificationAnswer:
    """Keep the office's answer to one verification question. Only while the registration waits for the office.

    ``evidence`` is a reference or link, ``document`` one of the organization's. What a question wants beside the answer
    may follow later; until then it stands in the way of verifying.
    """
    with transaction.atomic():
        locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
        require_with_office(locked, by=by)
        given = VerificationAnswer.objects.filter(registration=locked, question=question).first()
        given = given or VerificationAnswer(registration=locked, question=question)
        before = given.answer or None
        given.answer, given.comment, given.evidence = answer, comment, evidence
        given.document, given.registration = document, locked
        given.answered_by, given.answered_at = by, timezone.now()
        given.full_clean()
        given.save()
        if before != answer:
            changes = {question.code: [before, answer]}
            record(locked, "answered", by=by, reason=comment, changes=changes, audience=OFFICE)
    return given


def keep_decision(registration: Registration, outcome: str, *, by: User | None, reason: str) -> Verification:
    """Keep a decision with the answers as they are now, in a record of its own that nothing changes later."""
    given = registration.answers.select_related("question", "answered_by", "document").order_by(
        "question__order", "question"
    )
    with translation.override(settings.LANGUAGE_CODE):  # history is kept in one language
        answers = [
            {
                "code": answer.question.code,
                "question": answer.question.text,
                "expected": answer.question.expected,
                "answer": answer.answer,
                "comment": answer.comment,
                "evidence": answer.evidence,
                "document": str(answer.document or ""),
                "by": str(answer.answered_by),
                "at": answer.answered_at.isoformat(),
            }
            for answer in given.order_by("question__order", "question")
        ]
    kept = Verification(
        registration=registration,
        outcome=outcome,
        decided_at=registration.decided_at or timezone.now(),
        decided_by=by,
        valid_until=registration.valid_until if outcome == Verification.Outcome.VERIFIED else None,
        reason=reason,
        answers=answers,
    )
    kept.full_clean()
    kept.save()
    registration.requests.filter(status=Status.PREPARED).delete()  # never sent, so nobody has seen them
    return kept


# --- Asking for more --------------------------------------------------------------------------------------------------


def prepare_request(
    registration: Registration, section: str, *, by: User, text: str, fields: Any = ()
) -> SectionRequest | None:
    """Write down what to ask about ``section`` when the form is sent back; an empty ``text`` takes it off again.

    ``fields`` names the questions of the section that are meant, none for all of it.
    """
    with transaction.atomic():
        locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
        require_with_office(locked, by=by)
        asked = locked.requests.filter(section=section, status=Status.PREPARED).first()
        if not text.strip():
            if asked:
                asked.delete()
            return None
        asked = asked or SectionRequest(registration=locked, section=section, round=_next_round(locked))
        asked.text, asked.fields, asked.asked_by = text.strip(), list(fields), by
        asked.full_clean()
        asked.save()
    return asked


def _next_round(registration: Registration) -> int:
    rounds = registration.requests.exclude(status=Status.PREPARED).order_by("-round").values_list("round", flat=True)
    return (rounds.first() or 0) + 1


def requests_in_words(registration: Registration, reason: str) -> str:
    """Return what the form is sent back with, as one text for the history: what was prepared, and ``reason``."""
    prepared = registration.requests.filter(status=Status.PREPARED).order_by("pk")
    with translation.override(settings.LANGUAGE_CODE):  # history is kept in one language
        lines = [f"{Section(asked.section).label}: {asked.text}" for asked in prepared]
    return "\n".join([*filter(None, [reason.strip()]), *lines])


def send_requests(registration: Registration, *, by: User, reason: str) -> list[SectionRequest]:
    """Send what was prepared with the form that goes back, and return it.

    An answered request of the round before is asked again or, by being left out, settled.
    """
    prepared = list(registration.requests.filter(status=Status.PREPARED).order_by("pk"))
    if not prepared and not reason.strip():
        raise ValidationError({"reason": _("Say what to add or correct, for a section or here.")})
    now = timezone.now()
    drafts = {draft.section: draft.data for draft in registration.drafts.all()}
    again = [asked.section for asked in prepared]
    answered = registration.requests.filter(status=Status.ANSWERED)
    answered.filter(section__in=again).update(status=Status.ASKED_AGAIN)
    answered.exclude(section__in=again).update(status=Status.SETTLED, settled_by=by, settled_at=now)
    for asked in prepared:
        asked.status, asked.asked_at, asked.before = Status.OPEN, now, drafts.get(asked.section, {})
        asked.save()
    return prepared


def answer_request(request: SectionRequest, *, by: User, text: str) -> SectionRequest:
    """Say in words what the organization has done about a request, or why it cannot."""
    with transaction.atomic():
        locked = Registration.objects.select_for_update(of=("self",)).get(pk=request.registration_id)
        require(by, "organizations.change_registration", locked)
        current = locked.requests.select_for_update(of=("self",)).get(pk=request.pk)
        if locked.state not in WITH_PARTNER or current.status != Status.OPEN:
            raise NotNow([_("This request is no longer open.")])
        current.answer = text.strip()
        current.full_clean()
        current.save()
    return current


def take_answers(registration: Registration) -> None:
    """Close the round: what the organization made of each section that was asked about goes to the office."""
    drafts = {draft.section: draft.data for draft in registration.drafts.all()}
    for asked in registration.requests.filter(status=Status.OPEN):
        asked.status, asked.answered_at, asked.after = Status.ANSWERED, timezone.now(), drafts.get(asked.section, {})
        asked.save()


def settle_request(request: SectionRequest, *, by: User) -> SectionRequest:
    """Say that what was asked is answered well enough."""
    with transaction.atomic():
        locked = Registration.objects.select_for_update(of=("self",)).get(pk=request.registration_id)
        require_with_office(locked, by=by)
        current = locked.requests.select_for_update(of=("self",)).get(pk=request.pk)
        if current.status != Status.ANSWERED:
            raise NotNow([_("Only an answered request can be settled.")])
        current.status, current.settled_by, current.settled_at = Status.SETTLED, by, timezone.now()
        current.save()
        record(locked, "settled", by=by, reason=str(Section(current.section).value), audience=OFFICE)
    return current


# --- The right of reply -----------------------------------------------------------------------------------------------


@REGISTRATION.action("reply")
@transaction.atomic
def reply(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Answer a suspension, delisting or refusal in writing. Those who decided, and the head of office, are told."""
    with performing(registration, "reply", by=by, reason=reason, expected_version=expected_version) as replied:
        said = Reply(registration=replied, decision=replied.state, text=reason.strip(), written_by=by)
        said.full_clean()
        said.save()
    emails.reply_written(replied, said)
    return replied


@REGISTRATION.action("uphold")
@transaction.atomic
def uphold(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Answer a reply: the decision stays, and why."""
    with performing(registration, "uphold", by=by, reason=reason, expected_version=expected_version) as upheld:
        answer_reply(upheld, Reply.Outcome.UPHELD, by=by, answer=reason)
    emails.registration_answered(upheld, "upheld", reason)
    return upheld


def answer_reply(registration: Registration, outcome: str, *, by: User | None, answer: str) -> None:
    """Let a move of the registration answer the reply that waits, if one does."""
    registration.replies.filter(outcome=Reply.Outcome.WAITING).update(
        outcome=outcome, answer=answer, answered_by=by, answered_at=timezone.now()
    )
