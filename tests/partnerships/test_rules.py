"""Who may what with agreements: every permission asked of everybody around one agreement."""

import pytest
import rules

from accounts.roles import MemberRole
from partnerships.lifecycle import AgreementState
from partnerships.models import Agreement
from tests.factories.organizations import MembershipFactory
from tests.factories.partnerships import AgreementFactory, Cast, PartnerFactory
from tests.factories.programmes import ThemeFactory

OFFICE = {"officer", "manager", "head", "secretary", "reviewer", "viewer", "registrar", "region_manager", "hq_editor"}
PARTNER = {"signer", "partner_admin", "partner_editor", "partner_viewer"}
ALWAYS = {"superuser"}  # passes every permission; what the state forbids, it cannot do either
DRAFTING = {"officer", "manager", "region_manager"}
MANAGING = {"manager", "region_manager"}

MAY = {
    "partnerships.view_agreement": OFFICE | PARTNER,
    "partnerships.comment_agreement": OFFICE | PARTNER,
    "partnerships.add_agreement": DRAFTING,
    "partnerships.change_agreement": DRAFTING,
    "partnerships.submit_agreement": DRAFTING,
    "partnerships.cancel_agreement": DRAFTING,
    "partnerships.approve_agreement": {"head"},
    "partnerships.send_back_agreement": {"head", "secretary"} | MANAGING,
    "partnerships.manage_agreement": MANAGING,
    "partnerships.sign_agreement_for_unicef": {"head"},
    "partnerships.sign_agreement_for_partner": {"signer"},
}


@pytest.fixture
def agreement(db):
    return AgreementFactory()


@pytest.fixture
def cast(agreement):
    return Cast(agreement)


@pytest.mark.parametrize("permission", MAY)
def test_who_may(cast, agreement, permission):
    allowed = {name for name, person in cast.everybody().items() if person.has_perm(permission, agreement)}
    assert allowed == MAY[permission] | ALWAYS


def test_every_permission_of_agreements_is_asked_here():
    registered = {name for name in rules.permissions.permissions if name.startswith("partnerships.")}
    assert registered == MAY.keys() | {"partnerships.start_agreement"}


def test_who_may_start_one_somewhere(cast):
    allowed = {name for name, person in cast.everybody().items() if person.has_perm("partnerships.start_agreement")}
    assert allowed == DRAFTING | {"other_manager", "other_region"} | ALWAYS


def test_somebody_who_left_may_nothing(cast, agreement):
    cast.head.is_active = False
    assert not any(cast.head.has_perm(permission, agreement) for permission in MAY)


def test_nobody_signs_for_both_sides(cast, agreement):
    MembershipFactory(organization=agreement.organization, user=cast.head, role=MemberRole.AUTHORISED_OFFICER)
    sides = ("unicef", "partner")
    may = [side for side in sides if cast.head.has_perm(f"partnerships.sign_agreement_for_{side}", agreement)]
    assert may == ["unicef"]


@pytest.mark.parametrize("state", AgreementState.values)
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("sensitive", [True, False])
def test_what_is_seen_is_what_may_be_viewed(db, state, listed, sensitive):
    themes = [ThemeFactory(), ThemeFactory(is_sensitive=sensitive)]
    agreement = AgreementFactory(state=state, organization=PartnerFactory(listed=listed), themes=themes)
    for name, person in Cast(agreement).everybody().items():
        sees = Agreement.objects.visible_to(person).filter(pk=agreement.pk).exists()
        assert (name, sees) == (name, person.has_perm("partnerships.view_agreement", agreement))


@pytest.mark.parametrize("state", AgreementState.values)
def test_everybody_reads_what_runs_or_ran_with_a_partner_that_is_listed(db, state):
    agreement = AgreementFactory(state=state)
    public = Agreement.objects.visible_to(Cast(agreement).anonymous)
    assert public.exists() is (state in ("active", "ended"))


def test_an_agreement_on_a_sensitive_theme_is_read_by_its_two_sides_and_unicef_alone(db):
    agreement = AgreementFactory(state="active", themes=[ThemeFactory(is_sensitive=True)])
    people = Cast(agreement).everybody()
    readers = {name for name, person in people.items() if Agreement.objects.visible_to(person).exists()}
    assert set(people) - readers == {"other_signer", "stranger", "anonymous"}


def test_whose_turn_it_is(db):
    """Each state's marker falls on those whose move it waits for, and on nobody else."""
    turns = {
        ("draft", ()): DRAFTING,
        ("in_review", ()): {"head"},
        ("sent_back", ()): DRAFTING,
        ("approved", ()): MANAGING,
        ("awaiting_signatures", ()): {"head", "signer"},
        ("awaiting_signatures", ("unicef",)): {"signer"},
        ("awaiting_signatures", ("partner",)): {"head"},
        ("awaiting_signatures", ("unicef", "partner")): set(),
        ("active", ()): set(),
        ("suspended", ()): MANAGING,
        ("ended", ()): set(),
        ("terminated", ()): set(),
        ("cancelled", ()): set(),
    }
    first = AgreementFactory()
    cast = Cast(first)
    for (state, signed), people in turns.items():
        agreement = AgreementFactory(
            state=state, signed=signed, office=first.office, organization=first.organization, themes=[]
        )
        marked = {
            name
            for name, person in cast.everybody().items()
            if Agreement.objects.marked_for(person).get(pk=agreement.pk).waits_for_reader
        }
        assert (state, signed, marked) == (state, signed, people)
