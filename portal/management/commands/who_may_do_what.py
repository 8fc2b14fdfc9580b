"""Writes docs/who-may-do-what.md: role × state × move, asked of the rules themselves."""

from django.apps import apps

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from organizations.models import Organization
from portal.kit.lifecycle import LIFECYCLES
from portal.management.generated import GeneratedPage
from programmes.models import CountryOffice, RegionalOffice, StaffAssignment

INVITED, ADDRESS = 100, "invited@example.org"


def cast():
    """Return one person for each role, none of them stored: (name of the role, person)."""
    office = CountryOffice(pk=1, region=RegionalOffice(pk=1))
    people = []
    for role in StaffRole:
        place = {} if role == StaffRole.HQ_EDITOR else {"office": office}
        person = User(pk=len(people) + 1, name=role.label)
        person.posts = [StaffAssignment(role=role, **place)]
        person.roles_by_organization, person.verified_addresses = {}, set()
        people.append((f"{role.label} (UNICEF)", person))
    for role in MemberRole:
        person = User(pk=len(people) + 1, name=role.label)
        person.posts, person.roles_by_organization, person.verified_addresses = [], {1: {role.value}}, set()
        people.append((f"{role.label} (organization)", person))
    invited = User(pk=INVITED, name="Invited")
    invited.posts, invited.roles_by_organization, invited.verified_addresses = [], {}, {ADDRESS}
    people.append(("Whoever is invited or asks to join", invited))
    return people


def stage():
    """Return one record of each kind, of the office and the organization that the cast belongs to; none is stored.

    Where a record names a person whose part no other may take, that is somebody outside the cast.
    """
    office, organization = CountryOffice(pk=1, region=RegionalOffice(pk=1)), Organization(pk=1)
    organization.filled_in_by = organization.offices_concerned = lambda: []
    known = {"office": office, "author_id": 0, "submitted_by_id": 0, "email": ADDRESS, "person_id": INVITED}
    known |= dict.fromkeys(("organization", "first", "second", "kept", "merged"), organization)
    records = {}
    for label in LIFECYCLES:
        model = apps.get_model(label)
        names = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
        records[label] = model(**{name: value for name, value in known.items() if name in names})
    return records


class Command(GeneratedPage):
    help = __doc__
    page = "who-may-do-what.md"

    def lines(self):
        records, people = stage(), cast()
        yield "# Who may do what"
        yield ""
        yield "Written by `manage.py who_may_do_what` from each app's `rules.py` and `lifecycle.py`; change it there."
        yield "Everybody acts only for their own office, region or organization. Whether a move is possible *now* is"
        yield "told by its blockers: see [lifecycles](lifecycles.md). Without a permission, a move is the worker's own."
        yield "\n## Roles\n\n| role | does |\n|---|---|"
        for role in (*StaffRole, *MemberRole):
            yield f"| {role.label} | {role.description} |"
        for label, lifecycle in LIFECYCLES.items():
            states = " | ".join(str(state.label) for state in lifecycle.states)
            yield f"\n## {lifecycle.title}\n\n| role | {states} |"
            yield "|---|" + "---|" * len(lifecycle.states)
            for name, person in people:
                cells = [self.moves(lifecycle, state, person, records[label]) for state in lifecycle.states]
                if any(cells):
                    yield f"| {name} | {' | '.join(cell or '–' for cell in cells)} |"
            yield "\n| move | permission |\n|---|---|"
            for move in lifecycle.transitions:
                yield f"| {move.label} | `{move.permission or 'the worker'}` |"

    @staticmethod
    def moves(lifecycle, state, person, record):
        return ", ".join(
            str(move.label)
            for move in lifecycle.transitions
            if state.value in move.sources and move.permission and person.has_perm(move.permission, record)
        )
