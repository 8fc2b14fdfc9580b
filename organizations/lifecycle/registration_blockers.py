"""What may stand in the way of a registration's moves: each returns a sentence that a person can act on, or None."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext


def sections_are_complete(registration: Any) -> str | None:
    """R-02: an incomplete profile is neither submitted nor verified."""
    missing = registration.incomplete_sections()
    if missing:
        return gettext("Complete first: %(sections)s.") % {"sections": ", ".join(str(section) for section in missing)}
    return None


def declaration_is_accepted(registration: Any) -> str | None:
    """R-01: whoever answers "No" to any item of the declaration cannot apply."""
    if registration.declaration_is_refused:
        return gettext(
            "You answered “No” in the integrity declaration. UNICEF can only work with organizations that accept it."
        )
    return None


def is_civil_society(registration: Any) -> str | None:
    """S0-3: only civil society registers; field data also name governments and agencies."""
    if registration.organization.partner_type != "cso":
        return gettext("Only civil society organizations can register.")
    return None


def questions_are_answered(registration: Any) -> str | None:
    """R-04, first half: each verification question has an answer."""
    if count := registration.unanswered_questions():
        return gettext("Answer all verification questions first: %(count)s to go.") % {"count": count}
    return None


def answers_allow_verification(registration: Any) -> str | None:
    """R-04, second half: certificate, mandate and results yes, reputational risk no, and proof where it is wanted."""
    given = registration.given_answers
    if against := [answer.question.label for answer in given if answer.stands_against]:
        return gettext("These answers stand against it: %(questions)s") % {"questions": "; ".join(against)}
    if bare := [answer.question.label for answer in given if answer.is_bare]:
        return gettext("Give the comment or evidence that these questions want: %(questions)s") % {
            "questions": "; ".join(bare)
        }
    return None


def names_are_screened(registration: Any) -> str | None:
    """R-06: while headquarters compares a name with the sanctions list, nothing is verified."""
    if registration.screening_is_open():
        return gettext(
            "The names are being screened: headquarters compares one with the Security Council’s list. You can go on"
            " when it has decided."
        )
    return None


def is_no_duplicate(registration: Any) -> str | None:
    """R-03: the same name in the same country blocks, until the office has said that it is another organization."""
    if registration.same_named():
        return gettext(
            "An organization of this name is already here in this country. If it is yours, ask its people to add you; "
            "if not, ask the country office, which can say that yours is another one."
        )
    return None


def was_verified(registration: Any) -> bool:
    """A first registration cannot be suspended or delisted; a renewal on its way can."""
    return registration.state == "verified" or registration.valid_until is not None


def renewal_is_open(registration: Any) -> str | None:
    """R-05: a verification is renewed near its end, or once it has lapsed."""
    if opens := registration.renewal_opens_later():
        return gettext("The renewal opens on %(date)s.") % {"date": date_format(opens)}
    return None


def is_no_renewal(registration: Any) -> str | None:
    """Taking back a renewal would take back what still holds."""
    if registration.valid_until is not None:
        return gettext("This is a renewal: what was verified once is not withdrawn.")
    return None


def cooperation_is_not_on_hold(registration: Any) -> str | None:
    """R-07: a blocked organization is neither taken in nor verified."""
    return " ".join(registration.organization.blocks()) or None


def flag_is_answered_for(registration: Any) -> str | None:
    """R-04: with a yellow flag it is verified only by a comment on it, given since the flag was raised."""
    raised = registration.flag_not_answered_for()
    if raised is None:
        return None
    return gettext(
        "It has had a yellow flag since %(day)s. Say in the comment to the question about flags why it may be "
        "verified all the same."
    ) % {"day": date_format(timezone.localtime(raised), "DATE_FORMAT")}


def certificate_holds(registration: Any) -> str | None:
    """S0-2, R-04: whoever is registered with the authorities shows a certificate that has not expired."""
    return registration.certificate_problem() or None


def requests_are_answered(registration: Any) -> str | None:
    """What the office has asked is answered, in the section or in words."""
    sections = [request.get_section_display() for request in registration.untouched_requests()]
    if sections:
        return gettext("The office still waits for an answer about: %(sections)s.") % {"sections": ", ".join(sections)}
    return None


def requests_are_settled(registration: Any) -> str | None:
    """What was asked and answered has been looked at."""
    answered = [request for request in registration.current_requests if request.status == "answered"]
    sections = [request.get_section_display() for request in answered]
    if sections:
        return gettext("Look at the answers first: %(sections)s.") % {"sections": ", ".join(sections)}
    return None


def reply_is_in_time(registration: Any) -> str | None:
    """The right of reply ends after the days that the office's terms give."""
    if registration.reply_until < timezone.localdate():
        return gettext("The time to reply ended on %(date)s.") % {"date": date_format(registration.reply_until)}
    return None


def has_not_replied(registration: Any) -> str | None:
    """One reply to each decision; the talk goes on in comments."""
    if registration.reply_to_decision():
        return gettext("Your reply is with the office. You can add to it in a comment.")
    return None


def reply_waits(registration: Any) -> str | None:
    """Only what was said can be answered."""
    reply = registration.reply_to_decision()
    if reply is None:
        return gettext("The organization has not replied.")
    if reply.answered_at:
        return gettext("The reply has been answered.")
    return None
