"""Two people at the same moment: one wins, the other is told. PostgreSQL locks rows, SQLite has one writer."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole, StaffRole
from partnerships.actions import create_agreement
from partnerships.models import Agreement
from portal.kit.access import NotNow
from tests.factories.partnerships import AgreementFactory, Cast, in_days, person_at, person_of, sign

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run the jobs in threads that start together; return what each gave back."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            gate.wait(timeout=10)
            results[place] = job()
        except NotNow as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def posting(user, agreement, move, **told):
    client = Client()
    client.force_login(user)
    return lambda: client.post(agreement.transition_url(move), {"version": agreement.version, **told}).status_code


@pytest.mark.parametrize("side", ["unicef", "partner"])
def test_two_people_sign_for_the_same_side(side):
    agreement = AgreementFactory(state="awaiting_signatures")
    people = [
        person_at(agreement.office, StaffRole.HEAD_OF_OFFICE)
        if side == "unicef"
        else person_of(agreement.organization, MemberRole.AUTHORISED_OFFICER)
        for _ in range(2)
    ]
    assert sorted(at_once(*[posting(person, agreement, f"sign_{side}") for person in people])) == [302, 409]
    assert agreement.signatures.filter(side=side).count() == 1


def test_both_sides_sign_at_once():
    """Neither is lost: the one who comes second is asked to look again, and signs."""
    agreement = AgreementFactory(state="awaiting_signatures")
    cast = Cast(agreement)
    at_once(posting(cast.head, agreement, "sign_unicef"), posting(cast.signer, agreement, "sign_partner"))
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert agreement.signatures.count() == 1
    missing = (cast.signer, "sign_partner") if "unicef" in agreement.signed_sides else (cast.head, "sign_unicef")
    assert posting(missing[0], agreement, missing[1])() == 302
    assert agreement.signatures.count() == 2


def test_a_double_click_activates_once():
    agreement = AgreementFactory(state="awaiting_signatures", start=in_days(0), signed=("unicef", "partner"))
    manager, _told = Cast(agreement).manager, Cast(agreement).signer
    assert sorted(at_once(*[posting(manager, agreement, "activate")] * 2)) == [302, 409]
    assert AuditEvent.objects.about(agreement).filter(action="activate").count() == 1
    keys = Notification.objects.values_list("recipient", "key")
    assert len(keys) == len(set(keys)) > 0


def test_r21_two_small_agreements_cannot_pass_the_ceiling_together():
    first = AgreementFactory(kind="ssfa", amount=30_000)
    second = AgreementFactory(kind="ssfa", amount=30_000, office=first.office, organization=first.organization)
    officer = Cast(first).officer
    results = at_once(
        *[lambda one=one: one.lifecycle.perform(one, "submit", by=officer).state for one in (first, second)]
    )
    assert sum(result == "in_review" for result in results) == 1
    (refusal,) = [result for result in results if isinstance(result, NotNow)]
    assert "The ceiling is 50,000" in refusal.reasons[0]


def test_two_drafts_take_two_references():
    model = AgreementFactory()
    officer = Cast(model).officer
    facts = {"organization": model.organization, "office": model.office, "themes": [], "locations": []}
    made = at_once(*[lambda: create_agreement(by=officer, title="T", **facts).reference] * 3)
    assert sorted(reference[-3:] for reference in made) == ["001", "002", "003"]


def test_signing_and_sending_back_at_once():
    """Whoever comes second finds another state or another version; a signature never stays on an open text."""
    agreement = AgreementFactory(state="awaiting_signatures")
    sign(agreement, "unicef")
    cast = Cast(agreement)
    results = at_once(
        posting(cast.signer, agreement, "sign_partner"),
        posting(cast.secretary, agreement, "send_back", reason="A page is missing."),
    )
    assert sorted(results) == [302, 409]
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert (agreement.state, agreement.signatures.count()) in {("awaiting_signatures", 2), ("sent_back", 0)}
