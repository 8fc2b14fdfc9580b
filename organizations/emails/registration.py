"""Messages about a registration: sent, answered, replied to, near its end."""

from accounts.actions import notify
from accounts.roles import StaffRole
from organizations.emails.people import administrators_of, officers_of, people_of, staff_of, tell


def registration_submitted(registration):
    """The office's registration officers: a form waits for you."""
    tell(
        officers_of(registration.office),
        "registration-submitted",
        registration,
        f"{registration.state}:{registration.version}",
    )


def registration_answered(registration, answer, reason, *, requests=(), for_office=False):
    """The organization's administrators and editors: what the office has decided, with what it asks for each section.

    ``for_office``: the portal decided by itself, so the office's registration officers are told as well.
    """
    people = people_of(registration.organization_id)
    tell(
        [*people, *officers_of(registration.office)] if for_office else people,
        "registration-answered",
        registration,
        f"{answer}:{registration.version}",
        answer=answer,
        reason=reason,
        requests=requests,
    )


def reply_written(registration, reply):
    """Those who check for the office, and its head: the organization has replied to a decision."""
    heads = staff_of(registration.office_id, StaffRole.HEAD_OF_OFFICE)
    people = [*officers_of(registration.office), *heads]
    tell(people, "registration-reply", registration, f"reply:{reply.pk}", reply=reply)


def registration_commented(registration, event, *, by):
    """The other side: somebody wrote to you."""
    is_partner = by.acts_for(registration.organization_id)
    people = officers_of(registration.office) if is_partner else people_of(registration.organization_id)
    tell(people, "registration-commented", registration, f"comment:{event.pk}", event=event)


def renewal_due(registration, reminder):
    """The organization's administrators: the verification ends soon, or has ended (R-05)."""
    occasion = f"renewal:{reminder.valid_until}:{reminder.days}"
    people = administrators_of(registration.organization_id)
    tell(people, "registration-renewal", registration, occasion, reminder=reminder)


def renewals_due(office, reminders, day):
    """The office's registration officers: these verifications end soon or have ended."""
    notify(
        officers_of(office),
        f"renewals:{office.pk}:{day}",
        "renewals-due",
        {"reminders": reminders},
        path="/registrations/?standing=ending",
    )


def declaration_asked(registration, version):
    """The organization's administrators and editors: the declaration has a new wording, accept it again."""
    people, occasion = people_of(registration.organization_id), f"declaration:{version}"
    tell(people, "declaration-asked", registration, occasion, part="sections/declaration/")


def declaration_refused(registration):
    """The office's registration officers: the organization cannot say yes to every sentence any more (R-01)."""
    tell(officers_of(registration.office), "declaration-refused", registration, f"refused:{registration.version}")
