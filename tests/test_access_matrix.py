"""Who may what: every role × every move × every door, from one table written by hand.

The table says what is meant; the rules say what is done. People of the same role at another office, in the region and
at headquarters, and members of another organization, are asked about both of two offices, so each move has a second
object that must be refused. Doors are asked about a record on which the move is not possible *now*: who is refused is
told so before that is looked at, so "not now" means "you may".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.throttling import SimpleRateThrottle

from accounts.actions import performing
from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.models import (
    Document,
    ImportBatch,
    Membership,
    Merge,
    Observation,
    Organization,
    PossibleTwin,
    Registration,
)
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from portal.api import router
from portal.kit.access import NotAllowed, NotNow
from portal.kit.lifecycle import LIFECYCLES, Lifecycle, Reason, Transition
from programmes.models import CountryOffice, StaffAssignment
from tests.factories.accounts import UserFactory
from tests.factories.organizations import DocumentFactory, RegistrationFactory
from tests.factories.programmes import CountryOfficeFactory, RegionalOfficeFactory
from tests.factories.sanctions import SanctionsMatchFactory

REGISTRATION, TWIN = "organizations.registration", "organizations.possibletwin"
MERGE = "organizations.merge"
IMPORT, AGREEMENT = "organizations.importbatch", "partnerships.agreement"
OBSERVATION, DOCUMENT = "organizations.observation", "organizations.document"
SANCTIONS = "organizations.sanctionsmatch"

# --- The table --------------------------------------------------------------------------------------------------------

_DRAFTS = {"submit", "cancel"}
_TWINS = {"dismiss", "merge"}
_SENDS = {"submit", "resubmit", "withdraw", "renew", "leave_renewal"}
_FLAGS = {"flag", "escalate"}

MAY: dict[StaffRole | MemberRole, dict[str, set[str]]] = {
    StaffRole.REGISTRATION_OFFICER: {
        REGISTRATION: {"verify", "send_back", "decline", "suspend", "reinstate"},
        TWIN: _TWINS,
        MERGE: {"undo"},
        OBSERVATION: _FLAGS,
    },
    StaffRole.PROGRAMME_OFFICER: {AGREEMENT: _DRAFTS, TWIN: _TWINS, MERGE: {"undo"}, OBSERVATION: _FLAGS},
    StaffRole.PARTNERSHIP_MANAGER: {
        AGREEMENT: {
            *_DRAFTS,
            *("send_back", "open_for_signature", "record_signatures"),
            *("activate", "suspend", "resume", "end", "terminate"),
        },
        REGISTRATION: {"suspend", "reinstate"},
        TWIN: _TWINS,
        MERGE: {"undo"},
        OBSERVATION: _FLAGS,
    },
    StaffRole.REVIEW_SECRETARY: {AGREEMENT: {"send_back"}},
    StaffRole.REVIEWER: {},
    StaffRole.HEAD_OF_OFFICE: {
        AGREEMENT: {"approve", "send_back", "sign_unicef"},
        REGISTRATION: {"reinstate", "delist", "relist"},
    },
    StaffRole.VIEWER: {},
    StaffRole.HQ_EDITOR: {
        IMPORT: {"confirm", "discard"},
        REGISTRATION: {"delist", "relist"},
        TWIN: _TWINS,
        SANCTIONS: {"clear", "recommend"},
        MERGE: {"undo"},
        OBSERVATION: {*_FLAGS, "mark_red", "defer", "lift", "release"},
    },
    MemberRole.ADMINISTRATOR: {REGISTRATION: _SENDS, OBSERVATION: {"reply"}, DOCUMENT: {"withdraw"}},
    MemberRole.EDITOR: {OBSERVATION: {"reply"}, DOCUMENT: {"withdraw"}},
    MemberRole.VIEWER: {},
    MemberRole.AUTHORISED_OFFICER: {AGREEMENT: {"sign_partner", "return_unsigned"}},
}
WORKER_ALONE = {IMPORT: {"start", "finish", "fail"}, TWIN: {"reopen"}, MERGE: {"close"}, SANCTIONS: {"close", "reopen"}}
AUTHOR_ALONE = {OBSERVATION: {"invalidate"}}  # whatever the role; nobody in this world wrote the observations
ADMINISTRATORS_ALONE = {SANCTIONS: {"confirm", "withdraw"}}

# A registration that the office fills in for an organization is also the registration officer's to send and withdraw.
MAY_ON_BEHALF = {StaffRole.REGISTRATION_OFFICER: _SENDS}

EVERYWHERE = {TWIN, MERGE}  # of records that no office has registered
HEADQUARTERS_ALONE = {  # only people at headquarters decide
    IMPORT: {"confirm", "discard"},
    SANCTIONS: {"clear", "recommend"},
    OBSERVATION: {"mark_red", "defer", "lift", "release"},
}


@dataclass(frozen=True)
class Person:
    """Somebody with one role. ``scope``: here, elsewhere, region (of here), headquarters, or "" without a role."""

    user: User | AnonymousUser
    role: StaffRole | MemberRole | None
    scope: str

    def __str__(self) -> str:
        return f"{self.role or type(self.user).__name__}, {self.scope}"

    def may(self, label: str, move: Transition, place: str) -> bool:
        """What the table says of this person, ``move`` and a record at ``place`` (here or elsewhere)."""
        if getattr(self.user, "is_superuser", False):
            return bool(move.permission)
        if self.role is None or move.name not in MAY[self.role].get(label, ()):
            return False
        if label in EVERYWHERE:
            return True
        if move.name in HEADQUARTERS_ALONE.get(label, ()):
            return self.scope == "headquarters"
        return self.scope == "headquarters" or ("here" if self.scope == "region" else self.scope) == place


# --- The world --------------------------------------------------------------------------------------------------------


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
        self.records: dict[tuple[str, str], dict[str, object]] = {}
        for place, office in self.offices.items():
            organization = self.organizations[place]
            self.records[REGISTRATION, place] = self._registrations(organization, office, author)
            self.records[DOCUMENT, place] = {
                state.value: DocumentFactory(organization=organization, created_by=author, state=state.value)
                for state in LIFECYCLES[DOCUMENT].states
            }
            self.records[AGREEMENT, place] = {
                state.value: Agreement.objects.create(
                    organization=organization, office=office, state=state, title="T", reference=f"{place} {state}"
                )
                for state in AgreementState
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


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _in_the_world(world, db, monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_asked: True)


ROUTES = {
    REGISTRATION: "registration",
    TWIN: "twin",
    IMPORT: "import",
    AGREEMENT: "agreement",
    SANCTIONS: "sanctions",
}


# --- The doors: each says whether the person is let through to "not now" ----------------------------------------------


def told(move: Transition) -> dict[str, str]:
    """What ``move`` has to be told."""
    given = {entry.name: "2026-01-01" if entry.kind == "date" else "Somebody" for entry in move.inputs}
    return given if move.reason is Reason.NONE else {**given, "reason": "Because."}


def by_action(user: User, record: object, lifecycle: Lifecycle, move: Transition) -> bool:
    try:
        if move.permission:
            lifecycle.perform(record, move.name, by=user, **told(move))
        else:  # the worker's actions are told what only the worker knows; the frame around them refuses people
            with performing(record, move.name, by=user):
                pass
    except NotAllowed:
        return False
    except NotNow:
        return True
    raise AssertionError(f"{move.name} was made from {record.state}")


def by_page(user: User, record: object, lifecycle: Lifecycle, move: Transition) -> bool:
    path = record.transition_url(move.name)
    view, positional, named = resolve(path)
    request = RequestFactory().get(path)
    request.user = user
    try:
        response = view(request, *positional, **named)
    except (PermissionDenied, Http404):
        return False
    if not user.is_authenticated and response.status_code == 302:
        return False  # asked to sign in first
    assert response.status_code == 409
    return True


def by_api(user: User, record: object, lifecycle: Lifecycle, move: Transition) -> bool:
    route = next(name for _prefix, viewset, name in router.registry if getattr(viewset, "model", None) is type(record))
    path = reverse(f"{route}-transition", args=[record.pk, move.name])
    view, positional, named = resolve(path)
    request = APIRequestFactory().post(path, told(move), format="json")
    if user.is_authenticated:
        force_authenticate(request, user)
    status = view(request, *positional, **named).status_code
    assert status in {401, 403, 404, 409}
    return status == 409


def by_admin(user: User, record: object, lifecycle: Lifecycle, move: Transition) -> bool:
    """The admin shows moves of a record in a state where they start; so its state is set, in memory alone."""
    request = RequestFactory().get("/")
    request.user = user
    page = admin.site.get_model_admin(type(record))
    found = page.get_object(request, str(record.pk)) if admin.site.has_permission(request) else None
    if found is None or not page.has_view_or_change_permission(request, found):
        return False
    found.state = move.sources[0]
    return move.name in [offer.transition.name for offer, _url in page.moves(request, found)]


# --- The tests --------------------------------------------------------------------------------------------------------


def test_every_move_has_a_row():
    """A new move fails here until the table says who makes it."""
    alone = (WORKER_ALONE, AUTHOR_ALONE, ADMINISTRATORS_ALONE)
    given = {label: {name for table in alone for name in table.get(label, ())} for label in LIFECYCLES}
    for rows in MAY.values():
        for label, names in rows.items():
            given[label] |= names
    assert given == {label: {move.name for move in table.transitions} for label, table in LIFECYCLES.items()}


def test_every_role_has_a_row():
    assert set(MAY) == {*StaffRole, *MemberRole}


@pytest.mark.parametrize("door", [by_action, by_page, by_api])
@pytest.mark.parametrize("label", LIFECYCLES)
def test_a_door_lets_through_whom_the_table_names(world, door, label):
    lifecycle = LIFECYCLES[label]
    wrong = [
        f"{person}: {move.name} {place}"
        for move in lifecycle.transitions
        for place, record in world.not_now(label, move)
        for person in world.people
        if door(person.user, record, lifecycle, move) is not person.may(label, move, place)
    ]
    assert wrong == []


@pytest.mark.parametrize("label", LIFECYCLES)
def test_the_admin_offers_moves_to_whom_the_table_names(world, label):
    """Only to administrators; among them the same rules hold, so each person is asked once as one of them."""
    lifecycle = LIFECYCLES[label]
    let_in, wrong = [], []
    for person, move in product(world.people, lifecycle.transitions):
        for place, record in world.not_now(label, move):
            if not person.user.is_staff and by_admin(person.user, record, lifecycle, move):
                let_in.append(str(person))
            person.user.is_staff, was = True, person.user.is_staff
            if person.user.is_active and by_admin(person.user, record, lifecycle, move) is not person.may(
                label, move, place
            ):
                wrong.append(f"{person}: {move.name} {place}")
            person.user.is_staff = was
    assert (let_in, wrong) == ([], [])


def test_on_behalf_of_an_organization_the_registration_officer_also_sends_and_withdraws(world):
    lifecycle = LIFECYCLES[REGISTRATION]
    record = Registration(organization=world.organizations["here"], office=world.offices["here"], on_behalf=True)
    for person, move in product(world.people, lifecycle.transitions):
        own = person.scope in {"here", "region", "headquarters"} and move.name in MAY_ON_BEHALF.get(person.role, ())
        expected = person.may(REGISTRATION, move, "here") or own
        assert person.user.has_perm(move.permission, record) is expected, f"{person}: {move.name}"


def test_nobody_verifies_what_they_sent_in_themselves(world):
    """R-09: four eyes."""
    officer = next(p.user for p in world.people if p.role == StaffRole.REGISTRATION_OFFICER and p.scope == "here")
    record = Registration(organization=world.organizations["here"], office=world.offices["here"], submitted_by=officer)
    assert not officer.has_perm("organizations.verify_registration", record)
    assert officer.has_perm("organizations.check_registration", record)


@pytest.mark.parametrize(
    ("model", "permission"),
    [
        (Organization, "organizations.view_organization"),
        (Registration, "organizations.view_registration"),
        (Document, "organizations.view_document"),
        (Agreement, "partnerships.view_agreement"),
        (PossibleTwin, "organizations.view_twins"),
        (ImportBatch, "organizations.import_data"),
        (Merge, "organizations.view_merges"),
        (Observation, "organizations.view_observation"),
    ],
)
def test_what_is_visible_is_what_may_be_viewed(world, model, permission):
    """The query that fetches lists and the rule that is asked of one record agree for every role."""
    everything = list(model.objects.all())
    for person in world.people:
        listed = set(model.objects.visible_to(person.user))
        assert listed == {row for row in everything if person.user.has_perm(permission, row)}, str(person)
