"""Links to the partner passport: made, opened, revoked."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import record
from accounts.models import User
from organizations.models import Organization, PassportLink
from portal.kit.access import NotNow, require

LINKS_OPEN_MOST = 50


def share_passport(organization: Organization, *, by: User, label: str, days: int = 30) -> tuple[PassportLink, str]:
    """Make a link to the passport; return it and its secret, which is shown once and kept nowhere.

    Raises NotNow while no country office's verification holds, for then there is nothing to vouch for.
    """
    require(by, "organizations.share_passport", organization)
    with transaction.atomic():
        locked = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
        if not locked.registrations.verified().exists():
            raise NotNow([_("A passport can be shared once a country office has verified the organization.")])
        if locked.passport_links.open().count() >= LINKS_OPEN_MOST:
            raise NotNow([_("Revoke a link that is no longer needed first: as many as possible are open.")])
        secret = secrets.token_urlsafe(32)
        link = PassportLink(
            organization=locked,
            label=label,
            days=days,
            digest=PassportLink.digest_of(secret),
            created_by=by,
            expires_at=timezone.now() + timedelta(days=days),
        )
        link.full_clean()
        link.save()
        record(locked, "passport_shared", by=by)  # to whom, its administrators alone read
    return link, secret


def revoke_link(link: PassportLink, *, by: User) -> None:
    """End a link at once; whoever holds it finds nothing there."""
    require(by, "organizations.share_passport", link.organization)
    with transaction.atomic():
        locked = PassportLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if locked.revoked_at is None:
            locked.revoked_at = timezone.now()
            locked.save(update_fields=["revoked_at"])
            record(locked.organization, "passport_link_revoked", by=by)


def open_link(secret: str) -> PassportLink | None:
    """Return the link with this secret and count the visit; None for one that is unknown, expired or revoked."""
    links = PassportLink.objects.open().filter(digest=PassportLink.digest_of(secret))
    if not links.update(uses=F("uses") + 1, last_used_at=timezone.now()):
        return None
    return links.select_related("organization__country", "organization__headquarters").first()
