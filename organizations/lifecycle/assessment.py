"""When: an assessment of an organization, and the actions of its strengthening plan."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Input, Lifecycle, Reason, State, Tone, Transition

# --- Assessments ------------------------------------------------------------------------------------------------------


class AssessmentState(TextChoices):
    DRAFT = "draft", _("Being assessed")
    SELF_ASSESSMENT = "self_assessment", _("With the organization")
    SUBMITTED = "submitted", _("To be decided")
    FINAL = "final", _("Final")
    REPLACED = "replaced", _("Replaced")
    CANCELLED = "cancelled", _("Cancelled")


_A = AssessmentState
TOLD_TO_ORGANIZATION = (_A.SELF_ASSESSMENT, _A.FINAL, _A.REPLACED)


def every_criterion_is_rated(assessment: Any) -> str | None:
    if missing := assessment.unrated_criteria():
        return gettext("Rate every criterion first: %(count)s to go.") % {"count": missing}
    return None


def day_is_given(assessment: Any) -> str | None:
    if assessment.assessed_on is None:
        return gettext("Say on which day it was assessed.")
    return None


ASSESSMENT = Lifecycle(
    model="organizations.assessment",
    title=_("Assessment"),
    path=(_A.DRAFT, _A.SUBMITTED, _A.FINAL),
    states=(
        State(
            _A.DRAFT,
            _A.DRAFT.label,
            _("An assessor of the office rates the criteria, one by one, each with what was found."),
            Tone.UNDERWAY,
            waits_for=_("the office to rate every criterion"),
            editable=frozenset({"assessed_on", "assessor", "assessor_name", "summary"}),
        ),
        State(
            _A.SELF_ASSESSMENT,
            _A.SELF_ASSESSMENT.label,
            _("The organization rates itself first. The office then looks at each answer."),
            Tone.WAITING,
            waits_for=_("the organization to rate itself"),
            editable=frozenset({"summary"}),
        ),
        State(
            _A.SUBMITTED,
            _A.SUBMITTED.label,
            _("Every criterion is rated. A second person of the office decides."),
            Tone.UNDERWAY,
            waits_for=_("a second person of the office to decide"),
        ),
        State(
            _A.FINAL,
            _A.FINAL.label,
            _("Decided. Its rating counts until it expires or a newer assessment of the same kind takes its place."),
            Tone.GOOD,
        ),
        State(_A.REPLACED, _A.REPLACED.label, _("A newer assessment of the same kind counts instead."), Tone.PAST),
        State(_A.CANCELLED, _A.CANCELLED.label, _("Given up. It never counted."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "ask_organization",
            _("Ask the organization to rate itself"),
            (_A.DRAFT,),
            _A.SELF_ASSESSMENT,
            "organizations.assess",
            done=_("Organization asked to rate itself"),
            reason=Reason.OPTIONAL,
            help=_("Its people get a message. What they answer comes back to you before anything is decided."),
        ),
        Transition(
            "hand_in",
            _("Hand in"),
            (_A.SELF_ASSESSMENT,),
            _A.DRAFT,
            "organizations.assess_oneself",
            done=_("Self-assessment handed in"),
            blockers=(every_criterion_is_rated,),
            style="primary",
            reason=Reason.OPTIONAL,
            help=_("The office looks at your answers and decides."),
        ),
        Transition(
            "submit",
            _("Submit for decision"),
            (_A.DRAFT,),
            _A.SUBMITTED,
            "organizations.assess",
            done=_("Submitted for decision"),
            blockers=(every_criterion_is_rated, day_is_given),
            style="primary",
        ),
        Transition(
            "send_back",
            _("Send back"),
            (_A.SUBMITTED,),
            _A.DRAFT,
            "organizations.decide_assessment",
            done=_("Sent back"),
            reason=Reason.REQUIRED,
            help=_("Say what has to be looked at again."),
        ),
        Transition(
            "finalise",
            _("Make it final"),
            (_A.SUBMITTED,),
            _A.FINAL,
            "organizations.decide_assessment",
            done=_("Made final"),
            blockers=(every_criterion_is_rated, day_is_given),
            style="primary",
            reason=Reason.OPTIONAL,
            help=_("The organization reads the result. Each gap becomes a proposed action of its strengthening plan."),
        ),
        Transition(
            "cancel",
            _("Cancel"),
            (_A.DRAFT, _A.SELF_ASSESSMENT),
            _A.CANCELLED,
            "organizations.assess",
            done=_("Cancelled"),
            style="danger",
            reason=Reason.REQUIRED,
        ),
        Transition("replace", _("Replace"), (_A.FINAL,), _A.REPLACED, "", done=_("Replaced by a newer assessment")),
    ),
)

# --- The strengthening plan -------------------------------------------------------------------------------------------


class PlanActionState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    DONE = "done", _("Done, to be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    DROPPED = "dropped", _("Dropped")


_P = PlanActionState

PLAN_ACTION = Lifecycle(
    model="organizations.planaction",
    title=_("Strengthening action"),
    path=(_P.PROPOSED, _P.AGREED, _P.DONE, _P.CONFIRMED),
    states=(
        State(
            _P.PROPOSED,
            _P.PROPOSED.label,
            _("The office proposes it, because of a gap that an assessment found."),
            Tone.WAITING,
            waits_for=_("the organization to say until when it does it"),
            editable=frozenset({"text"}),
        ),
        State(
            _P.AGREED,
            _P.AGREED.label,
            _("The organization has said who does it and until when."),
            Tone.UNDERWAY,
            waits_for=_("the organization to do it"),
        ),
        State(
            _P.DONE,
            _P.DONE.label,
            _("The organization says that it is done, and how one can see it."),
            Tone.UNDERWAY,
            waits_for=_("the office to look at it"),
        ),
        State(_P.CONFIRMED, _P.CONFIRMED.label, _("The office has seen that it is done."), Tone.GOOD),
        State(_P.DROPPED, _P.DROPPED.label, _("It is no longer needed; the reason is on record."), Tone.PAST),
    ),
    transitions=(
        Transition(
            "agree",
            _("Agree"),
            (_P.PROPOSED,),
            _P.AGREED,
            "organizations.carry_out_plan",
            done=_("Agreed"),
            inputs=(
                Input("due_on", _("Until"), kind="date"),
                Input("owner", _("Who sees to it"), hint=_("A function or a name in your organization.")),
            ),
            style="primary",
        ),
        Transition(
            "report_done",
            _("Say that it is done"),
            (_P.AGREED,),
            _P.DONE,
            "organizations.carry_out_plan",
            done=_("Reported as done"),
            reason=Reason.REQUIRED,
            reason_label=_("What was done, and where one can see it"),
            style="primary",
            help=_("Say what was done and where the office can see it."),
        ),
        Transition(
            "confirm",
            _("Confirm"),
            (_P.DONE,),
            _P.CONFIRMED,
            "organizations.follow_up_plan",
            done=_("Confirmed"),
            reason=Reason.OPTIONAL,
            style="primary",
        ),
        Transition(
            "reopen",
            _("Ask again"),
            (_P.DONE,),
            _P.AGREED,
            "organizations.follow_up_plan",
            done=_("Asked again"),
            reason=Reason.REQUIRED,
            help=_("Say what is still missing."),
        ),
        Transition(
            "drop",
            _("Drop"),
            (_P.PROPOSED, _P.AGREED),
            _P.DROPPED,
            "organizations.follow_up_plan",
            done=_("Dropped"),
            style="danger",
            reason=Reason.REQUIRED,
        ),
    ),
)
