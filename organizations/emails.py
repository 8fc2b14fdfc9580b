"""The messages about organizations and registrations: who is told what, when."""

from django.db.models import Q
from django.urls import reverse

from accounts.actions import notify
from accounts.models import Addressee, User
from accounts.roles import MemberRole, StaffRole


def registration_submitted(registration):
    """The office's registration officers: a form waits for you."""
    _tell(
        _officers_of(registration.office),
        registration,
        "registration-submitted",
        registration.state,
        registration.version,
    )


def registration_answered(registration, answer, reason, *, requests=(), for_office=False):
    """The organization's administrators and editors: what the office has decided, with what it asks for each section.

    ``for_office``: the portal decided by itself, so the office's registration officers are told as well.
    """
    people = _people_of(registration.organization_id)
    _tell(
        [*people, *_officers_of(registration.office)] if for_office else people,
        registration,
        "registration-answered",
        answer,
        registration.version,
        answer=answer,
        reason=reason,
        requests=requests,
    )


def reply_written(registration, reply):
    """Those who check for the office, and its head: the organization has replied to a decision."""
    heads = User.objects.filter(
        staff_assignments__office=registration.office,
        staff_assignments__role=StaffRole.HEAD_OF_OFFICE,
        is_active=True,
    )
    people = [*_officers_of(registration.office), *heads]
    _tell(people, registration, "registration-reply", "reply", reply.pk, reply=reply)


def renewal_due(registration, reminder):
    """The organization's administrators: the verification ends soon, or has ended (R-05)."""
    people = User.objects.filter(
        memberships__organization=registration.organization_id,
        memberships__role=MemberRole.ADMINISTRATOR,
        is_active=True,
    )
    occasion = f"renewal:{reminder.valid_until}"
    _tell(people, registration, "registration-renewal", occasion, reminder.days, reminder=reminder)


def renewals_due(office, reminders, day):
    """The office's registration officers: these verifications end soon or have ended."""
    notify(
        _officers_of(office),
        f"renewals:{office.pk}:{day}",
        "renewals-due",
        {"reminders": reminders},
        path="/registrations/?standing=ending",
    )


def registration_commented(registration, event, *, by):
    """The other side: somebody wrote to you."""
    is_partner = by.acts_for(registration.organization_id)
    people = _officers_of(registration.office) if is_partner else _people_of(registration.organization_id)
    _tell(people, registration, "registration-commented", "comment", event.pk, event=event)


def declaration_asked(registration, version):
    """The organization's administrators and editors: the declaration has a new wording, accept it again."""
    _tell(
        _people_of(registration.organization_id),
        registration,
        "declaration-asked",
        "declaration",
        version,
        part="sections/declaration/",
    )


def declaration_refused(registration):
    """The office's registration officers: the organization cannot say yes to every sentence any more (R-01)."""
    _tell(_officers_of(registration.office), registration, "declaration-refused", "refused", registration.version)


def member_added(membership, *, by):
    """The person: you now act for this organization."""
    notify(
        [membership.user],
        f"member:{membership.pk}",
        "member-added",
        {"membership": membership, "by": by},
        path="/my-organization/",
    )


def invitation_sent(invitation):
    """The invited person, with or without an account: this organization asks you to act for it."""
    person = User.objects.filter(
        emailaddress__email__iexact=invitation.email, emailaddress__verified=True, is_active=True
    ).first()
    notify(
        [person or Addressee(invitation.email, invitation.invited_by.language)],
        f"invitation:{invitation.pk}:{invitation.version}",
        "invitation-sent",
        {"invitation": invitation},
        path=invitation.get_absolute_url(),
    )


def invitation_answered(invitation, reason=""):
    """Whoever invited: the person has accepted or declined."""
    notify(
        [invitation.invited_by],
        f"invitation:{invitation.pk}:{invitation.state}",
        "invitation-answered",
        {"invitation": invitation, "reason": reason},
        path=reverse("organizations:member-list", args=[invitation.organization_id]),
    )


def join_requested(request):
    """The organization's administrators: somebody asks to join."""
    notify(
        administrators_of(request.organization),
        f"join:{request.pk}:sent",
        "join-requested",
        {"request": request},
        path=request.get_absolute_url(),
    )


def join_request_answered(request, reason=""):
    """The person who asked: the organization has said yes or no."""
    notify(
        [request.person],
        f"join:{request.pk}:{request.state}",
        "join-request-answered",
        {"request": request, "reason": reason},
        path=reverse("organizations:my-organization") if request.state == "accepted" else request.get_absolute_url(),
    )


def certificate_expires(document, key):
    """The organization's administrators: a certificate expires soon, or has."""
    people = User.objects.filter(
        memberships__organization=document.organization_id,
        memberships__role=MemberRole.ADMINISTRATOR,
        is_active=True,
    )
    notify(people, key, "certificate-expires", {"document": document}, path=document.get_absolute_url())


def organizations_merged(merge):
    """The administrators of both: your two records are one."""
    _tell_of_merge(merge, administrators_of(merge.kept), "done", reason=merge.reason)


def merge_undone(merge, administrators, *, reason):
    """The administrators of both: your records are two again."""
    _tell_of_merge(merge, administrators, "undone", reason=reason)


