"""When: one file for each kind of record that has a life."""

from organizations.lifecycle.document import DOCUMENT, DocumentState
from organizations.lifecycle.imports import IMPORT, ImportState
from organizations.lifecycle.merge import MERGE, MergeState
from organizations.lifecycle.observation import FLAGS, OBSERVATION, ObservationState
from organizations.lifecycle.registration import (
    CORE,
    DECIDED,
    ENDED,
    EXTRAS,
    REGISTRATION,
    STOPPED,
    WITH_OFFICE,
    WITH_PARTNER,
    RegistrationState,
    declaration_is_accepted,
    sections_are_complete,
)
from organizations.lifecycle.sanctions import SANCTIONS, MatchState
from organizations.lifecycle.twin import TWIN, TwinState

__all__ = [
    "CORE",
    "DECIDED",
    "DOCUMENT",
    "ENDED",
    "EXTRAS",
    "FLAGS",
    "IMPORT",
    "MERGE",
    "OBSERVATION",
    "REGISTRATION",
    "SANCTIONS",
    "STOPPED",
    "TWIN",
    "WITH_OFFICE",
    "WITH_PARTNER",
    "DocumentState",
    "ImportState",
    "MatchState",
    "MergeState",
    "ObservationState",
    "RegistrationState",
    "TwinState",
    "declaration_is_accepted",
    "sections_are_complete",
]
