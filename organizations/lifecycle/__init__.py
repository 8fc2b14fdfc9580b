"""When: one file for each kind of record that has a life."""

from organizations.lifecycle.assessment import ASSESSMENT, PLAN_ACTION, AssessmentState, PlanActionState
from organizations.lifecycle.document import DOCUMENT, DocumentState
from organizations.lifecycle.imports import IMPORT, ImportState
from organizations.lifecycle.invitation import INVITATION, JOIN_REQUEST, InvitationState, JoinRequestState
from organizations.lifecycle.merge import MERGE, MergeState
from organizations.lifecycle.observation import FLAGS, OBSERVATION, ObservationState
from organizations.lifecycle.registration import (
    ANSWERABLE,
    CORE,
    DECIDED,
    ENDED,
    EXTRAS,
    LAPSED,
    REGISTRATION,
    STOPPED,
    WITH_OFFICE,
    WITH_PARTNER,
    RegistrationState,
)
from organizations.lifecycle.registration_blockers import (
    declaration_is_accepted,
    requests_are_answered,
    sections_are_complete,
)
from organizations.lifecycle.sanctions import SANCTIONS, MatchState
from organizations.lifecycle.saved import SAVED_SEARCH, SavedSearchState
from organizations.lifecycle.twin import TWIN, TwinState

__all__ = [
    "ANSWERABLE",
    "ASSESSMENT",
    "CORE",
    "DECIDED",
    "DOCUMENT",
    "ENDED",
    "EXTRAS",
    "FLAGS",
    "IMPORT",
    "INVITATION",
    "JOIN_REQUEST",
    "LAPSED",
    "MERGE",
    "OBSERVATION",
    "PLAN_ACTION",
    "REGISTRATION",
    "SANCTIONS",
    "SAVED_SEARCH",
    "STOPPED",
    "TWIN",
    "WITH_OFFICE",
    "WITH_PARTNER",
    "AssessmentState",
    "DocumentState",
    "ImportState",
    "InvitationState",
    "JoinRequestState",
    "MatchState",
    "MergeState",
    "ObservationState",
    "PlanActionState",
    "RegistrationState",
    "SavedSearchState",
    "TwinState",
    "declaration_is_accepted",
    "requests_are_answered",
    "sections_are_complete",
]
