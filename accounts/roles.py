"""The roles people hold, each with the sentence that the portal shows to them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StaffRole(TextChoices):
    """What a UNICEF person does, at one office, in one region or (headquarters) everywhere. Domain §15."""

    REGISTRATION_OFFICER = "registration_officer", _("Registration officer")
    PROGRAMME_OFFICER = "programme_officer", _("Programme officer")
    PARTNERSHIP_MANAGER = "partnership_manager", _("Partnership manager")
    REVIEW_SECRETARY = "review_secretary", _("Review secretary")
    REVIEWER = "reviewer", _("Reviewer")
    HEAD_OF_OFFICE = "head_of_office", _("Head of office")
    VIEWER = "viewer", _("Viewer")
    HQ_EDITOR = "hq_editor", _("Headquarters editor")

    @property
    def description(self) -> str:
        return _STAFF[self]


class MemberRole(TextChoices):
    """What a person does for a civil society organization. Domain §15, S2-20."""

    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")
    AUTHORISED_OFFICER = "authorised_officer", _("Authorised officer")

    @property
    def description(self) -> str:
        return _MEMBER[self]

    @property
    def in_branches(self) -> "MemberRole":
        """What a role at a headquarters is worth in its branches: the same, but each branch names who signs."""
        return MemberRole.VIEWER if self is MemberRole.AUTHORISED_OFFICER else self


_STAFF = {
    StaffRole.REGISTRATION_OFFICER: _(
        "Registers organizations on their behalf, checks what they send, and verifies, sends back or declines it."
    ),
    StaffRole.PROGRAMME_OFFICER: _("Searches partners by theme and place, drafts agreements and sends them to review."),
    StaffRole.PARTNERSHIP_MANAGER: _(
        "Looks after agreements: opens them for signature, records signatures made on paper, "
        "activates, suspends, ends and terminates."
    ),
    StaffRole.REVIEW_SECRETARY: _("Prepares the review of agreements and sends back what is not ready."),
    StaffRole.REVIEWER: _("Reads agreements under review and comments on them."),
    StaffRole.HEAD_OF_OFFICE: _("Approves agreements after review and signs them for UNICEF."),
    StaffRole.VIEWER: _("Reads the office's registrations and agreements; changes nothing."),
    StaffRole.HQ_EDITOR: _(
        "Works for headquarters: sees every country, and checks and verifies the headquarters of international "
        "organizations."
    ),
}

_MEMBER = {
    MemberRole.ADMINISTRATOR: _("Invites colleagues, edits everything, and submits or withdraws registrations."),
    MemberRole.EDITOR: _("Fills in and corrects the organization's profile and registrations."),
    MemberRole.VIEWER: _("Reads everything the organization sees; changes nothing."),
    MemberRole.AUTHORISED_OFFICER: _("Signs agreements for the organization."),
}
