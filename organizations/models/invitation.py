"""Becoming a member: an organization invites a person, or a person asks to join. Nobody is added without consent."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from accounts.roles import MemberRole
from organizations.lifecycle import INVITATION, JOIN_REQUEST, InvitationState, JoinRequestState
from organizations.models.organization import Organization
from organizations.models.registration import Registration
from portal.kit.addresses import record_address

INVITATION_DAYS = 14


def lapses_at():
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=InvitationState.SENT)

    def visible_to(self, user):
        """Members of the organization, and whoever has shown that the address is theirs.

        Where an office hands a registration over: its staff too.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        # Each kind found by an index of its own; joined by "or" they would make the database look at every row.
        rows = Invitation.objects.order_by().values("pk")
        seen = [rows.filter(organization__in=user.roles_by_organization)]
        seen.append(rows.filter(email__in=user.verified_addresses))
        if user.works_for_unicef:
            # Few are handed over and an office has many registrations: asked of each invitation, not of the office.
            own = Registration.objects.filter(user.offices_condition(), pk=OuterRef("registration"))
            seen.append(rows.filter(Exists(own.order_by()), registration__isnull=False))
        return self.filter(pk__in=seen[0].union(*seen[1:]))


class Invitation(Stateful):
    """An organization's word to an e-mail address: act for us, in this role. It lapses after ``INVITATION_DAYS``.

    The address is kept in lower case.
    """

    lifecycle = INVITATION
    state = StateField(INVITATION)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="invitations", verbose_name=_("organization")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=MemberRole)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    name = models.CharField(_("name of the person"), max_length=200, blank=True)
    registration = models.ForeignKey(
        Registration,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="handovers",
        verbose_name=_("registration that is handed over"),
        editable=False,
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    lapses_at = models.DateTimeField(_("lapses"), default=lapses_at, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email", "role"],
                condition=Q(state=InvitationState.SENT),
                name="invitation_waits_once",
                violation_error_message=_("This address has been invited to this role and has not answered yet."),
            )
        ]
        indexes = [
            models.Index(fields=["email", "state"], name="invitation_by_address"),
            models.Index(fields=["-created_at", "-id"], name="invitation_newest"),
        ]

    def __str__(self):
        return f"{self.organization}: {self.get_role_display()}"

    def get_absolute_url(self):
        return record_address("organizations:invitation-detail", self.pk)

    def clean(self):
        super().clean()
        self.email = self.email.lower()

    @property
    def has_lapsed(self) -> bool:
        return self.lapses_at <= timezone.now()

    @property
    def role_description(self):
        return MemberRole(self.role).description


class JoinRequestQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=JoinRequestState.SENT)

    def visible_to(self, user):
        """The person who asks, and the organization's administrators."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        held = user.roles_by_organization.items()
        administered = [pk for pk, roles in held if MemberRole.ADMINISTRATOR in roles]
        return self.filter(Q(organization__in=administered) | Q(person=user))


class JoinRequest(Stateful):
    """A person's word to an organization: let me act for you, in this role.

    ``called`` is the name under which the person knows the organization. The record's own name is told to nobody who
    could not see it anyway, nor who its members are.
    """

    lifecycle = JOIN_REQUEST
    state = StateField(JOIN_REQUEST)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="join_requests", verbose_name=_("organization")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="join_requests",
        verbose_name=_("person"),
        editable=False,
    )
    role = models.CharField(_("role"), max_length=20, choices=MemberRole)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    called = models.CharField(_("name of the organization"), max_length=300)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person"],
                condition=Q(state=JoinRequestState.SENT),
                name="join_request_waits_once",
                violation_error_message=_("You have asked this organization already, and it has not answered yet."),
            )
        ]

    def __str__(self):
        return f"{self.called}: {self.person}"

    def get_absolute_url(self):
        return record_address("organizations:join-request-detail", self.pk)

    @property
    def role_description(self):
        return MemberRole(self.role).description
