"""Two offices, two organizations, records in every state, and a person for every role at every distance."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.models import (
    ImportBatch,
    Invitation,
    JoinRequest,
    Membership,
    Merge,
    Observation,
    Organization,
    PossibleTwin,
    Registration,
    SavedSearch,
    Tag,
)
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal.kit.lifecycle import LIFECYCLES, Transition
from programmes.models import CountryOffice, StaffAssignment
from tests.access.table import (
    AGREEMENT,
    ASSESSMENT,
    DOCUMENT,
    EVERYWHERE,
    EXPORT,
    HEADQUARTERS_ALONE,
    IMPORT,
    INVITATION,
    JOIN_REQUEST,
    MAY,
    MERGE,
    OBSERVATION,
    ONESELF,
    PLAN_ACTION,
    REGISTRATION,
    SANCTIONS,
    SAVED_SEARCH,
    TWIN,
)
from tests.factories.accounts import ExportFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, PlanActionFactory
from tests.factories.organizations import DocumentFactory, RegistrationFactory
from tests.factories.programmes import CountryOfficeFactory, RegionalOfficeFactory
from tests.factories.sanctions import SanctionsMatchFactory


@dataclass(frozen=True)
class Person:
    """Somebody with one role. ``scope``: here, elsewhere, region (of here), headquarters, or "" without a role."""

    user: User | AnonymousUser
    role: StaffRole | MemberRole | str | None  # ONESELF is no role
    scope: str

    def __str__(self) -> str:
        return f"{self.role or type(self.user).__name__}, {self.scope}"

    def may(self, label: str, move: Transition, place: str) -> bool:
        """What the table says of this person, ``move`` and a record at ``place`` (here or elsewhere)."""
        if getattr(self.user, "is_superuser", False):
            return bool(move.permission)
        if self.role is None or self.role not in MAY[label].get(move.name, ()):
            return False
        if label in EVERYWHERE:
            return True
        if move.name in HEADQUARTERS_ALONE.get(label, ()):
            return self.scope == "headquarters"
        return self.scope == "headquarters" or ("here" if self.scope == "region" else self.scope) == place


_ASSESSED = (
    ("final", "capacity"),
    ("draft", "core_values"),
    ("self_assessment", "psea"),
    ("submitted", "financial"),
    ("replaced", "capacity"),
    ("cancelled", "capacity"),
)


class World:
    """Two offices in two regions, two organizations, records in every state at both, and a person for every role."""

    def __init__(self) -> None:
        author = UserFactory(name="Author")
        region = RegionalOfficeFactory()
        self.offices = {"here": CountryOfficeFactory(region=region), "elsewhere": CountryOfficeFactory()}
        self.organizations = {
            place: Organization.objects.create(name=f"Organization {place}", listed=place == "here")
            for place in self.offices
        }
        self.addressed = {place: UserFactory(name=f"Invited {place}") for place in self.offices}
        self.records: dict[tuple[str, str], dict[str, object]] = {}
        for place, office in self.offices.items():
            organization = self.organizations[place]
            self.records[REGISTRATION, place] = self._registrations(organization, office, author)
            self.records[DOCUMENT, place] = {
                state.value: DocumentFactory(organization=organization, created_by=author, state=state.value)
                for state in LIFECYCLES[DOCUMENT].states
            }
            # The final one and the confirmed one first: few moves start from them, and the organization reads them.
            self.records[ASSESSMENT, place] = {
                state: AssessmentFactory(
                    organization=organization, office=office, created_by=author, kind=kind, state=state
                )
                for state, kind in _ASSESSED
            }
            self.records[PLAN_ACTION, place] = {
                state: PlanActionFactory(organization=organization, office=office, state=state)
                for state in ("confirmed", "proposed", "agreed", "done", "dropped")
            }
            self.records[INVITATION, place] = {
                state.value: Invitation.objects.create(
                    organization=organization,
                    email=self.addressed[place].email,
                    role=MemberRole.EDITOR,
                    invited_by=author,
                    state=state.value,
                )
                for state in LIFECYCLES[INVITATION].states
            }
            self.records[JOIN_REQUEST, place] = {
                state.value: JoinRequest.objects.create(
                    organization=organization, person=self.addressed[place], role=MemberRole.EDITOR, state=state.value
                )
                for state in LIFECYCLES[JOIN_REQUEST].states
            }
            self.records[EXPORT, place] = {
                state.value: ExportFactory(user=self.addressed[place], state=state.value)
                for state in LIFECYCLES[EXPORT].states
            }
            self.records[AGREEMENT, place] = {
                state.value: Agreement.objects.create(
                    organization=organization, office=office, state=state, title="T", reference=f"{place} {state}"
                )
                for state in AgreementState
            }
            Tag.objects.create(office=office, label=place, folded=place)
            # The retired one first: no move of an office's own people starts from it but one, and the office sees it.
            self.records[SAVED_SEARCH, place] = {
                state: SavedSearch.objects.create(
                    owner=author, office=office, name=f"{place} {state}", query="q=water", state=state
                )
                for state in ("retired", "shared", "private")
            }
            # The lifted one first: no move starts from it, and the organization reads it.
            self.records[OBSERVATION, place] = {
                state: Observation.objects.create(
                    organization=organization,
                    office=office,
                    author=author,
                    category="safeguarding",
                    released_at=None if state == "note" else timezone.now(),
                    text="Internal.",
                    for_partner="Told.",
                    flagged_at=None if state == "note" else timezone.now(),
                    state=state,
                )
                for state in ("lifted", "note", "yellow", "escalated", "red", "invalidated")
            }
        pairs = [Organization.objects.create(name=f"Twin {number}") for number in range(4)]
        self.records[TWIN, "here"] = {
            state.value: PossibleTwin.objects.create(
                first=pairs[0], second=pairs[1 + number], score=90, state=state.value
            )
            for number, state in enumerate(LIFECYCLES[TWIN].states)
        }
        self.records[MERGE, "here"] = {
            state.value: Merge.objects.create(
                kept=pairs[0], merged=pairs[1 + number], merged_by=author, state=state.value
            )
            for number, state in enumerate(LIFECYCLES[MERGE].states)
        }
        self.records[IMPORT, "here"] = {
            state.value: ImportBatch.objects.create(
                layout="somewhere", file_name=state.value, created_by=author, state=state.value
            )
            for state in LIFECYCLES[IMPORT].states
        }
        self.records[SANCTIONS, "here"] = {
            state.value: SanctionsMatchFactory(organization=self.organizations["here"], state=state.value)
            for state in LIFECYCLES[SANCTIONS].states
        }
        self.people = list(self._people(region))

    @staticmethod
    def _registrations(organization: Organization, office: CountryOffice, author: User) -> dict[str, Registration]:
        """One registration in each state. Only one may be open with one office: the others are with its neighbours."""
        found = {}
        for state in LIFECYCLES[REGISTRATION].states:
            is_own = state.value in ("submitted", "declined", "withdrawn")
            at = office if is_own else CountryOfficeFactory(region=office.region)
            found[state.value] = RegistrationFactory(
                organization=organization, office=at, created_by=author, state=state.value
            )
        return found

    def _people(self, region: object) -> Iterator[Person]:
        for role in StaffRole:
            for scope in ("here", "elsewhere", "region", "headquarters"):
                user = UserFactory(name=f"{role} {scope}")
                if scope in self.offices:
                    office = self.offices[scope]
                    offices = CountryOffice.objects.filter(region=office.region)  # with the neighbours
                    StaffAssignment.objects.bulk_create(
                        StaffAssignment(user=user, role=role, office=each) for each in offices
                    )
                else:
                    StaffAssignment.objects.create(user=user, role=role, region=region if scope == "region" else None)
                yield Person(user, role, scope)
        for role, (place, organization) in product(MemberRole, self.organizations.items()):
            user = UserFactory(name=f"{role} {place}")
            Membership.objects.create(user=user, organization=organization, role=role)
            yield Person(user, role, place)
        for place, user in self.addressed.items():
            yield Person(user, ONESELF, place)
        yield Person(UserFactory(name="No role"), None, "")
        yield Person(AnonymousUser(), None, "")
        yield Person(UserFactory(name="Administrator", administrator=True), None, "everywhere")
        gone = UserFactory(name="Left UNICEF", is_active=False)
        StaffAssignment.objects.create(user=gone, role=StaffRole.PARTNERSHIP_MANAGER, office=self.offices["here"])
        yield Person(gone, None, "here")

    def not_now(self, label: str, move: Transition) -> Iterator[tuple[str, object]]:
        """Yield, for each place, a record that is in none of the states from which ``move`` starts, nor public."""
        for (kind, place), records in self.records.items():
            if kind == label:
                public = {AgreementState.ACTIVE, AgreementState.ENDED}
                yield place, next(row for state, row in records.items() if state not in {*move.sources, *public})
