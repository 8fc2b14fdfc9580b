"""What happens to a registration, from the first section typed to the office's decision."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import BOTH, changing, comment, create, move, performing
from accounts.models import AuditEvent, User
from organizations import emails
from organizations.actions.organization import Profile, change_profile, create_organization
from organizations.actions.screening import screen_organization
from organizations.actions.verification import (
    answer_reply,
    keep_decision,
    requests_in_words,
    send_requests,
    take_answers,
)
from organizations.lifecycle import CORE, EXTRAS, REGISTRATION, RegistrationState
from organizations.lifecycle.family import office_suits_the_organization
from organizations.models import Organization, Registration, Reply, SectionDraft, SectionRequest
from organizations.models.declaration import declaration_version
from organizations.models.organization import OrganizationCategory
from organizations.models.registration import EXTRA_SECTIONS, Section
from portal.kit.access import NotNow, Stale, require


def start_registration(
    *, by: User, office: Any, organization: Organization | None = None, on_behalf: bool = False, **fields: Any
) -> Registration:
    """Open a registration with ``office``.

    Without ``organization`` its record is opened too, from ``fields`` (at least the name). With it, what its last
    registration already answered counts again, except the declaration. ``on_behalf``: a registration officer does it.
    Raises ValidationError when one is already open or verified with this office, or when the organization belongs to
    another office (UNICEF headquarters or a country office), NotNow when it was delisted there, and while the person's
    e-mail address is not verified.
    """
    if by.email.lower() not in by.verified_addresses:
        raise NotNow([_("Confirm your e-mail address first. Then you can start a registration.")])
    with transaction.atomic():
        if organization is None:
            if office.is_headquarters:
                fields["organization_category"] = OrganizationCategory.INTERNATIONAL_NGO
            organization = create_organization(by=by, administrator=None if on_behalf else by, **fields)
        _refuse_delisted(organization, office)
        registration = Registration(organization=organization, office=office, created_by=by, on_behalf=on_behalf)
        # While the category is not known, the form asks for it, and submitting looks again.
        if organization.organization_category and (objection := office_suits_the_organization(registration)):
            raise ValidationError({"office": objection})
        permission = "check_registration" if on_behalf else "change_registration"
        create(registration, f"organizations.{permission}", by=by)
        last = organization.registrations.exclude(pk=registration.pk).order_by("-created_at").first()
        if last is not None:
            answered = last.drafts.exclude(section__in=[Section.DECLARATION, *EXTRA_SECTIONS])
            SectionDraft.objects.bulk_create(
                SectionDraft(
                    registration=registration,
                    section=draft.section,
                    data=draft.data,
                    is_complete=draft.is_complete,
                    saved_by=by,
                )
                for draft in answered
            )
    return registration


def _refuse_delisted(organization: Organization, office: Any) -> None:
    """A delisted organization comes back by the office's own word, not by a second form."""
    if organization.registrations.filter(office=office, state=RegistrationState.DELISTED).exists():
        raise NotNow(
            [
                _(
                    "%(office)s has delisted this organization. It can register again "
                    "once the head of office has lifted the delisting."
                )
                % {"office": office}
            ]
        )


def require_open(registration: Registration, *, by: User, section: str | None = None) -> None:
    """Raise NotAllowed or NotNow unless ``by`` may fill in ``section`` now; None: the core of the form.

    The core is closed while the registration is with the office and after it. Extra sections stay open, and so does the
    declaration when its wording has changed, or when a "no" in it is to be corrected.
    """
    require(by, "organizations.change_registration", registration)
    part = EXTRAS if section in EXTRA_SECTIONS else CORE
    if section == Section.DECLARATION and (registration.declaration_is_outdated or registration.declaration_is_refused):
        part = "declaration"
    if not registration.lifecycle.is_editable(registration, part):
        state = registration.lifecycle.state(registration.state)
        raise NotNow([_("The form is closed while the registration is “%(state)s”.") % {"state": state.label}])
    if section and (reason := registration.why_closed(section)):
        raise NotNow([reason])


