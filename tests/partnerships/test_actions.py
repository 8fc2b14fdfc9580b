"""What happens to agreements: the journey, references, signatures, the calendar, messages, races."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEvent, Notification
from partnerships import actions
from partnerships.models import Agreement
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.partnerships import AgreementFactory, Cast, PartnerFactory, in_days, put, sign, verify
from tests.factories.programmes import CountryOfficeFactory, PlaceFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(agreement):
    """All of them are there, so that a message that reaches too many is seen."""
    cast = Cast(agreement)
    cast.everybody()
    return cast


def told_about(agreement):
    """Who has a message waiting about the agreement."""
    messages = Notification.objects.filter(key__startswith=f"agreement:{agreement.pk}:")
    return sorted(messages.values_list("recipient__name", flat=True))


# --- Drafting ---------------------------------------------------------------------------------------------------------


def draft(by, office, organization, **facts):
    told = {"kind": "pca", "title": "Learning", "themes": [], "locations": [], **facts}
    return actions.create_agreement(by=by, office=office, organization=organization, **told)


def test_create_takes_the_next_reference_of_office_kind_and_year(cast, agreement):
    office, partner = agreement.office, agreement.organization
    with time_machine.travel(datetime(2026, 12, 31, 12, tzinfo=UTC), tick=False):
        made = [draft(cast.officer, office, partner, kind=kind) for kind in ("pca", "pca", "ssfa", "mou")]
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=UTC), tick=False):
        made.append(draft(cast.officer, office, partner))
    assert [one.reference.removeprefix(office.sign) for one in made] == [
        "/PCA2026001",
        "/PCA2026002",
        "/SSFA2026001",
        "/MOU2026001",
        "/PCA2027001",
    ]


def test_create_is_refused_without_verification_by_this_office(cast, agreement):
    unknown = PartnerFactory(verified_by=CountryOfficeFactory())
    with pytest.raises(NotNow, match="is not verified by"):
        draft(cast.officer, agreement.office, unknown)


def test_create_is_refused_after_the_verification_has_lapsed(cast, agreement):
    lapsed = PartnerFactory()
    verify(lapsed, agreement.office, until=in_days(-1))
    with pytest.raises(NotNow):
        draft(cast.officer, agreement.office, lapsed)


@pytest.mark.parametrize("who", ["head", "viewer", "other_manager", "signer", "partner_admin", "stranger"])
def test_create_is_for_those_who_draft_at_this_office(cast, agreement, who):
    with pytest.raises(NotAllowed):
        draft(getattr(cast, who), agreement.office, agreement.organization)


def test_places_lie_in_a_country_of_the_office(cast, agreement):
    ours = PlaceFactory(parent=agreement.office.countries.get())
    made = draft(cast.officer, agreement.office, agreement.organization, locations=[ours])
    assert list(made.locations.all()) == [ours]
    with pytest.raises(ValidationError, match="does not work in"):
        draft(cast.officer, agreement.office, agreement.organization, locations=[PlaceFactory()])
    with pytest.raises(ValidationError, match="does not work in"):
        actions.change_agreement(made, by=cast.officer, locations=[PlaceFactory()])
    assert list(made.locations.all()) == [ours]


@pytest.mark.parametrize(
    "facts",
    [
        {"start": date(2027, 2, 1), "end": date(2027, 1, 31)},
        {"amount": -1},
        {"currency": "XYZ"},
        {"currency": "ZRN"},  # Zaire's money is no longer in use
        {"kind": "loan"},
        {"title": ""},
    ],
)
def test_facts_that_cannot_be_are_refused(cast, agreement, facts):
    with pytest.raises(ValidationError):
        draft(cast.officer, agreement.office, agreement.organization, **facts)
    with pytest.raises(ValidationError):
        actions.change_agreement(agreement, by=cast.officer, **{"end": None, **facts})


def test_change_records_what_changed_with_themes(cast, agreement):
    before, after = agreement.themes.get(), ThemeFactory()
    actions.change_agreement(agreement, by=cast.officer, title="Better", themes=[after])
    event = AuditEvent.objects.about(agreement).first()
    assert event.changes == {"title": [agreement.title, "Better"], "themes": [[before.name], [after.name]]}


def test_another_kind_takes_another_reference(cast, agreement):
    changed = actions.change_agreement(agreement, by=cast.officer, kind="mou", amount=None)
    assert changed.reference.startswith(f"{agreement.office.sign}/MOU")
    kept = actions.change_agreement(changed, by=cast.officer, kind="mou", title="Same kind")
    assert kept.reference == changed.reference


@pytest.mark.parametrize("state", ["in_review", "approved", "awaiting_signatures", "active", "cancelled"])
def test_r27_the_text_is_closed_while_others_read_or_sign_it(cast, agreement, state):
    with pytest.raises(NotNow):
        actions.change_agreement(put(agreement, state), by=cast.officer, title="Other")


def test_two_people_edit_and_the_second_is_told(cast, agreement):
    actions.change_agreement(agreement, by=cast.officer, title="First", expected_version=1)
    with pytest.raises(Stale):
        actions.change_agreement(agreement, by=cast.manager, title="Second", expected_version=1)


# --- The journey ------------------------------------------------------------------------------------------------------


def test_from_draft_to_ended(cast, agreement):
    """Five people carry it through; each step tells the next, and nobody is told of their own."""
    agreement.created_by = cast.officer
    agreement.save()
    start = timezone.now()
    steps = [
        (0, "submit", cast.officer, ["Head of office", "Review secretary", "Reviewer"]),
        (4, "approve", cast.head, ["Partnership manager", "Programme officer"]),
        (5, "open_for_signature", cast.manager, ["Authorised officer", "Head of office"]),
        (6, "sign_unicef", cast.head, ["Authorised officer", "Partnership manager"]),
        (9, "sign_partner", cast.signer, ["Partnership manager"]),
        (30, "activate", cast.manager, ["Administrator", "Authorised officer", "Programme officer"]),
        (400, "end", None, ["Administrator", "Authorised officer", "Partnership manager", "Programme officer"]),
    ]
    for days, name, by, people in steps:
        Notification.objects.all().delete()
        with time_machine.travel(start + timedelta(days=days), tick=False):
            agreement = agreement.lifecycle.perform(agreement, name, by=by)
        assert (name, told_about(agreement)) == (name, people)
    assert agreement.state == "ended"
    events = AuditEvent.objects.about(agreement).values_list("action", "from_state", "to_state")
    assert list(events)[:2] == [("end", "active", "ended"), ("activate", "awaiting_signatures", "active")]
    assert [(one.side, one.signatory) for one in agreement.signatures.all()] == [
        ("unicef", "Head of office"),
        ("partner", "Authorised officer"),
    ]


@pytest.mark.parametrize(
    ("state", "name", "by", "people"),
    [
        ("in_review", "send_back", "head", ["Partnership manager"]),
        (
            "awaiting_signatures",
            "send_back",
            "secretary",
            ["Authorised officer", "Head of office", "Partnership manager"],
        ),
        ("awaiting_signatures", "return_unsigned", "signer", ["Head of office", "Partnership manager"]),
        ("active", "suspend", "manager", ["Administrator", "Authorised officer"]),
        ("suspended", "resume", "manager", ["Administrator", "Authorised officer"]),
        ("active", "terminate", "manager", ["Administrator", "Authorised officer"]),
        ("draft", "cancel", "officer", ["Administrator", "Authorised officer", "Partnership manager"]),
    ],
)
def test_who_is_told_and_of_the_reason(cast, agreement, state, name, by, people):
    agreement = put(agreement, state)
    with pytest.raises(ValidationError, match="Say why"):
        agreement.lifecycle.perform(agreement, name, by=getattr(cast, by), reason=" ")
    agreement.lifecycle.perform(agreement, name, by=getattr(cast, by), reason="The annex is missing.")
    assert told_about(agreement) == people
    assert all("The annex is missing." in message.body for message in Notification.objects.all())


def test_a_message_speaks_the_reader_s_language_and_leaves_signs_as_they_are(cast, agreement):
    agreement = put(agreement, "approved", title="Water & <hygiene>")
    actions.open_for_signature(agreement, by=cast.manager)
    message = Notification.objects.get(recipient=cast.signer)
    assert message.subject == f"{agreement.reference}: Opened for signature – waiting for both signatures"
    assert message.body.startswith("Water & <hygiene>\n")
    assert message.path == agreement.get_absolute_url()


def test_where_nobody_signs_for_the_partner_its_administrator_is_told(cast, agreement):
    head, administrator = cast.head, cast.partner_admin
    agreement.organization.memberships.filter(user=cast.signer).delete()
    actions.open_for_signature(put(agreement, "approved"), by=cast.manager)
    assert told_about(agreement) == sorted([administrator.name, head.name])


def test_an_author_who_left_the_office_is_not_told(cast, agreement):
    agreement.created_by = cast.other_manager
    agreement.save()
    actions.approve(put(agreement, "in_review"), by=cast.head)
    assert told_about(agreement) == ["Partnership manager"]


# --- Signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("move", "by"), [("send_back", "manager"), ("return_unsigned", "signer")])
def test_a_signature_does_not_count_for_another_text(cast, agreement, move, by):
    agreement = put(agreement, "awaiting_signatures")
    sign(agreement, "unicef")
    returned = agreement.lifecycle.perform(agreement, move, by=getattr(cast, by), reason="The budget is wrong.")
    assert (returned.state, returned.signatures.count()) == ("sent_back", 0)
    assert "Head of office" in told_about(agreement)


def on_paper(days_unicef=-2, days_partner=-1):
    return {
        "unicef_signatory": "R. Ahmadov",
        "unicef_signed_on": in_days(days_unicef),
        "partner_signatory": "N. Karimova",
        "partner_signed_on": in_days(days_partner),
    }


def test_signatures_on_paper_are_recorded_together(cast, agreement):
    agreement = put(agreement, "awaiting_signatures", start=in_days(-1))
    signed = actions.record_signatures(agreement, by=cast.manager, **on_paper())
    assert [(one.signatory, one.on_paper, one.recorded_by) for one in signed.signatures.all()] == [
        ("R. Ahmadov", True, cast.manager),
        ("N. Karimova", True, cast.manager),
    ]
    assert told_about(agreement) == ["Administrator", "Authorised officer"]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (lambda: on_paper(days_unicef=1), {"unicef_signed_on"}),  # not in the future
        (lambda: on_paper(days_partner=0), {"partner_signed_on"}),  # not after the start
        (lambda: on_paper() | {"partner_signatory": ""}, {"partner_signatory"}),
        (
            lambda: on_paper() | {"unicef_signed_on": None, "unicef_signatory": ""},
            {"unicef_signed_on", "unicef_signatory"},
        ),
    ],
)
def test_signatures_on_paper_that_cannot_be(cast, agreement, told, wrong):
    agreement = put(agreement, "awaiting_signatures", start=in_days(-1))
    with pytest.raises(ValidationError) as problem:
        actions.record_signatures(agreement, by=cast.manager, **told())
    assert set(problem.value.message_dict) == wrong
    assert not agreement.signatures.exists()


# --- Comments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "audience", "people"),
    [
        ("manager", "both", ["Administrator", "Authorised officer"]),
        ("signer", "both", ["Partnership manager"]),
        ("reviewer", "office", []),
    ],
)
def test_a_comment_reaches_the_other_side(cast, agreement, by, audience, people):
    actions.comment_agreement(agreement, by=getattr(cast, by), text="Please add a budget line.", audience=audience)
    assert told_about(agreement) == people


@pytest.mark.parametrize(
    ("by", "text", "audience"), [("manager", " ", "both"), ("manager", "x", "all"), ("signer", "x", "office")]
)
def test_comments_that_cannot_be(cast, agreement, by, text, audience):
    with pytest.raises(ValidationError):
        actions.comment_agreement(agreement, by=getattr(cast, by), text=text, audience=audience)


def test_strangers_do_not_comment(cast, agreement):
    with pytest.raises(NotAllowed):
        actions.comment_agreement(agreement, by=cast.other_head, text="Hello")


# --- The calendar -----------------------------------------------------------------------------------------------------


def test_the_calendar_begins_and_ends_agreements():
    signed = {"state": "awaiting_signatures", "signed": ("unicef", "partner")}
    begins = AgreementFactory(start=date(2027, 3, 1), end=date(2027, 6, 30), **signed)
    half = AgreementFactory(start=date(2027, 3, 1), state="awaiting_signatures", signed=["unicef"])
    unverified = AgreementFactory(start=date(2027, 3, 1), organization=PartnerFactory(), **signed)

    def run(*day):
        with time_machine.travel(datetime(*day, 5, tzinfo=UTC), tick=False):
            moved = actions.move_by_the_calendar()
        return moved, [Agreement.objects.get(pk=one.pk).state for one in (begins, half, unverified)]

    waiting = "awaiting_signatures"
    assert run(2027, 2, 28) == (0, [waiting] * 3)
    assert run(2027, 3, 1) == (1, ["active", waiting, waiting])
    assert run(2027, 3, 1) == (0, ["active", waiting, waiting])
    assert run(2027, 6, 30) == (0, ["active", waiting, waiting])
    assert run(2027, 7, 1) == (1, ["ended", waiting, waiting])
    event = AuditEvent.objects.about(begins).first()
    assert (event.actor, event.actor_label, event.action) == (None, "The portal", "end")


def test_the_calendar_is_not_stopped_by_one_record_that_cannot_be_saved(caplog):
    broken = AgreementFactory(state="active", start=in_days(-90), end=in_days(-1))
    fine = AgreementFactory(state="active", start=in_days(-90), end=in_days(-1))
    Agreement.objects.filter(pk=broken.pk).update(title="")
    assert actions.move_by_the_calendar() == 1
    assert Agreement.objects.get(pk=fine.pk).state == "ended"
    assert broken.reference in caplog.text


def test_nobody_makes_the_calendar_s_moves_for_it(cast, agreement):
    """``by=None`` is the worker; a signed-out visitor is not."""
    with pytest.raises(NotAllowed):
        actions.end(put(agreement, "active", start=in_days(-9), end=in_days(-1)), by=cast.anonymous)
