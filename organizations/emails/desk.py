"""Messages about the work of an office: assigned, reminded, late."""

from django.urls import reverse

from accounts.actions import notify
from organizations.emails.people import people_of, tell

QUEUE = "organizations:registration-list"


def registrations_assigned(registrations, to, *, by):
    """The officer: these are yours now, in one message. Nobody is told what they took themselves."""
    if not to or to == by or not registrations:
        return
    first = registrations[0]
    path = first.get_absolute_url() if len(registrations) == 1 else f"{reverse(QUEUE)}?assigned=me"
    notify(
        [to],
        f"assigned:{first.pk}:{first.version}",
        "registrations-assigned",
        {"registrations": registrations, "first": first, "count": len(registrations), "by": by},
        path=path,
    )


def registration_reminded(registration, *, words="", idle=0, by=None):
    """Whoever fills it in: your form waits for you. An officer says so in ``words``, the portal after ``idle`` days."""
    people = [registration.created_by] if registration.on_behalf else people_of(registration.organization_id)
    occasion = f"reminded:{registration.version}" if by else f"nudged:{idle}"
    tell(people, "registration-reminded", registration, occasion, words=words, idle=idle, by=by)


def registrations_late(officer, *, own, total, day):
    """An officer, once a day: so many registrations wait beyond the day on which your office means to answer."""
    context = {"own": own, "total": total}
    notify([officer], f"late:{day}", "registrations-late", context, path=f"{reverse(QUEUE)}?late=true")