def _tell_of_merge(merge, people, occasion, **context):
    notify(
        people,
        f"merge:{merge.pk}:{occasion}",
        "organizations-merged",
        {"merge": merge, "is_undone": occasion == "undone", **context},
        path=merge.kept.get_absolute_url(),
    )


def administrators_of(organization):
    """The people who administer an organization now."""
    administrators = organization.memberships.filter(role=MemberRole.ADMINISTRATOR, user__is_active=True)
    return [membership.user for membership in administrators.select_related("user")]


def names_resemble_entries(matches):
    """Headquarters: names resemble entries of the sanctions list; one message for all that were found together."""
    if matches:
        newest = max(matches, key=lambda match: (match.state_since, match.pk))
        notify(
            User.objects.filter(
                staff_assignments__role=StaffRole.HQ_EDITOR,
                staff_assignments__office=None,
                staff_assignments__region=None,
                is_active=True,
            ),
            f"sanctions:{newest.pk}:found:{newest.version}",
            "sanctions-found",
            {"count": len(matches), "match": newest},
            path=newest.get_absolute_url() if len(matches) == 1 else "/sanctions/",
        )


def confirmation_recommended(match, *, reason):
    """The administrators, who alone confirm (R-06)."""
    notify(
        User.objects.filter(is_superuser=True, is_active=True),
        f"sanctions:{match.pk}:recommended:{match.version}",
        "sanctions-recommended",
        {"match": match, "reason": reason},
        path=match.get_absolute_url(),
    )


def _officers_of(office):
    """Those who check for the office: its own registration officers; for headquarters, its editors (R-09)."""
    there = Q(staff_assignments__office=office)
    if office.is_headquarters:
        there |= Q(staff_assignments__office=None, staff_assignments__region=None)
    return User.objects.filter(there, staff_assignments__role=office.checked_by, is_active=True).distinct()


def _people_of(organization_id):
    return User.objects.filter(
        memberships__organization=organization_id,
        memberships__role__in=[MemberRole.ADMINISTRATOR, MemberRole.EDITOR],
        is_active=True,
    )


def _tell(people, registration, template, occasion, number, part="", **context):
    notify(
        people,
        f"registration:{registration.pk}:{occasion}:{number}",
        template,
        {"registration": registration, **context},
        path=f"{registration.get_absolute_url()}{part}",
    )


def observation_moved(observation, move, *, by, reason):
    """Its author and headquarters: it was escalated, decided or answered. Nobody is told what they did themselves."""
    headquarters = User.objects.filter(
        staff_assignments__role=StaffRole.HQ_EDITOR,
        staff_assignments__office=None,
        staff_assignments__region=None,
        is_active=True,
    )
    author = {observation.author} if observation.author.works_for_unicef else set()
    people = ({*headquarters} | author) - {by}
    done = observation.lifecycle.transition(move).done
    _tell_of_flag(people, observation, "observation-moved", move, done=done, reason=reason)


def organization_told_of_flag(observation):
    """The organization's administrators and editors: there is a flag, or a decision on it, that concerns you."""
    if observation.concerns_the_organization:
        _tell_of_flag(_people_of(observation.organization_id), observation, "flag-told", observation.state)


def _tell_of_flag(people, observation, template, occasion, **context):
    notify(
        people,
        f"observation:{observation.pk}:{template}:{occasion}:{observation.version}",
        template,
        {"observation": observation, **context},
        path=observation.get_absolute_url(),
    )


def assessment_moved(assessment, occasion, reason):
    """The organization's administrators and editors: asked to rate yourselves, or the result is there."""
    _tell_of_assessment(
        _people_of(assessment.organization_id),
        assessment,
        "assessment-moved",
        occasion,
        occasion=occasion,
        reason=reason,
    )


def assessment_handed_in(assessment):
    """The assessor: the organization has rated itself."""
    _tell_of_assessment([assessment.created_by], assessment, "assessment-handed-in", f"handed-in:{assessment.version}")


def assessment_lapses(assessment):
    """Whoever made it: its rating lapses soon. Once."""
    _tell_of_assessment([assessment.created_by], assessment, "assessment-lapses", "lapses")


def _tell_of_assessment(people, assessment, template, key, **context):
    notify(
        people,
        f"assessment:{assessment.pk}:{key}",
        template,
        {"assessment": assessment, **context},
        path=assessment.get_absolute_url(),
    )


def plan_action_done(action, reason):
    """The office's programme officers and partnership managers: the organization says that it is done."""
    roles = [StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER]
    people = User.objects.filter(
        staff_assignments__office=action.office_id, staff_assignments__role__in=roles, is_active=True
    )
    _tell_of_plan_action(people, action, "done", reason=reason)


def plan_action_reopened(action, reason):
    """The organization: something is still missing."""
    _tell_of_plan_action(_people_of(action.organization_id), action, "reopened", reason=reason)


def plan_action_due(action):
    """The organization: it is due soon, and once more when it is overdue."""
    occasion = "overdue" if action.is_overdue else "due"
    _tell_of_plan_action(_people_of(action.organization_id), action, occasion, number=action.due_on)


def _tell_of_plan_action(people, action, occasion, number=None, **context):
    notify(
        people,
        f"plan-action:{action.pk}:{occasion}:{number or action.version}",
        "plan-action",
        {"action": action, "occasion": occasion, **context},
        path=action.get_absolute_url(),
    )