def save_section(
    registration: Registration,
    section: str,
    *,
    by: User,
    data: dict[str, list[str]],
    profile: Profile | None = None,
    declaration: dict[str, str] | None = None,
    expected_version: int | None = None,
) -> SectionDraft:
    """Keep what was typed into a section, and write it to the profile when it is valid.

    ``data`` is the form as typed; ``profile`` (for the declaration: ``declaration``) is None while it is not valid.
    ``expected_version`` is the draft's version that the person saw (0: none yet). Raises Stale when somebody saved
    the section since, NotNow when the section is not open for changes.

    Once the form is with the office, the declaration is accepted by administrators alone (R-01): what an editor
    answers then is kept as typed for them.
    """
    with transaction.atomic():
        # Locking the registration makes the first save of a section wait for another first save of it.
        locked = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
        require_open(locked, by=by, section=section)
        if not (locked.lifecycle.is_editable(locked, CORE) or by.has_perm("organizations.accept_declaration", locked)):
            declaration = None
        draft = locked.draft_of(section) or SectionDraft(registration=locked, section=section, version=0, saved_by=by)
        if expected_version is not None and draft.version != expected_version:
            raise Stale([_("%(name)s saved this section while you were typing.") % {"name": draft.saved_by}])
        draft.data, draft.saved_by, draft.saved_at = data, by, timezone.now()
        draft.is_complete = profile is not None or declaration is not None
        draft.version += 1
        draft.full_clean()
        draft.save()
        if declaration is not None and (declaration != locked.declaration or locked.declaration_is_outdated):
            with changing(locked, "organizations.change_registration", by=by, action="declared") as changed:
                changed.declaration, changed.declaration_version = declaration, declaration_version()
            if "no" in declaration.values() and not changed.lifecycle.is_editable(changed, CORE):
                emails.declaration_refused(changed)
        if profile is not None:
            change_profile(locked.organization, profile, by=by)
    return draft


def ask_for_declarations() -> int:
    """Tell the people of each registration that stands that the declaration has a new wording; once for each wording.

    Drafts are not told: their form shows the declaration as still to do. Returns how many registrations were told of.
    """
    version, told = declaration_version(), 0
    open_to_it = [state.value for state in REGISTRATION.states if "declaration" in state.editable]
    waiting = Registration.objects.filter(
        state__in=open_to_it, submitted_at__isnull=False, declaration_version__lt=version, declaration_asked__lt=version
    ).exclude(declaration={})
    for registration in waiting.select_related("organization", "office").order_by("pk").iterator():
        with transaction.atomic():
            emails.declaration_asked(registration, version)
            Registration.objects.filter(pk=registration.pk).update(declaration_asked=version)
        told += 1
    return told


@REGISTRATION.action("submit")
@transaction.atomic
def submit(registration: Registration, *, by: User, expected_version: int | None = None) -> Registration:
    """Send the form to the office, which is told, and screen the names in it."""
    with performing(registration, "submit", by=by, expected_version=expected_version) as sent:
        sent.submitted_at, sent.submitted_by = timezone.now(), by
    emails.registration_submitted(sent)
    screen_organization(sent.organization)
    return sent


