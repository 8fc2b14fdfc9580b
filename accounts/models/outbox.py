"""Messages that wait to be sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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

    def claim(self, now, until) -> bool:
        """Take the message for this worker; False when another was quicker. One conditional UPDATE, no lock held."""
        return bool(self.due(now).update(claimed_until=until, attempts=models.F("attempts") + 1))


class Notification(models.Model):
    """One message to one person, written in the action's own transaction and sent by the worker.

    ``key`` says what the message is about; a second message with the same key to the same person is not written.
    """

    TRIES = 5

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=200)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    path = models.CharField(_("page"), max_length=300, blank=True)
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
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notification_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notification_unsent")]

    def __str__(self):
        return self.subject
