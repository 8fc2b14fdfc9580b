"""Links by which an organization shows its partner passport to whom it wants."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken
from accounts.roles import MemberRole
from organizations.models.organization import Organization


class PassportLinkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The organization's own administrators; nobody else learns to whom it shows its passport."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = [pk for pk in user.roles_by_organization if user.acts_for(pk, MemberRole.ADMINISTRATOR)]
        return self if user.is_superuser else self.filter(organization__in=own)

    def open(self, now=None):
        return self.filter(expires_at__gt=now or timezone.now(), revoked_at=None)


class PassportLink(models.Model):
    """One link to one passport, for whoever holds it, until it expires or is revoked. Only its digest is kept."""

    DAYS_MOST = 365

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="passport_links")
    label = models.CharField(_("for whom"), max_length=100, help_text=_("So that you know the link again."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    days = models.PositiveSmallIntegerField(
        _("valid for (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(DAYS_MOST)]
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    uses = models.PositiveIntegerField(_("times opened"), default=0, editable=False)

    objects = PassportLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("passport link")
        verbose_name_plural = _("passport links")
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return self.label

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @staticmethod
    def digest_of(secret: str) -> str:
        return ApiToken.digest_of(secret)
