"""Messages about documents."""

from accounts.actions import notify
from organizations.emails.people import administrators_of


def certificate_expires(document, key):
    """The organization's administrators: a certificate expires soon, or has. ``key`` says for which reminder."""
    people = administrators_of(document.organization_id)
    notify(people, key, "certificate-expires", {"document": document}, path=document.get_absolute_url())
