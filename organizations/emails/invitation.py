"""Messages about becoming a member of an organization."""

from django.urls import reverse

from accounts.actions import notify
from accounts.models import Addressee, User
from organizations.emails.people import administrators_of


def member_added(membership, *, by):
    """The person: you now act for this organization."""
    notify(
        [membership.user],
        f"member:{membership.pk}",
        "member-added",
        {"membership": membership, "by": by},
        path="/my-organization/",
    )


def invitation_sent(invitation):
    """The invited person, with or without an account: this organization asks you to act for it."""
    person = User.objects.filter(
        emailaddress__email__iexact=invitation.email, emailaddress__verified=True, is_active=True
    ).first()
    notify(
        [person or Addressee(invitation.email, invitation.invited_by.language)],
        f"invitation:{invitation.pk}:{invitation.version}",
        "invitation-sent",
        {"invitation": invitation},
        path=invitation.get_absolute_url(),
    )


def invitation_answered(invitation, reason=""):
    """Whoever invited: the person has accepted or declined."""
    notify(
        [invitation.invited_by],
        f"invitation:{invitation.pk}:{invitation.state}",
        "invitation-answered",
        {"invitation": invitation, "reason": reason},
        path=reverse("organizations:member-list", args=[invitation.organization_id]),
    )


def join_requested(request):
    """The organization's administrators: somebody asks to join."""
    notify(
        administrators_of(request.organization_id),
        f"join:{request.pk}:sent",
        "join-requested",
        {"request": request},
        path=request.get_absolute_url(),
    )


def join_request_answered(request, reason=""):
    """The person who asked: the organization has said yes or no."""
    notify(
        [request.person],
        f"join:{request.pk}:{request.state}",
        "join-request-answered",
        {"request": request, "reason": reason},
        path=reverse("organizations:my-organization") if request.state == "accepted" else request.get_absolute_url(),
    )
