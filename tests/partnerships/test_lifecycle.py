"""The table of an agreement's moves, and the sentences that stand in the way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from partnerships.lifecycle import AGREEMENT, AgreementState, what_it_waits_for
from partnerships.models import Agreement, AgreementKind
from tests.factories.partnerships import AgreementFactory, PartnerFactory, in_days, verify

S = AgreementState
BEGUN = {S.ACTIVE, S.SUSPENDED, S.ENDED, S.TERMINATED}
NOT_BEGUN = set(S) - BEGUN


def against(agreement, name):
    return AGREEMENT.reasons_against(AGREEMENT.transition(name), Agreement.objects.get(pk=agreement.pk))


def moves(source):
    return {move.name: move.target for move in AGREEMENT.transitions if source in move.sources}


# --- The table --------------------------------------------------------------------------------------------------------


def test_r28_nothing_is_signed_that_was_not_approved():
    leads_to = {target: [move.sources for move in AGREEMENT.transitions if move.target == target] for target in S}
    assert leads_to[S.AWAITING_SIGNATURES] == [(S.APPROVED,)]
    assert leads_to[S.APPROVED] == [(S.IN_REVIEW,)]
    assert {move.sources for move in AGREEMENT.transitions if "sign" in move.name and move.target is None} == {
        (S.AWAITING_SIGNATURES,)
    }


def test_r30_cancelled_only_before_it_begins_and_with_a_reason():
    cancel = AGREEMENT.transition("cancel")
    assert set(cancel.sources) == NOT_BEGUN - {S.CANCELLED}
    assert cancel.reason == "required"


def test_r31_suspending_terminating_and_activating_are_the_managers():
    for name in ("suspend", "resume", "terminate", "activate", "end"):
        assert AGREEMENT.transition(name).permission == "partnerships.manage_agreement"
    for name in ("suspend", "resume", "terminate"):
        assert AGREEMENT.transition(name).reason == "required"


def test_r33_what_has_begun_never_returns_to_draft_or_cancelled():
    for state in BEGUN:
        assert set(moves(state).values()) <= BEGUN


@pytest.mark.parametrize("state", [S.ENDED, S.TERMINATED, S.CANCELLED])
def test_nothing_leaves_the_end(state):
    assert moves(state) == {}


def test_r27_the_text_is_open_with_its_author_alone():
    assert {state.value for state in AGREEMENT.states if "title" in state.editable} == {S.DRAFT, S.SENT_BACK}


# --- Verified, complete, within its money -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "state"), [("submit", S.DRAFT), ("approve", S.IN_REVIEW), ("resume", S.SUSPENDED)])
def test_partner_is_verified_by_this_office(name, state):
    agreement = AgreementFactory(state=state)
    assert against(agreement, name) == []
    stranger = AgreementFactory(state=state, organization=PartnerFactory())
    verify(stranger.organization, agreement.office)  # another office's word does not count
    assert against(stranger, name) == [
        f"{stranger.organization} is not verified by UNICEF {stranger.office}. Its registration comes first."
    ]


@pytest.mark.django_db
def test_partner_is_verified_until_the_last_day_only():
    agreement = AgreementFactory(organization=PartnerFactory())
    registration = verify(agreement.organization, agreement.office, until=in_days(0))
    assert against(agreement, "submit") == []
    registration.valid_until = in_days(-1)
    registration.save()
    assert len(against(agreement, "submit")) == 1


@pytest.mark.django_db
def test_facts_are_complete_names_every_gap():
    agreement = AgreementFactory(start=None, end=None, amount=None, themes=[])
    assert against(agreement, "submit") == ["Fill in first: start, end, amount, themes."]


@pytest.mark.django_db
def test_a_memorandum_needs_no_amount_and_takes_none():
    assert against(AgreementFactory(kind=AgreementKind.MOU, amount=None), "submit") == []
    assert "moves no money" in against(AgreementFactory(kind=AgreementKind.MOU, amount=5), "submit")[0]


def small_scale(partner_of=None, **facts):
    where = {"office": partner_of.office, "organization": partner_of.organization} if partner_of else {}
    return AgreementFactory(kind=AgreementKind.SSFA, **where, **facts)


@pytest.mark.django_db
@pytest.mark.parametrize(("amount", "fits"), [("50000.00", True), ("50000.01", False)])
def test_r21_one_small_scale_agreement(amount, fits):
    assert (against(small_scale(amount=Decimal(amount)), "submit") == []) is fits


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "counts"),
    [(state, state not in (S.DRAFT, S.SENT_BACK, S.CANCELLED)) for state in S],
)
def test_r21_counts_what_has_been_promised(state, counts):
    first = small_scale(state=state, amount=30_000)
    second = small_scale(first, amount=30_000)
    assert bool(against(second, "submit")) is counts


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "counts"), [(-365, False), (-364, True), (0, True), (364, True), (365, False)])
def test_r21_looks_twelve_months_both_ways(days, counts):
    first = small_scale(state=S.ACTIVE, amount=30_000)
    second = small_scale(first, amount=30_000, start=first.start + timedelta(days=days), end=in_days(2000))
    assert bool(against(second, "submit")) is counts


@pytest.mark.django_db
def test_r21_no_twelve_months_hold_all_three():
    """One ten months before and one ten months after: each pair is within a year, the three are not."""
    middle = small_scale(amount=20_000, start=date(2026, 6, 1), end=date(2028, 1, 1))
    for start in (date(2025, 8, 1), date(2027, 4, 1)):
        small_scale(middle, state=S.ACTIVE, amount=20_000, start=start, end=date(2028, 1, 1))
    assert against(middle, "submit") == []


@pytest.mark.django_db
def test_r21_other_partners_and_kinds_do_not_count():
    ours = small_scale(amount=30_000)
    small_scale(state=S.ACTIVE, amount=30_000, office=ours.office)
    AgreementFactory(state=S.ACTIVE, amount=30_000, office=ours.office, organization=ours.organization)
    assert against(ours, "submit") == []


@pytest.mark.django_db
def test_r21_is_reckoned_in_dollars():
    assert against(small_scale(currency="EUR"), "submit") == [
        "Give the amount of a small-scale funding agreement in US dollars."
    ]


# --- Signing, beginning, ending ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "possible"), [(-1, False), (0, True), (30, True)])
def test_r22_nothing_starts_before_both_have_signed(days, possible):
    agreement = AgreementFactory(state=S.AWAITING_SIGNATURES, start=in_days(days))
    for name in ("sign_unicef", "sign_partner"):
        assert (against(agreement, name) == []) is possible


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("signed", "refused"),
    [
        ((), {"activate", "terminate"}),
        (("unicef",), {"activate", "terminate", "sign_unicef", "record_signatures"}),
        (("partner",), {"activate", "terminate", "sign_partner", "record_signatures"}),
        (
            ("unicef", "partner"),
            {"sign_unicef", "sign_partner", "record_signatures", "send_back", "return_unsigned", "cancel"},
        ),
    ],
)
def test_signatures_open_and_close_moves(signed, refused):
    agreement = AgreementFactory(state=S.AWAITING_SIGNATURES, start=in_days(0), signed=signed)
    assert {name for name in moves(S.AWAITING_SIGNATURES) if against(agreement, name)} == refused


@pytest.mark.django_db
def test_activates_on_the_first_day_and_ends_after_the_last():
    signed = {"state": S.AWAITING_SIGNATURES, "signed": ("unicef", "partner")}
    assert against(AgreementFactory(start=in_days(0), **signed), "activate") == []
    assert "The start date is" in against(AgreementFactory(start=in_days(1), **signed), "activate")[0]
    assert against(AgreementFactory(state=S.ACTIVE, start=in_days(-9), end=in_days(-1)), "end") == []
    assert "runs until" in against(AgreementFactory(state=S.ACTIVE, start=in_days(-9), end=in_days(0)), "end")[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "signed", "words"),
    [
        (S.DRAFT, (), "the office to complete it and send it to review"),
        (S.IN_REVIEW, (), "the head of office to decide"),
        (S.AWAITING_SIGNATURES, (), "both signatures"),
        (S.AWAITING_SIGNATURES, ("unicef",), "the partner’s signature"),
        (S.AWAITING_SIGNATURES, ("partner",), "UNICEF’s signature"),
        (S.ACTIVE, (), ""),
        (S.CANCELLED, (), ""),
    ],
)
def test_what_it_waits_for(state, signed, words):
    assert what_it_waits_for(AgreementFactory(state=state, signed=signed)) == words


@pytest.mark.django_db
def test_what_it_waits_for_once_both_have_signed():
    signed = {"state": S.AWAITING_SIGNATURES, "signed": ("unicef", "partner")}
    assert "the start date" in what_it_waits_for(AgreementFactory(start=in_days(3), **signed))
    assert "to activate" in what_it_waits_for(AgreementFactory(start=in_days(0), **signed))
