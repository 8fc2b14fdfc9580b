from organizations.models.imports import ImportBatch
from organizations.models.organization import Identifier, Organization, OrganizationName
from organizations.models.passport import PassportLink
from organizations.models.people import Membership
from organizations.models.presence import Presence
from organizations.models.registration import Registration, SectionDraft, VerificationAnswer, VerificationQuestion
from organizations.models.twin import NameKey, PossibleTwin, TwinReason

__all__ = [
    "Identifier",
    "ImportBatch",
    "Membership",
    "NameKey",
    "Organization",
    "OrganizationName",
    "PassportLink",
    "PossibleTwin",
    "Presence",
    "Registration",
    "SectionDraft",
    "TwinReason",
    "VerificationAnswer",
    "VerificationQuestion",
]
