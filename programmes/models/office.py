"""The UNICEF offices with which organizations register and make agreements."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import StaffRole
from programmes.models.base import Named, PublicQuerySet
from programmes.models.location import Location


class RegionalOffice(Named):
    """One of UNICEF's regional offices. The code is its business area."""

    code = models.CharField(_("business area"), max_length=4, unique=True)
    acronym = models.CharField(_("acronym"), max_length=10, unique=True)
    city = models.CharField(_("city"), max_length=100)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("regional office")
        verbose_name_plural = _("regional offices")
        ordering = ["name"]


class CountryOfficeQuerySet(PublicQuerySet):
    def active(self):
        """Offices that take new registrations."""
        return self.filter(is_active=True)

    def coded(self, text: str):
        """The office whose code ``text`` is, or None; an address may hold anything, null characters too."""
        return self.filter(code=text).first() if text.isalnum() else None

    def of_countries(self):
        """The country offices proper, without headquarters."""
        return self.filter(is_headquarters=False)

    def covered_by(self, posts):
        """Those at which one of ``posts`` counts; :meth:`StaffAssignment.covers` says the same of one office."""
        posts = list(posts)
        if any(post.is_headquarters for post in posts):
            return self
        offices, regions = ({getattr(post, f"{name}_id") for post in posts} - {None} for name in ("office", "region"))
        return self.filter(Q(pk__in=offices) | Q(region__in=regions))

    def serving(self, location: Location):
        """Offices for the country that ``location`` is, or lies in."""
        return self.filter(countries__code=location.country_code)


class CountryOffice(Named):
    """A UNICEF office that works with partners in one country or in several. The code is its business area (S0-4).

    One row is headquarters, which registers and verifies the headquarters of international organizations (domain §3).
    It lies in no region and serves no country, so it appears in no list of countries and covers nobody else's work.
    """

    code = models.CharField(_("business area"), max_length=4, unique=True)
    sign = models.CharField(
        _("sign"),
        max_length=3,
        unique=True,
        help_text=_("What references of its documents begin with: UZB/PCA2026001."),
    )
    region = models.ForeignKey(
        RegionalOffice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offices",
        verbose_name=_("regional office"),
    )
    countries = models.ManyToManyField(
        Location,
        related_name="offices",
        limit_choices_to={"level": 0},
        blank=True,
        verbose_name=_("countries served"),
    )
    is_headquarters = models.BooleanField(
        _("headquarters"),
        default=False,
        editable=False,
        help_text=_("Registers the headquarters of international organizations."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("An office that is not active takes no new registrations.")
    )

    objects = CountryOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("country office")
        verbose_name_plural = _("country offices")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_headquarters=True, region=None) | Q(is_headquarters=False, region__isnull=False),
                name="office_region_or_headquarters",
                violation_error_message=_("A country office belongs to a regional office."),
            ),
            models.UniqueConstraint(
                fields=["is_headquarters"],
                condition=Q(is_headquarters=True),
                name="office_one_headquarters",
                violation_error_message=_("There is one headquarters already."),
            ),
        ]

    def get_absolute_url(self):
        return reverse("programmes:office-detail", args=[self.code])

    @property
    def checked_by(self) -> StaffRole:
        """The role that checks and verifies what is registered with this office (R-09)."""
        return StaffRole.HQ_EDITOR if self.is_headquarters else StaffRole.REGISTRATION_OFFICER
