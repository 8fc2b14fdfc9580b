from organizations.models.assessment import (
    Assessment,
    AssessmentCriterion,
    AssessmentFinding,
    AssessmentScheme,
    PlanAction,
)
from organizations.models.document import Document, DocumentVersion
from organizations.models.imports import ImportBatch
from organizations.models.invitation import Invitation, JoinRequest
from organizations.models.merge import Merge
from organizations.models.names import Identifier, OrganizationName
from organizations.models.observation import Observation
from organizations.models.organization import Organization
from organizations.models.passport import PassportLink
from organizations.models.people import Membership
from organizations.models.presence import Presence
from organizations.models.profile import Experience, OfficeHolder, TrackRecord
from organizations.models.questions import VerificationAnswer, VerificationQuestion
from organizations.models.registration import Registration, SectionDraft
from organizations.models.sanctions import SanctionsEntry, SanctionsList, SanctionsMatch, Screening
from organizations.models.saved import Digest, SavedSearch
from organizations.models.search import Heading, Listing, Word, WordSlip, WordUse
from organizations.models.tag import BulkRun, Tag, Tagging
from organizations.models.twin import NameKey, PossibleTwin, TwinReason
from organizations.models.verification import (
    RenewalReminder,
    Reply,
    SectionRequest,
    Verification,
    VerificationPolicy,
)

__all__ = [
    "Assessment",
    "AssessmentCriterion",
    "AssessmentFinding",
    "AssessmentScheme",
    "BulkRun",
    "Digest",
    "Document",
    "DocumentVersion",
    "Experience",
    "Heading",
    "Identifier",
    "ImportBatch",
    "Invitation",
    "JoinRequest",
    "Listing",
    "Membership",
    "Merge",
    "NameKey",
    "Observation",
    "OfficeHolder",
    "Organization",
    "OrganizationName",
    "PassportLink",
    "PlanAction",
    "PossibleTwin",
    "Presence",
    "Registration",
    "RenewalReminder",
    "Reply",
    "SanctionsEntry",
    "SanctionsList",
    "SanctionsMatch",
    "SavedSearch",
    "Screening",
    "SectionDraft",
    "SectionRequest",
    "Tag",
    "Tagging",
    "TrackRecord",
    "TwinReason",
    "Verification",
    "VerificationAnswer",
    "VerificationPolicy",
    "VerificationQuestion",
    "Word",
    "WordSlip",
    "WordUse",
]
