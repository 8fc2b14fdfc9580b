"""Who acts for an organization."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import MemberRole
from organizations.models.organization import Organization


class Membership(models.Model):
    """One role of one person in one organization. A person may hold several, in several organizations (S2-20)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=MemberRole)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["organization", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "role"],
                name="membership_once",
                violation_error_message=_("This person already has this role."),
            )
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"

    @property
    def role_description(self):
        return MemberRole(self.role).description
