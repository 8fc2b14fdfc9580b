"""The messages about organizations and registrations: who is told what, when. One file for each subject."""

from organizations.emails.assessment import (
    assessment_handed_in,
    assessment_lapses,
    assessment_moved,
    plan_action_done,
    plan_action_due,
    plan_action_reopened,
)
from organizations.emails.desk import registration_reminded, registrations_assigned, registrations_late
from organizations.emails.document import certificate_expires
from organizations.emails.invitation import (
    invitation_answered,
    invitation_sent,
    join_request_answered,
    join_requested,
    member_added,
)
from organizations.emails.merge import (
    merge_undone,
    organizations_merged,
)
from organizations.emails.message import partner_message
from organizations.emails.observation import (
    observation_moved,
    organization_told_of_flag,
)
from organizations.emails.registration import (
    declaration_asked,
    declaration_refused,
    registration_answered,
    registration_commented,
    registration_submitted,
    renewal_due,
    renewals_due,
    reply_written,
)
from organizations.emails.sanctions import (
    confirmation_recommended,
    names_resemble_entries,
)
from organizations.emails.saved import search_finds_new, search_too_wide

__all__ = [
    "assessment_handed_in",
    "assessment_lapses",
    "assessment_moved",
    "certificate_expires",
    "confirmation_recommended",
    "declaration_asked",
    "declaration_refused",
    "invitation_answered",
    "invitation_sent",
    "join_request_answered",
    "join_requested",
    "member_added",
    "merge_undone",
    "names_resemble_entries",
    "observation_moved",
    "organization_told_of_flag",
    "organizations_merged",
    "partner_message",
    "plan_action_done",
    "plan_action_due",
    "plan_action_reopened",
    "registration_answered",
    "registration_commented",
    "registration_reminded",
    "registration_submitted",
    "registrations_assigned",
    "registrations_late",
    "renewal_due",
    "renewals_due",
    "reply_written",
    "search_finds_new",
    "search_too_wide",
]
