"""Who signs in: staff of every office, and the people of the organizations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import Notification, User
from accounts.roles import MemberRole, StaffRole
from benchmarks.make.loader import write
from benchmarks.make.world import World
from organizations.models import Invitation, JoinRequest, Membership, PassportLink
from organizations.models.organization import PartnerType
from programmes.models import StaffAssignment

ADMINISTRATOR, HEADQUARTERS, SEEKER = 1, 2, 3
"""The keys of the administrator, of an editor at headquarters, and of a person without a role."""

FIRST_STAFF = 10
OFFICE_ROLES = (
    (StaffRole.REGISTRATION_OFFICER, StaffRole.PROGRAMME_OFFICER),
    (StaffRole.PARTNERSHIP_MANAGER,),
    (StaffRole.HEAD_OF_OFFICE,),
)
"""The posts of the three people at each office."""

FIRST_MEMBER = 10_000


def staff(office: int, number: int = 0) -> int:
    """The key of one of the three people at an office, by its index; the first registers and looks for partners."""
    return FIRST_STAFF + office * len(OFFICE_ROLES) + number


def make(world: World) -> None:
    _decide_members(world)
    write(User, ("id", "name", "email", "password", "is_superuser", "is_staff", "date_joined"), _users(world))
    write(EmailAddress, ("user_id", "email", "verified", "primary"), _addresses(world))
    posts = [(HEADQUARTERS, StaffRole.HQ_EDITOR.value, None)]
    posts += [
        (staff(office, number), role.value, world.office(office))
        for office in range(len(world.offices))
        for number, roles in enumerate(OFFICE_ROLES)
        for role in roles
    ]
    write(StaffAssignment, ("user_id", "role", "office_id"), posts)
    write(Membership, ("organization_id", "user_id", "role"), _memberships(world))
    _links(world)
    write(Invitation, ("organization_id", "email", "role", "state", "invited_by_id", "lapses_at"), _invitations(world))
    write(JoinRequest, ("organization_id", "person_id", "role", "state", "called"), _requests(world))
    write(Notification, ("recipient_id", "key", "subject", "body", "sent_at", "created_at"), _messages(world))


def _decide_members(world: World) -> None:
    rng = world.rng("people")
    for pk in range(1, world.size + 1):
        if world.kind[pk - 1] == PartnerType.CSO and rng.random() < 0.6:
            world.member[pk - 1] = FIRST_MEMBER + pk


def _users(world: World) -> Iterator[tuple[Any, ...]]:
    joined = world.days_ago(400)
    yield ADMINISTRATOR, "Administrator", _address(ADMINISTRATOR), "!", True, True, joined
    yield HEADQUARTERS, "Headquarters", _address(HEADQUARTERS), "!", False, False, joined
    yield SEEKER, "New person", _address(SEEKER), "!", False, False, joined
    for office in range(len(world.offices)):
        words = world.language_of[office]
        for number in range(len(OFFICE_ROLES)):
            key = staff(office, number)
            yield key, words.person(), _address(key), "!", False, False, joined
    for pk, key in enumerate(world.member, start=1):
        if key:
            yield key, world.language_of[world.country[pk - 1]].person(), _address(key), "!", False, False, joined


def _address(key: int) -> str:
    return f"person{key}@bench.example"


def _addresses(world: World) -> Iterator[tuple[Any, ...]]:
    keys = [ADMINISTRATOR, HEADQUARTERS, SEEKER, *(staff(office) for office in range(len(world.offices)))]
    yield from ((key, _address(key), True, True) for key in [*keys, *filter(None, world.member)])


def _memberships(world: World) -> Iterator[tuple[Any, ...]]:
    for pk, key in enumerate(world.member, start=1):
        if key:
            yield pk, key, MemberRole.ADMINISTRATOR.value
            if pk % 3 == 0:
                yield pk, key, MemberRole.AUTHORISED_OFFICER.value
            if pk % 7 == 0 and (other := world.member[pk // 2]):
                yield pk, other, MemberRole.EDITOR.value


def _invitations(world: World) -> Iterator[tuple[Any, ...]]:
    states = ("sent", "accepted", "declined", "withdrawn", "expired")
    for pk, key in enumerate(world.member, start=1):
        if key and (pk % 10 == 0 or key == measured_member(world)):
            yield pk, f"invited{pk}@bench.example", "editor", states[pk // 10 % 5], key, world.days_ago(-10)


def _requests(world: World) -> Iterator[tuple[Any, ...]]:
    states = ("sent", "accepted", "declined", "withdrawn")
    for pk, key in enumerate(world.member, start=1):
        if key and (pk % 20 == 0 or key == measured_member(world)):
            yield pk, SEEKER if pk % 3 else HEADQUARTERS, "editor", states[pk // 20 % 4], world.names[pk - 1]


def _messages(world: World) -> Iterator[tuple[Any, ...]]:
    for pk, key in enumerate(world.member, start=1):
        if key and pk % 2:
            at = world.days_ago(pk % 300)
            yield key, f"verified-{pk}", "Your registration", "It has been verified.", at, at


def secret_of(pk: int) -> str:
    """The secret of the link to the passport of the organization ``pk``."""
    return f"bench-{pk}"


def linked(world: World) -> Iterable[int]:
    """The organizations that show their passport by a link."""
    return range(10, world.size + 1, 50)


def _links(world: World) -> None:
    rows = (
        (pk, f"Donor {pk}", PassportLink.digest_of(secret_of(pk)), ADMINISTRATOR, world.days_ago(-30))
        for pk in linked(world)
    )
    write(PassportLink, ("organization_id", "label", "digest", "created_by_id", "expires_at"), rows)


def measured_member(world: World) -> int:
    """The key of the person whose pages are measured as those of an organization's own people."""
    found = vars(world).get("_member")
    if found is None:
        verified = (
            world.member[pk - 1]
            for pk, office, state in world.registered
            if office == 0 and state == "verified" and world.member[pk - 1] and pk % 10 == 0
        )
        found = vars(world)["_member"] = next(verified, next(filter(None, world.member)))
    return found
