"""Messages about names that resemble entries of the sanctions list."""

from accounts.actions import notify
from organizations.emails.people import headquarters_editors, portal_administrators, tell


def names_resemble_entries(matches):
    """Headquarters: names resemble entries of the sanctions list; one message for all that were found together."""
    if matches:
        newest = max(matches, key=lambda match: (match.state_since, match.pk))
        notify(
            headquarters_editors(),
            f"sanctions:{newest.pk}:found:{newest.version}",
            "sanctions-found",
            {"count": len(matches), "match": newest},
            path=newest.get_absolute_url() if len(matches) == 1 else "/sanctions/",
        )


def confirmation_recommended(match, *, reason):
    """The administrators, who alone confirm (R-06)."""
    occasion = f"recommended:{match.version}"
    tell(portal_administrators(), "sanctions-recommended", match, occasion, match=match, reason=reason)
