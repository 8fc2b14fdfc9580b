"""Messages that wait to be sent."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.kit.claims import claim


@dataclass(frozen=True)
class Addressee:
    """Somebody who has no account, and is written to because a person who has one asked the portal to."""

    email: str
    language: str

    def __str__(self):
        return self.email


class NotificationQuerySet(models.QuerySet):
    def due(self, now):
        """Messages to send now: not sent, and not in another worker's hands."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lt=now),
            sent_at=None,
            due_at__lte=now,
            attempts__lt=Notification.TRIES,
        )

    def failed(self):
        return self.filter(sent_at=None, attempts__gte=Notification.TRIES)

    def claim(self, now, until, most=1):
        """Take up to ``most`` messages that are due for this worker, which has until then to send them; return them."""
        due = self.due(now).order_by("due_at", "pk")
        return claim(due, most=most, claimed_until=until, attempts=models.F("attempts") + 1)


class Notification(models.Model):
    """One message to one person, written in the action's own transaction and sent by the worker.

    Who has no account yet is known by ``address`` alone. ``key`` says what the message is about; a second message with
    the same key to the same person is not written.
    """

    TRIES = 5

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    address = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    key = models.CharField(max_length=200)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    path = models.CharField(_("page"), max_length=300, blank=True)
    stop_path = models.CharField(
        max_length=200, blank=True, help_text=_("Where whoever asked for such messages ends them, without signing in.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="notification_once"),
            models.UniqueConstraint(
                fields=["address", "key"], condition=Q(recipient=None), name="notification_once_for_address"
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="") | (Q(recipient=None) & ~Q(address="")),
                name="notification_to_one_person",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notification_unsent")]

    def __str__(self):
        return self.subject

    @property
    def to(self):
        """Who reads it: a person with an account, or an address."""
        return self.recipient or Addressee(self.address, self.language)
