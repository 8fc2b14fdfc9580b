"""What a red flag locks between an office and a partner: R-07 with R-08."""

import pytest

from organizations.models.standing import blocks
from organizations.search import reindex_all
from partnerships.actions import create_agreement, move_by_the_calendar
from partnerships.lifecycle import AGREEMENT, AgreementState
from partnerships.models import Agreement
from portal.kit.access import NotNow
from tests.factories.organizations import ObservationFactory
from tests.factories.partnerships import AgreementFactory, Cast, PartnerFactory, in_days, verify

pytestmark = pytest.mark.django_db
S = AgreementState

# R-07 names signing, activating, suspending, ending and selecting; resuming is activating again. What gives an
# agreement up stays possible.
LOCKED = {"sign_unicef", "sign_partner", "record_signatures", "activate", "suspend", "resume", "end"}
SELECTION = {"submit", "approve", "open_for_signature"}
FREE = {"send_back", "return_unsigned", "terminate", "cancel"}


def against(agreement, move):
    return AGREEMENT.reasons_against(move, Agreement.objects.get(pk=agreement.pk))


@pytest.mark.parametrize("is_inherited", [False, True])
@pytest.mark.parametrize("move", AGREEMENT.transitions, ids=lambda move: move.name)
def test_r07_a_blocked_partner_s_agreement_can_only_be_given_up(move, is_inherited):
    agreement = AgreementFactory(state=move.sources[0])
    holder = agreement.organization
    if is_inherited:
        holder.headquarters = PartnerFactory()
        holder.save()
        holder = holder.headquarters
    ObservationFactory(organization=holder, state="red")
    is_locked = blocks(agreement.organization)[0] in against(agreement, move)
    assert is_locked is (move.name in LOCKED | SELECTION)
    assert (move.name in FREE) is not is_locked


@pytest.mark.parametrize("state", ["yellow", "escalated", "lifted"])
def test_r07_only_red_locks(state):
    agreement = AgreementFactory()
    ObservationFactory(organization=agreement.organization, state=state)
    assert against(agreement, AGREEMENT.transition("submit")) == []


def test_r07_no_agreement_is_started_with_a_blocked_partner():
    agreement = AgreementFactory()
    ObservationFactory(organization=agreement.organization, state="red")
    told = {"organization": agreement.organization, "office": agreement.office, "themes": [], "locations": []}
    with pytest.raises(NotNow, match="on hold"):
        create_agreement(by=Cast(agreement).officer, title="Another", **told)


def test_r07_the_calendar_neither_activates_nor_ends():
    due = AgreementFactory(state=S.AWAITING_SIGNATURES, start=in_days(0), signed=["unicef", "partner"])
    over = AgreementFactory(state=S.ACTIVE, start=in_days(-30), end=in_days(-1))
    for agreement in (due, over):
        ObservationFactory(organization=agreement.organization, state="red")
    assert move_by_the_calendar() == 0


def test_r07_a_blocked_partner_is_shown_with_the_reason_and_cannot_be_chosen(client):
    agreement = AgreementFactory()
    ObservationFactory(organization=agreement.organization, state="red")
    verify(PartnerFactory(), agreement.office)
    client.force_login(Cast(agreement).officer)
    reindex_all()
    found = client.get("/agreements/new/")
    assert found.context["blocked"] == {agreement.organization.pk}
    assert found.content.count(b"has put the cooperation on hold") == 1
    assert found.content.count(b"Draft for UNICEF") == 1
    assert client.get(f"/agreements/new/?organization={agreement.organization.pk}").status_code == 409


def test_staff_see_the_mark_on_an_agreement_and_nobody_else(client):
    agreement = AgreementFactory(state=S.ACTIVE)
    ObservationFactory(organization=agreement.organization, state="red")
    cast = Cast(agreement)
    for person, sees in [(cast.viewer, True), (cast.other_head, True), (cast.partner_admin, False), (None, False)]:
        client.logout()
        if person:
            client.force_login(person)
        assert (b"Red flag" in client.get(agreement.get_absolute_url()).content) is sees, person
