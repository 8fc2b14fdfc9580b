"""What happens to documents, who may, what is kept, and when somebody is reminded."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.actions import OFFICE
from accounts.models import AuditEvent, Notification
from organizations.actions.document import (
    add_document,
    change_document,
    remind_of_expiry,
    replace_document,
    withdraw_document,
)
from organizations.lifecycle import DocumentState
from organizations.models import Document
from organizations.models.document import certificate_problem
from organizations.models.organization import LegalStatus
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.organizations import DocumentFactory, RegistrationFactory
from tests.files import pdf, upload

FACTS = {"issuer": "Ministry of Justice", "number": "4711", "issued_on": date(2024, 3, 1)}


def add(house, by=None, text="Certificate", **told):
    given = {"kind": "certificate", "title": "Certificate", **FACTS, **told}
    return add_document(
        house.organization, by=by or house.editor, file=upload(pdf(text), "certificate 2024.pdf"), **given
    )


def content(version):
    with version.file.open() as stored:
        return stored.read()


def test_add_keeps_the_file_under_a_name_that_tells_nothing(house):
    document = add(house)
    version = document.latest
    assert (version.number, version.file_name, version.media_type) == (1, "certificate 2024.pdf", "application/pdf")
    assert content(version) == pdf()
    folder, start, name = version.file.name.split("/")
    assert (folder, len(name), name.startswith(start), "." in name) == ("documents", 32, True, False)
    [event] = AuditEvent.objects.about(document)
    assert (event.action, event.actor) == ("document_added", house.editor)


@pytest.mark.parametrize("who", ["reader", "stranger", "nobody", "staff_viewer"])
def test_add_is_refused_to_whoever_does_not_edit(house, who):
    with pytest.raises(NotAllowed):
        add(house, by=getattr(house, who))
    assert not Document.objects.exists()


def test_add_twice_is_one_document(house):
    assert add(house) == add(house)
    assert Document.objects.get().versions.count() == 1


def test_add_of_a_known_file_with_other_facts_says_where_it_is(house):
    add(house)
    with pytest.raises(ValidationError) as refused:
        add(house, number="4712")
    assert refused.value.message_dict == {
        "file": ["This file is on record already, as “Certificate”. Correct it there."]
    }


def test_add_of_a_hostile_file_writes_nothing(house):
    with pytest.raises(ValidationError) as refused:
        add_document(house.organization, by=house.editor, kind="other", title="T", file=upload(b"<html>", "a.pdf"))
    assert list(refused.value.message_dict) == ["file"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("kind", "told", "wrong"),
    [
        ("certificate", {"issuer": "", "number": "", "issued_on": None}, {"issuer", "number", "issued_on"}),
        ("referee_letter", {"issuer": ""}, {"issuer"}),
        ("certificate", {"issued_on": date(2999, 1, 1)}, {"issued_on"}),
        ("certificate", {"expires_on": date(2023, 1, 1)}, {"__all__"}),
        ("nonsense", {}, {"kind"}),
    ],
)
def test_add_asks_for_what_a_kind_must_say(house, kind, told, wrong):
    with pytest.raises(ValidationError) as refused:
        add(house, kind=kind, **told)
    assert set(refused.value.message_dict) == wrong


def test_staff_put_documents_on_record_that_only_staff_change(house):
    document = add(house, by=house.officer)
    assert document.from_office
    with pytest.raises(NotAllowed):
        change_document(document, by=house.administrator, title="Ours")
    assert change_document(document, by=house.officer, title="Checked copy").title == "Checked copy"


def test_office_only_document_is_for_staff_alone(house):
    document = add(house, by=house.officer, audience=OFFICE)
    assert list(Document.objects.visible_to(house.staff_viewer)) == [document]
    assert not Document.objects.visible_to(house.administrator).exists()
    with pytest.raises(ValidationError, match="Only UNICEF staff"):
        add(house, audience=OFFICE, text="Another")


def test_officer_who_registers_on_behalf_adds_in_the_name_of_the_organization(house):
    RegistrationFactory(organization=house.organization, office=house.office, on_behalf=True)
    assert not add(house, by=house.officer).from_office


def test_replace_keeps_the_old_file_readable(house):
    document = add(house)
    renewed = replace_document(
        document, by=house.administrator, file=upload(pdf("Renewed"), "new.pdf"), issued_on=date(2025, 3, 1)
    )
    assert renewed.issued_on == date(2025, 3, 1)
    assert [(row.number, content(row)) for row in renewed.versions.all()] == [(2, pdf("Renewed")), (1, pdf())]


def test_replace_by_the_same_file_changes_nothing(house):
    document = add(house)
    replace_document(document, by=house.editor, file=upload(pdf(), "again.pdf"))
    assert document.versions.count() == 1
    assert AuditEvent.objects.about(document).count() == 1


def test_withdrawn_document_stays_and_is_neither_replaced_nor_corrected(house):
    document = withdraw_document(add(house), by=house.editor, reason="It was another organization’s.")
    assert document.state == DocumentState.WITHDRAWN
    with pytest.raises(NotNow):
        replace_document(document, by=house.editor, file=upload(pdf("New"), "new.pdf"))
    with pytest.raises(NotNow):
        change_document(document, by=house.editor, title="T")
    assert content(document.latest) == pdf()
    assert add(house) != document  # the same file may be put on record anew


def test_change_overtaken_by_a_colleague_is_refused(house):
    document = add(house)
    change_document(document, by=house.editor, title="First", expected_version=1)
    with pytest.raises(Stale):
        change_document(document, by=house.administrator, title="Second", expected_version=1)


# --- Expiry -----------------------------------------------------------------------------------------------------------


def test_reminders_go_to_administrators_once_at_each_step(house, time_machine):
    document = DocumentFactory(organization=house.organization, expires_on=timezone.localdate() + timedelta(days=90))
    told = []
    for day in range(100):
        time_machine.move_to(document.created_at + timedelta(days=day), tick=False)
        told += [90 - day] * remind_of_expiry()
        assert remind_of_expiry() == 0
    assert told == [60, 30, 7, 0]
    messages = Notification.objects.order_by("pk")
    assert {message.recipient for message in messages} == {house.administrator}
    assert messages[0].subject.startswith("The registration certificate of Hope for Children is valid until")


@pytest.mark.parametrize(("days", "told"), [(61, 0), (45, 1), (-3, 1), (-8, 0)])
def test_reminder_that_a_worker_missed_is_caught_up_with_once(house, days, told):
    DocumentFactory(organization=house.organization, expires_on=timezone.localdate() + timedelta(days=days))
    assert remind_of_expiry() == told


@pytest.mark.parametrize("changes", [{"state": "withdrawn"}, {"kind": "audit"}])
def test_reminders_leave_out_what_does_not_count(house, changes):
    DocumentFactory(organization=house.organization, expires_on=timezone.localdate(), **changes)
    assert remind_of_expiry() == 0


def test_certificate_problem_is_for_the_formally_registered(house):
    organization = house.organization
    assert certificate_problem(organization) == ""
    organization.legal_status = LegalStatus.FORMAL
    assert certificate_problem(organization) == "There is no registration certificate on record."
    old = DocumentFactory(organization=organization, expires_on=timezone.localdate() - timedelta(days=1))
    assert certificate_problem(organization).startswith("The registration certificate expired on")
    replace_with = timezone.localdate()
    Document.objects.filter(pk=old.pk).update(expires_on=replace_with)
    assert certificate_problem(organization) == ""


def test_R_04_verify_waits_for_a_certificate_that_has_not_expired(house):
    registration = RegistrationFactory(
        organization=house.organization, office=house.office, state="submitted", complete=True
    )
    house.organization.legal_status = LegalStatus.FORMAL
    house.organization.save()
    document = DocumentFactory(
        organization=house.organization, expires_on=date(2020, 1, 31), issued_on=date(2019, 1, 1)
    )
    with pytest.raises(NotNow, match=r"expired on 31 Jan 2020\. A renewed one is needed"):
        registration.lifecycle.perform(registration, "verify", by=house.officer)
    Document.objects.filter(pk=document.pk).update(expires_on=None)
    assert registration.lifecycle.perform(registration, "verify", by=house.officer).holds
