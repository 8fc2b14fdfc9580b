"""What may become of a registration: the rules of the field, and the table of moves."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from accounts.models import AuditEvent, Notification
from accounts.roles import MemberRole
from organizations.actions.registration import comment_registration, save_section, start_registration
from organizations.actions.verification import answer_question
from organizations.lifecycle import REGISTRATION, RegistrationState
from organizations.models import Organization, Registration, VerificationQuestion
from organizations.models.organization import PartnerType
from organizations.models.registration import CORE_SECTIONS, Section
from portal.kit.access import NotAllowed, NotNow, Stale
from tests.factories.organizations import (
    AnswerFactory,
    MembershipFactory,
    QuestionFactory,
    RegistrationFactory,
    ReplyFactory,
    SectionDraftFactory,
)

R = RegistrationState


@pytest.fixture
def registration(house):
    return RegistrationFactory(
        organization=house.organization,
        office=house.office,
        created_by=house.administrator,
        complete=True,
        declaration={"truth": "yes"},
    )


@pytest.fixture
def submitted(house):
    return RegistrationFactory(
        organization=house.organization,
        office=house.office,
        created_by=house.administrator,
        state=R.SUBMITTED,
        complete=True,
    )


def perform(registration, name, by, **told):
    return registration.lifecycle.perform(registration, name, by=by, **told)


# --- Starting ---------------------------------------------------------------------------------------------------------


def test_start_opens_the_organization_and_makes_its_administrator(house):
    registration = start_registration(by=house.nobody, office=house.office, name="New Hope", country=house.country)
    assert house.nobody.acts_for(registration.organization_id, "administrator")
    assert registration.organization.search_text == "new hope"
    assert [event.action for event in AuditEvent.objects.about(registration)] == ["created"]


def test_start_on_behalf_makes_the_officer_no_member(house):
    registration = start_registration(by=house.officer, office=house.office, on_behalf=True, name="New Hope")
    assert registration.on_behalf
    assert not registration.organization.memberships.exists()


@pytest.mark.parametrize("who", ["staff_viewer", "other_officer", "administrator"])
def test_start_on_behalf_is_for_the_office_s_own_officers(house, who):
    before = Organization.objects.count()
    with pytest.raises(NotAllowed):
        start_registration(by=getattr(house, who), office=house.office, on_behalf=True, name="New Hope")
    assert Organization.objects.count() == before


def test_start_a_second_one_with_the_same_office_is_refused(house, registration):
    with pytest.raises(ValidationError, match="already registered, or registering"):
        start_registration(by=house.administrator, office=house.office, organization=house.organization)


def test_start_takes_over_what_was_answered_before_but_the_declaration(house, registration):
    perform(registration, "withdraw", house.administrator)
    again = start_registration(by=house.administrator, office=house.office, organization=house.organization)
    assert set(again.drafts.values_list("section", flat=True)) == set(CORE_SECTIONS) - {Section.DECLARATION}


# --- Rules ------------------------------------------------------------------------------------------------------------


def test_r01_whoever_answers_no_cannot_submit(house, registration):
    save_section(registration, "declaration", by=house.administrator, data={}, declaration={"truth": "no"})
    with pytest.raises(NotNow, match="integrity declaration"):
        perform(registration, "submit", house.administrator)


def test_r02_an_incomplete_form_is_neither_submitted_nor_verified(house, registration):
    registration.drafts.filter(section="people").update(is_complete=False)
    with pytest.raises(NotNow, match="Complete first: People"):
        perform(registration, "submit", house.administrator)
    Registration.objects.filter(pk=registration.pk).update(
        state=R.SUBMITTED, submitted_at=timezone.now(), submitted_by=house.administrator
    )
    with pytest.raises(NotNow, match="Complete first: People"):
        perform(registration, "verify", house.officer)


def test_r04_verification_needs_every_answer_and_none_against_it(house, submitted):
    certificate = QuestionFactory(text="Certificate?")
    reputation = QuestionFactory(text="Risk?", expected="no")
    with pytest.raises(NotNow, match="2 to go"):
        perform(submitted, "verify", house.officer)
    answer_question(submitted, certificate, by=house.officer, answer="yes")
    answer_question(submitted, reputation, by=house.officer, answer="yes", comment="A newspaper.")
    with pytest.raises(NotNow, match=r"stand against it: Risk\?"):
        perform(submitted, "verify", house.officer)
    answer_question(submitted, reputation, by=house.officer, answer="no")
    assert perform(submitted, "verify", house.officer).state == R.VERIFIED


def test_r04_a_question_out_of_use_counts_no_more(house, submitted):
    AnswerFactory(registration=submitted, question=QuestionFactory(is_active=False), answer="no")
    assert perform(submitted, "verify", house.officer).state == R.VERIFIED


def test_r05_a_verification_holds_for_five_years(house, submitted):
    verified = perform(submitted, "verify", house.officer)
    today = timezone.localdate()
    assert verified.valid_until.year == today.year + 5
    assert verified.holds
    assert list(Registration.objects.verified(today)) == [verified]
    verified.valid_until = today.replace(year=today.year - 1)
    assert not verified.holds


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        (R.VERIFIED, True),
        (R.RENEWING, True),
        (R.SENT_BACK, True),
        (R.RESUBMITTED, True),
        (R.SUSPENDED, False),
        (R.DELISTED, False),
        (R.DECLINED, False),
        (R.WITHDRAWN, False),
    ],
)
@pytest.mark.parametrize(("days", "in_time"), [(0, True), (-1, False)])
def test_r05_one_definition_says_whether_a_verification_holds(house, state, holds, days, in_time):
    """A renewal on its way holds until the old date; what was stopped does not, whatever its date."""
    until = timezone.localdate() + timedelta(days=days)
    one = RegistrationFactory(organization=house.organization, office=house.office, state=state, valid_until=until)
    assert one.holds is (holds and in_time)
    assert Registration.objects.verified().exists() is (holds and in_time)
    assert Organization.objects.with_verified().get(pk=house.organization.pk).is_verified is (holds and in_time)


def test_r05_a_renewal_opens_half_a_year_before_the_end(house):
    one = RegistrationFactory(organization=house.organization, office=house.office, state=R.VERIFIED, complete=True)
    with pytest.raises(NotNow, match="The renewal opens on"):
        perform(one, "renew", house.administrator)
    Registration.objects.update(valid_until=timezone.localdate() + timedelta(days=180))
    renewed = perform(one, "renew", house.administrator)
    assert (renewed.state, renewed.declaration, renewed.holds) == (R.RENEWING, {}, True)
    assert [str(section) for section in renewed.incomplete_sections()] == ["Integrity declaration"]


def test_r06_the_portal_itself_suspends(house):
    one = RegistrationFactory(organization=house.organization, office=house.office, state=R.VERIFIED)
    stopped = perform(one, "suspend", None, reason="A name on the consolidated list was confirmed.")
    assert (stopped.state, stopped.holds) == (R.SUSPENDED, False)
    assert AuditEvent.objects.about(stopped).get().actor is None


def test_a_first_registration_is_neither_suspended_nor_delisted(house):
    one = RegistrationFactory(organization=house.organization, office=house.office, state=R.RESUBMITTED)
    for name, who in (("suspend", house.officer), ("delist", house.head)):
        with pytest.raises(NotNow):
            perform(one, name, who, reason="Because.")
        assert name not in [offer.transition.name for offer in REGISTRATION.offers(one, who)]


def test_a_delisted_organization_starts_anew_only_when_the_delisting_is_lifted(house):
    RegistrationFactory(organization=house.organization, office=house.office, state=R.DELISTED)
    with pytest.raises(NotNow, match="lifted the delisting"):
        start_registration(by=house.administrator, office=house.office, organization=house.organization)


@pytest.mark.parametrize("who", ["other_officer", "staff_viewer", "administrator", "stranger"])
def test_r09_only_an_officer_of_the_own_office_verifies(house, submitted, who):
    with pytest.raises(NotAllowed):
        perform(submitted, "verify", getattr(house, who))


def test_four_eyes_whoever_sent_it_in_does_not_verify_it(house, submitted):
    Registration.objects.update(submitted_by=house.officer)
    submitted.refresh_from_db()
    with pytest.raises(NotAllowed):
        perform(submitted, "verify", house.officer)


def test_four_eyes_nobody_verifies_an_organization_of_their_own(house, submitted):
    MembershipFactory(organization=house.organization, user=house.officer, role=MemberRole.VIEWER)
    with pytest.raises(NotAllowed):
        perform(submitted, "verify", house.officer)


def test_s0_3_only_civil_society_submits(house, registration):
    Organization.objects.filter(pk=house.organization.pk).update(partner_type=PartnerType.GOVERNMENT, cso_type="")
    registration.refresh_from_db()
    registration.organization.refresh_from_db()
    with pytest.raises(NotNow, match="Only civil society"):
        perform(registration, "submit", house.administrator)


# --- Moves ------------------------------------------------------------------------------------------------------------

WAYS = {
    "submit": ([R.DRAFT], "administrator"),
    "resubmit": ([R.SENT_BACK, R.RENEWING], "administrator"),
    "verify": ([R.SUBMITTED, R.RESUBMITTED], "officer"),
    "send_back": ([R.SUBMITTED, R.RESUBMITTED], "officer"),
    "decline": ([R.SUBMITTED, R.RESUBMITTED], "officer"),
    "withdraw": ([R.DRAFT, R.SENT_BACK, R.SUBMITTED, R.RESUBMITTED], "administrator"),
    "renew": ([R.VERIFIED], "administrator"),
    "leave_renewal": ([R.RENEWING], "administrator"),
    "suspend": ([R.VERIFIED, R.RENEWING], "manager"),
    "reinstate": ([R.SUSPENDED], "manager"),
    "delist": ([R.VERIFIED, R.RENEWING, R.SUSPENDED], "head"),
    "relist": ([R.DELISTED], "head"),
    "reopen": ([R.DECLINED], "head"),
    "reply": ([R.SUSPENDED, R.DELISTED, R.DECLINED], "administrator"),
    "uphold": ([R.SUSPENDED, R.DELISTED, R.DECLINED], "head"),
    "hand_over": ([state for state in R if state not in (R.DELISTED, R.DECLINED, R.WITHDRAWN)], "officer"),
    "remind": ([R.DRAFT, R.SENT_BACK, R.RENEWING], "officer"),
}


@pytest.mark.parametrize("state", R)
@pytest.mark.parametrize("name", [move.name for move in REGISTRATION.transitions])
def test_every_move_starts_where_the_table_says_and_nowhere_else(house, name, state):
    sources, who = WAYS[name]
    registration = RegistrationFactory(
        organization=house.organization, office=house.office, state=state, complete=True, created_by=house.administrator
    )
    if name == "renew":
        registration.valid_until = timezone.localdate() + timedelta(days=30)
        registration.save()
    if name == "uphold":
        ReplyFactory(registration=registration, written_by=house.administrator)
    if name == "hand_over":
        registration.on_behalf = True
        registration.save()
    move = REGISTRATION.transition(name)
    told = {entry.name: "somebody@here.example" for entry in move.inputs}
    told |= {} if move.reason == "none" else {"reason": "Because."}
    if state not in sources:
        with pytest.raises(NotNow):
            perform(registration, name, getattr(house, who), **told)
        return
    moved = perform(registration, name, getattr(house, who), **told)
    event = AuditEvent.objects.about(moved).first()
    assert (event.action, event.from_state, event.to_state) == (name, state, moved.state)
    assert moved.version == registration.version + 1


@pytest.mark.parametrize(("name", "sentence"), [("send_back", "Say what to add"), ("decline", "Say why")])
def test_an_answer_without_a_reason_is_refused(house, submitted, name, sentence):
    with pytest.raises(ValidationError, match=sentence):
        perform(submitted, name, house.officer, reason="  ")


def test_a_move_seen_by_an_old_page_is_refused(house, submitted):
    perform(submitted, "send_back", house.officer, reason="More, please.", expected_version=1)
    Registration.objects.update(state=R.SUBMITTED)
    with pytest.raises(Stale):
        perform(submitted, "decline", house.officer, reason="No.", expected_version=1)


def test_each_side_is_told_what_the_other_did(house, registration):
    sent = perform(registration, "submit", house.administrator)
    assert set(Notification.objects.values_list("recipient", flat=True)) == {house.officer.pk}
    back = perform(sent, "send_back", house.officer, reason="Add the districts.")
    told = Notification.objects.exclude(recipient=house.officer)
    assert set(told.values_list("recipient", flat=True)) == {house.administrator.pk, house.editor.pk}
    assert "Add the districts." in told[0].body
    assert told[0].path == back.get_absolute_url()


# --- Questions and comments -------------------------------------------------------------------------------------------


def test_questions_are_answered_only_while_the_office_has_the_form(house, registration):
    with pytest.raises(NotNow):
        answer_question(registration, QuestionFactory(), by=house.officer, answer="yes")


def test_an_answer_is_history_for_the_office_alone(house, submitted):
    answer_question(submitted, QuestionFactory(), by=house.officer, answer="no", comment="Doubtful.")
    event = AuditEvent.objects.about(submitted).get(action="answered")
    assert event.audience == AuditEvent.Audience.OFFICE


def test_a_comment_for_the_office_alone_tells_nobody_outside(house, submitted):
    comment_registration(submitted, by=house.officer, text="Call them.", audience="office")
    assert not Notification.objects.exists()
    comment_registration(submitted, by=house.officer, text="Hello.")
    assert Notification.objects.count() == 2


def test_a_member_writes_no_comments_for_the_office_alone(house, submitted):
    with pytest.raises(ValidationError):
        comment_registration(submitted, by=house.editor, text="Secret.", audience="office")


def test_load_questions_adds_what_is_missing_and_keeps_what_was_edited(db, capsys):
    call_command("load_questions")
    VerificationQuestion.objects.filter(code="mandate").update(text="Ours?")
    call_command("load_questions")
    assert capsys.readouterr().out.splitlines()[-1].endswith(": 0")
    assert VerificationQuestion.objects.get(code="mandate").text == "Ours?"
    assert list(VerificationQuestion.objects.values_list("code", "expected")) == [
        ("certificate", "yes"),
        ("mandate", "yes"),
        ("results", "yes"),
        ("reputation", "no"),
        ("flag", "yes"),
    ]


def test_section_drafts_are_complete_only_with_all_of_them(house):
    registration = RegistrationFactory(organization=house.organization, office=house.office)
    SectionDraftFactory(registration=registration, section="identity", is_complete=True)
    assert len(registration.incomplete_sections()) == len(CORE_SECTIONS) - 1
