"""The API, one file for each kind of record. Everything is done by the actions."""

from organizations.api.assessment import AssessmentViewSet, PlanActionViewSet
from organizations.api.coverage import CoverageViewSet
from organizations.api.desk import FiguresViewSet
from organizations.api.document import DocumentViewSet
from organizations.api.imports import ImportViewSet
from organizations.api.invitation import InvitationViewSet, JoinRequestViewSet
from organizations.api.merge import MergeViewSet
from organizations.api.observation import ObservationViewSet
from organizations.api.organization import OrganizationViewSet
from organizations.api.registration import RegistrationViewSet
from organizations.api.sanctions import SanctionsViewSet
from organizations.api.saved import SavedSearchViewSet
from organizations.api.twin import TwinViewSet

ROUTES = [
    ("organizations", OrganizationViewSet, "organization"),
    ("coverage", CoverageViewSet, "coverage"),
    ("documents", DocumentViewSet, "document"),
    ("registrations", RegistrationViewSet, "registration"),
    ("registration-figures", FiguresViewSet, "registration-figures"),
    ("observations", ObservationViewSet, "observation"),
    ("sanctions", SanctionsViewSet, "sanctions"),
    ("saved-searches", SavedSearchViewSet, "saved-search"),
    ("assessments", AssessmentViewSet, "assessment"),
    ("plan-actions", PlanActionViewSet, "plan-action"),
    ("invitations", InvitationViewSet, "invitation"),
    ("join-requests", JoinRequestViewSet, "join-request"),
    ("twins", TwinViewSet, "twin"),
    ("merges", MergeViewSet, "merge"),
    ("imports", ImportViewSet, "import"),
]
