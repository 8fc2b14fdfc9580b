"""Two people do something about one registration in the same moment: one wins, the other is told."""

import threading

import pytest
from django.db import connection

from organizations.actions.registration import save_section
from organizations.lifecycle import RegistrationState as R
from organizations.models import Registration, SectionDraft
from portal.kit.access import NotNow, Stale
from tests.factories.organizations import RegistrationFactory
from tests.organizations.house import make_house

pytestmark = pytest.mark.django_db(transaction=True)


def of(house, **facts):
    """A registration of the house."""
    return RegistrationFactory(
        organization=house.organization, office=house.office, created_by=house.administrator, **facts
    )


def test_two_officers_at_once_decide_once():
    house = make_house()
    submitted = of(house, state=R.SUBMITTED, complete=True)
    start, outcomes = threading.Barrier(2), []

    def decide(name):
        start.wait()
        try:
            Registration.objects.get(pk=submitted.pk).lifecycle.perform(
                submitted, name, by=house.officer, reason="So it is."
            )
            outcomes.append("done")
        except NotNow:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[name]) for name in ("verify", "decline")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]


def test_section_first_saved_by_two_at_once_goes_to_one():
    """Neither saw the other: one is kept, the other is told."""
    house = make_house()
    registration = of(house)
    start, outcomes = threading.Barrier(2), []

    def save(person):
        start.wait()
        try:
            save_section(registration, "people", by=person, data={"phone": [person.name]}, expected_version=0)
            outcomes.append("saved")
        except Stale:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[person]) for person in (house.editor, house.administrator)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert SectionDraft.objects.count() == 1