@REGISTRATION.action("resubmit")
@transaction.atomic
def resubmit(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Send the form again after it was sent back; ``reason`` says what was added."""
    with performing(registration, "resubmit", by=by, reason=reason, expected_version=expected_version) as sent:
        sent.submitted_at, sent.submitted_by = timezone.now(), by
        take_answers(sent)
    emails.registration_submitted(sent)
    screen_organization(sent.organization)
    return sent


@REGISTRATION.action("verify")
@transaction.atomic
def verify(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Verify the organization for this office, for the years of its terms (R-04, R-05, R-09). Its people are told."""
    with performing(registration, "verify", by=by, reason=reason, expected_version=expected_version) as decided:
        decided.decided_at, decided.decided_by = timezone.now(), by
        decided.valid_until = decided.terms.valid_until(timezone.localdate())
        keep_decision(decided, "verified", by=by, reason=reason)
    emails.registration_answered(decided, "verified", reason)
    return decided


@REGISTRATION.action("send_back")
@transaction.atomic
def send_back(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Ask the organization for more: what was prepared for its sections, and ``reason`` beside or instead."""
    said = requests_in_words(registration, reason)
    with performing(registration, "send_back", by=by, reason=said, expected_version=expected_version) as returned:
        asked = send_requests(returned, by=by, reason=reason)
    emails.registration_answered(returned, "sent_back", reason, requests=asked)
    return returned


@REGISTRATION.action("decline")
@transaction.atomic
def decline(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Refuse to verify, with the reason that the organization reads."""
    with performing(registration, "decline", by=by, reason=reason, expected_version=expected_version) as decided:
        decided.decided_at, decided.decided_by = timezone.now(), by
        keep_decision(decided, "declined", by=by, reason=reason)
    emails.registration_answered(decided, "declined", reason)
    return decided


@REGISTRATION.action("withdraw")
def withdraw(
    registration: Registration, *, by: User, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Take the registration back. Everything stays on record."""
    return move(registration, "withdraw", by=by, reason=reason, expected_version=expected_version)


@REGISTRATION.action("renew")
@transaction.atomic
def renew(registration: Registration, *, by: User, expected_version: int | None = None) -> Registration:
    """Open the form again, with everything in it but the declaration, which is made anew (R-01, R-05).

    The office's answers of last time stay with that verification; it answers anew.
    """
    with performing(registration, "renew", by=by, expected_version=expected_version) as renewed:
        renewed.declaration = {}
        renewed.drafts.filter(section=Section.DECLARATION).delete()
        renewed.answers.all().delete()  # what they were, each decision's own record keeps
    return renewed


@REGISTRATION.action("leave_renewal")
def leave_renewal(registration: Registration, *, by: User, expected_version: int | None = None) -> Registration:
    """Leave the renewal before it was sent; what was verified holds until its date."""
    return move(registration, "leave_renewal", by=by, expected_version=expected_version)


@REGISTRATION.action("suspend")
@transaction.atomic
def suspend(
    registration: Registration, *, by: User | None, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Stop the verification for now. ``by`` None: the portal itself, after a confirmed sanctions match (R-06)."""
    with performing(registration, "suspend", by=by, reason=reason, expected_version=expected_version) as stopped:
        _end_the_round(stopped)
    emails.registration_answered(stopped, "suspended", reason, for_office=by is None)
    return stopped


@REGISTRATION.action("delist")
@transaction.atomic
def delist(
    registration: Registration, *, by: User | None, reason: str = "", expected_version: int | None = None
) -> Registration:
    """End the verification. With this office the organization starts anew only after :func:`relist`."""
    with performing(registration, "delist", by=by, reason=reason, expected_version=expected_version) as stopped:
        _end_the_round(stopped)
        answer_reply(stopped, Reply.Outcome.UPHELD, by=by, answer=reason)  # to the suspension before
    emails.registration_answered(stopped, "delisted", reason, for_office=by is None)
    return stopped


@REGISTRATION.action("reinstate")
@transaction.atomic
def reinstate(
    registration: Registration, *, by: User | None, reason: str = "", expected_version: int | None = None
) -> Registration:
    """End a suspension: the verification holds again until the date it had."""
    return _reverse(registration, "reinstate", by, reason, expected_version)


@REGISTRATION.action("relist")
@transaction.atomic
def relist(
    registration: Registration, *, by: User | None, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Lift a delisting."""
    return _reverse(registration, "relist", by, reason, expected_version)


@REGISTRATION.action("reopen")
@transaction.atomic
def reopen(
    registration: Registration, *, by: User | None, reason: str = "", expected_version: int | None = None
) -> Registration:
    """Take back a refusal; the office checks again. Raises ValidationError when the organization has started anew."""
    return _reverse(registration, "reopen", by, reason, expected_version)


def _reverse(
    registration: Registration, name: str, by: User | None, reason: str, expected_version: int | None
) -> Registration:
    """Take back a decision, which answers the reply to it as well."""
    with performing(registration, name, by=by, reason=reason, expected_version=expected_version) as reversed_:
        answer_reply(reversed_, Reply.Outcome.REVERSED, by=by, answer=reason)
    emails.registration_answered(reversed_, name, reason)
    return reversed_


def _end_the_round(registration: Registration) -> None:
    """What was asked in a renewal that is cut short waits for nobody any more."""
    registration.requests.filter(status=SectionRequest.Status.PREPARED).delete()
    registration.requests.filter(status__in=[SectionRequest.Status.OPEN, SectionRequest.Status.ANSWERED]).update(
        status=SectionRequest.Status.SETTLED, settled_at=timezone.now()
    )


@transaction.atomic
def comment_registration(registration: Registration, *, by: User, text: str, audience: str = BOTH) -> AuditEvent:
    """Write a comment on the registration for both sides or (UNICEF staff) for the office alone."""
    if audience not in AuditEvent.Audience:
        raise ValidationError({"audience": _("Choose who may read it.")})
    event = comment(registration, "organizations.comment_registration", by=by, text=text, audience=audience)
    if audience == BOTH:
        emails.registration_commented(registration, event, by=by)
    return event
