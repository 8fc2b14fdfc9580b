"""A message that an office writes to those who administer an organization."""

from accounts.actions import notify


def partner_message(organization, administrators, office, *, subject, text, by, run):
    """The organization's administrators: what a person of the office writes, in that person's own words."""
    context = {"organization": organization, "office": office, "subject": subject, "text": text, "by": by}
    notify(
        administrators,
        f"message:{run.token}:{organization.pk}",
        "partner-message",
        context,
        path=organization.get_absolute_url(),
    )
