"""Messages: written with the change that they tell of, sent by the worker."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import Truncator

from accounts.models import Addressee, Notification, User
from portal.kit.access import require

logger = logging.getLogger(__name__)

AT_ONCE, ROUNDS = 10, 20
CLAIM_LASTS = timedelta(minutes=5)
"""How many messages a worker takes at once, and how long it has for them: longer than ten mail servers stay silent."""


def notify(
    recipients: Iterable[User | Addressee],
    key: str,
    template: str,
    context: dict[str, Any],
    path: str = "",
    stop_path: str = "",
) -> None:
    """Put one message for each recipient into the outbox, in that person's language.

    ``template`` names ``emails/<template>-subject.txt`` and ``emails/<template>.txt``. The same ``key`` is never
    written twice to one person. ``stop_path``: where somebody who asked for such messages ends them, by one click in
    the mail program too (RFC 8058); it carries its own right to do so.
    """
    messages = []
    for recipient in {person.email.lower(): person for person in recipients}.values():
        account = recipient if isinstance(recipient, User) else None
        with translation.override(recipient.language):
            told = {**context, "recipient": recipient}
            messages.append(
                Notification(
                    recipient=account,
                    address="" if account else recipient.email,
                    language="" if account else recipient.language,
                    key=key,
                    subject=_one_line(render_to_string(f"emails/{template}-subject.txt", told)),
                    body=render_to_string(f"emails/{template}.txt", told).strip(),
                    path=path,
                    stop_path=stop_path,
                )
            )
    Notification.objects.bulk_create(messages, ignore_conflicts=True)


def _one_line(text: str) -> str:
    """``text`` as the subject of a message: names in it may be long and hold line breaks."""
    return Truncator(" ".join(text.split())).chars(300)


def send_due_notifications(now: datetime | None = None) -> int:
    """Send what waits in the outbox and return how many went out. What fails is tried again, later each time."""
    now = now or timezone.now()
    sent = 0
    for _round in range(ROUNDS):
        mine = Notification.objects.claim(now, until=max(now, timezone.now()) + CLAIM_LASTS, most=AT_ONCE)
        sent += sum(_send_claimed(message, now) for message in mine)
        if len(mine) < AT_ONCE:
            break
    return sent


def _send_claimed(message: Notification, now: datetime) -> bool:
    one, tries = Notification.objects.filter(pk=message.pk), message.attempts + 1
    try:
        _send(message)
    except (OSError, ValueError) as problem:  # smtplib's errors are OSErrors; what no header can hold, a ValueError
        logger.warning("Notification %s not sent: %s", message.pk, problem)
        one.update(error=str(problem), claimed_until=None, due_at=now + timedelta(minutes=2**tries))
        return False
    one.update(sent_at=timezone.now(), claimed_until=None, error="")
    return True


def _send(message: Notification) -> None:
    with translation.override(message.to.language):
        url, stop_url = (f"{settings.BASE_URL}{path}" if path else "" for path in (message.path, message.stop_path))
        context = {"message": message, "url": url, "stop_url": stop_url}
        one_click = {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=render_to_string("emails/notification.txt", context),
            to=[message.to.email],
            headers=one_click if stop_url else None,
        )
        mail.attach_alternative(render_to_string("emails/notification.html", context), "text/html")
        mail.send()


def retry_notifications(notifications: models.QuerySet[Notification], *, by: User) -> int:
    """Give messages that were given up another round of tries; return how many. Administrators do it from the admin."""
    require(by, "accounts.administer_accounts")
    given_up = notifications.filter(sent_at=None, attempts__gte=Notification.TRIES)
    return given_up.update(attempts=0, claimed_until=None, due_at=timezone.now())
