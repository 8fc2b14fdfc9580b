"""Who may what: every role × every move × every door, held against the table of ``tests.access``.

The table says what is meant; the rules say what is done. People of the same role at another office, in the region and
at headquarters, and members of another organization, are asked about both of two offices, so each move has a second
object that must be refused. Doors are asked about a record on which the move is not possible *now*: who is refused is
told so before that is looked at, so "not now" means "you may".
"""

import sys
from collections import defaultdict
from copy import copy
from itertools import product

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.actions import frame, performing
from accounts.models import Export, User
from accounts.roles import MemberRole, StaffRole
from organizations.models import (
    Assessment,
    Document,
    ImportBatch,
    Invitation,
    JoinRequest,
    Merge,
    Observation,
    Organization,
    PlanAction,
    PossibleTwin,
    Registration,
    SavedSearch,
    Tag,
)
from partnerships.models import Agreement
from portal.api import router
from portal.kit.access import NotAllowed, NotNow, visible_or_404
from portal.kit.lifecycle import LIFECYCLES, Lifecycle, Reason, Transition
from portal.kit.throttling import SharedRate
from tests.access.table import AUTHOR, MAY, MAY_ON_BEHALF, ONESELF, REGISTRATION, SUPERUSER, WORKER
from tests.access.world import World


@pytest.fixture(scope="module")
def kept_world(kept):
    return kept(World)


@pytest.fixture
def world(kept_world, db):
    return kept_world


DOORS = ("accounts.", "organizations.", "partnerships.", "portal.kit.views", "portal.kit.api")


@pytest.fixture(autouse=True)
def _in_the_world(world, db, monkeypatch):
    """Every move is refused and nothing changes, so a test reads a row once, and not once more for every move."""
    monkeypatch.setattr(SharedRate, "allow_request", lambda *_asked: True)
    monkeypatch.setattr(frame, "_lock", _once(frame._lock))
    seen = _once(visible_or_404)
    for name, module in list(sys.modules.items()):
        if name.startswith(DOORS) and getattr(module, "visible_or_404", None) is visible_or_404:
            monkeypatch.setattr(module, "visible_or_404", seen)


def _once(read):
    """Return ``read`` with a memory: the same question gets a copy of the same row, or the same refusal."""
    answers = {}

    def remembered(*asked, **lookup):
        key = *map(_key, asked), *lookup.items()
        if key not in answers:
            try:
                answers[key] = read(*asked, **lookup)
            except Http404 as refusal:
                answers[key] = refusal
        if isinstance(answers[key], Http404):
            raise Http404
        return copy(answers[key])

    return remembered


def _key(asked):
    return (type(asked), asked.pk) if isinstance(asked, (Model, AnonymousUser)) else asked


# --- The doors: each says whether the person is let through to "not now" ----------------------------------------------


TOLD = {"date": "2026-01-01", "email": "somebody@here.example"}


def told(move: Transition) -> dict[str, str]:
    """What ``move`` has to be told."""
    given = {entry.name: TOLD.get(entry.kind, "Somebody") for entry in move.inputs}
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
    route = next(base for _prefix, viewset, base in router.registry if getattr(viewset, "model", None) is type(record))
    path = reverse(f"{route}-transition", args=[record.pk, move.name])
    view, positional, named = resolve(path)
    request = APIRequestFactory().post(path, told(move), format="json")
    if user.is_authenticated:
        force_authenticate(request, user)
    status = view(request, *positional, **named).status_code
    assert status in {401, 403, 404, 409}
    return status == 409


def in_admin(user: User, record: object, lifecycle: Lifecycle, moves: list[Transition]) -> set[str]:
    """Which of ``moves`` the admin offers on ``record``: each in a state where it starts, set in memory alone."""
    request = RequestFactory().get("/")
    request.user = user
    page = admin.site.get_model_admin(type(record))
    found = page.get_object(request, str(record.pk)) if admin.site.has_permission(request) else None
    if found is None or not page.has_view_or_change_permission(request, found):
        return set()
    offered = set()
    for move in moves:
        shown = copy(found)
        shown.state = move.sources[0]
        if move.name == "hand_over":  # it is about what the office fills in
            shown.on_behalf = True
        offered |= {move.name} & {offer.transition.name for offer, _url in page.moves(request, shown)}
    return offered


# --- The tests --------------------------------------------------------------------------------------------------------


def test_every_move_has_a_row():
    """A new move fails here until the table says who makes it."""
    given = {label: set(rows) for label, rows in MAY.items()}
    assert given == {label: {move.name for move in table.transitions} for label, table in LIFECYCLES.items()}


def test_every_row_names_roles_that_there_are():
    named = {role for rows in MAY.values() for roles in rows.values() for role in roles}
    assert named <= {*StaffRole, *MemberRole, WORKER, AUTHOR, SUPERUSER, ONESELF}


def test_moves_of_the_worker_are_open_to_no_person():
    alone = {(label, name) for label, rows in MAY.items() for name, roles in rows.items() if WORKER in roles}
    assert alone == {
        (label, move.name) for label, table in LIFECYCLES.items() for move in table.transitions if not move.permission
    }


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
    asked = defaultdict(list)
    for move in lifecycle.transitions:
        for place, record in world.not_now(label, move):
            asked[place, record].append(move)
    let_in, wrong = [], []
    for person, ((place, record), moves) in product(world.people, asked.items()):
        if not person.user.is_staff and in_admin(person.user, record, lifecycle, moves):
            let_in.append(str(person))
        if not person.user.is_active:
            continue
        person.user.is_staff, was = True, person.user.is_staff
        offered = in_admin(person.user, record, lifecycle, moves)
        person.user.is_staff = was
        wrong += [
            f"{person}: {move.name} {place}"
            for move in moves
            if (move.name in offered) is not person.may(label, move, place)
        ]
    assert (let_in, wrong) == ([], [])


def test_on_behalf_of_an_organization_the_registration_officer_also_sends_and_withdraws(world):
    lifecycle = LIFECYCLES[REGISTRATION]
    record = Registration(organization=world.organizations["here"], office=world.offices["here"], on_behalf=True)
    for person, move in product(world.people, lifecycle.transitions):
        here = person.scope in {"here", "region", "headquarters"}
        own = here and person.role == StaffRole.REGISTRATION_OFFICER and move.name in MAY_ON_BEHALF
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
        (Export, "accounts.view_export"),
        (Organization, "organizations.view_organization"),
        (Registration, "organizations.view_registration"),
        (Document, "organizations.view_document"),
        (Invitation, "organizations.view_invitation"),
        (JoinRequest, "organizations.view_join_request"),
        (Agreement, "partnerships.view_agreement"),
        (PossibleTwin, "organizations.view_twins"),
        (ImportBatch, "organizations.import_data"),
        (Merge, "organizations.view_merges"),
        (Observation, "organizations.view_observation"),
        (Assessment, "organizations.view_assessment"),
        (PlanAction, "organizations.view_plan_action"),
        (SavedSearch, "organizations.view_saved_search"),
        (Tag, "organizations.view_tag"),
    ],
)
def test_what_is_visible_is_what_may_be_viewed(world, model, permission):
    """The query that fetches lists and the rule that is asked of one record agree for every role."""
    everything = list(model.objects.all())
    for person in world.people:
        listed = set(model.objects.visible_to(person.user))
        assert listed == {row for row in everything if person.user.has_perm(permission, row)}, str(person)
