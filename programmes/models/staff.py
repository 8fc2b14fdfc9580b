"""Who at UNICEF does what, and where."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import StaffRole
from programmes.models.office import CountryOffice, RegionalOffice


class StaffAssignment(models.Model):
    """One person's role at one office, in all offices of a region, or, with neither, everywhere (headquarters)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="staff_assignments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=30, choices=StaffRole)
    office = models.ForeignKey(
        CountryOffice, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("country office")
    )
    region = models.ForeignKey(
        RegionalOffice, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("regional office")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("staff assignment")
        verbose_name_plural = _("staff assignments")
        ordering = ["user", "office", "region", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(office=None) | Q(region=None),
                name="staff_office_or_region",
                violation_error_message=_("Name a country office or a regional office, not both."),
            ),
            # Three constraints, since NULLs never equal one another.
            *(
                models.UniqueConstraint(
                    fields=["user", "role", *scope],
                    condition=condition,
                    name=f"staff_once_{name}",
                    violation_error_message=_("This person has this role there already."),
                )
                for name, scope, condition in (
                    ("office", ["office"], Q(office__isnull=False)),
                    ("region", ["region"], Q(region__isnull=False)),
                    ("headquarters", [], Q(office=None, region=None)),
                )
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.place}"

    @property
    def is_headquarters(self) -> bool:
        return self.office_id is None and self.region_id is None

    @property
    def place(self) -> str:
        """Where the role counts, in words."""
        return str(self.office or self.region or _("headquarters"))

    def covers(self, office: CountryOffice) -> bool:
        """Whether the role counts at ``office``."""
        in_region = self.region_id is not None and self.region_id == office.region_id
        return self.is_headquarters or self.office_id == office.pk or in_region
