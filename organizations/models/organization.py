"""The civil society organization: one record world-wide."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Recorded
from organizations.lifecycle import ENDED
from organizations.models.facts import Facts
from organizations.models.names import LANGUAGE_CHOICES, ScriptField, check_languages
from portal.kit.addresses import record_address
from portal.kit.prepared import Prepared
from portal.kit.text import fold, script_of


class CSOType(models.TextChoices):
    """The twelve types of civil society organization, in the words and order of the source text (S0-1)."""

    NGO = "ngo", _("International and national non-governmental organizations")
    COMMUNITY = "community", _("Community-based organizations")
    MOVEMENT = "movement", _("Social movements")
    FAITH = "faith", _("Faith-based organizations")
    ADVOCACY = "advocacy", _("Advocacy groups")
    UNION = "union", _("Trade unions")
    WOMEN = "women", _("Women’s groups")
    PROFESSIONAL = "professional", _("Professional voluntary associations")
    FOUNDATION = "foundation", _("Foundations")
    MEDIA = "media", _("Independent media")
    NETWORK = "network", _("Social networks")
    RESEARCH = "research", _("Think-tanks and research institutes")


class OrganizationCategory(models.TextChoices):
    """The UN's five registration categories: beside the twelve types, never instead (domain §2)."""

    INTERNATIONAL_NGO = "international_ngo", _("International NGO")
    NATIONAL_NGO = "national_ngo", _("National NGO")
    COMMUNITY_BASED = "community_based", _("Community-based organization")
    ACADEMIC_INSTITUTION = "academic_institution", _("Academic institution")
    RED_CROSS_RED_CRESCENT = "red_cross_red_crescent", _("Red Cross/Red Crescent national society")


class PartnerType(models.TextChoices):
    """What kind of body it is. Only civil society registers here; field data name the others as well."""

    CSO = "cso", _("Civil society organization")
    GOVERNMENT = "government", _("Government")
    UN_AGENCY = "un_agency", _("UN agency")
    INTERGOVERNMENTAL = "intergovernmental", _("Bilateral or multilateral organization")
    PRIVATE_SECTOR = "private_sector", _("Private sector")
    OTHER = "other", _("Another kind of body")
    UNKNOWN = "unknown", _("Not known yet")


class LegalStatus(models.TextChoices):
    """S0-2: civil society may be formal or informal."""

    FORMAL = "formal", _("Registered with the authorities")
    INFORMAL = "informal", _("Not registered: an informal group")


class Focus(models.TextChoices):
    """S0-13."""

    CHILDREN = "children", _("Children only")
    BROADER = "broader", _("A broader mandate that includes children")


TRAITS = {
    "is_opd": _("Led by persons with disabilities (OPD)"),
    "is_parents_organization": _("Parents’ organization"),
    "is_women_led": _("Led by women"),
    "is_youth_led": _("Led by young people"),
    "has_disability_expertise": _("Expert in disability inclusion"),
}
"""The traits that people filter by (S1-7, S1-16, S4-31); the words of OPD include the older “DPO” in search."""


class OrganizationQuerySet(models.QuerySet):
    def current(self):
        """Without the stubs of records that were merged into another one."""
        return self.filter(merged_into=None)

    def successor_of(self, pk, user):
        """The record that stays of one that was merged away, where ``user`` may see it; None for any other."""
        return self.visible_to(user).filter(pk__in=self.filter(pk=pk).values("merged_into")).first()

    def with_verified(self):
        """Annotate ``is_verified``: some country office has verified it and the verification still holds."""
        from organizations.models.registration import Registration

        return self.annotate(is_verified=Exists(Registration.objects.verified().filter(organization=OuterRef("pk"))))

    def telling_verified(self):
        """The same for rows that are shown one page at a time: for EXISTS a planner may read all registrations first,
        for one row of them never."""
        from organizations.models.registration import Registration

        holding = Registration.objects.verified().filter(organization=OuterRef("pk")).order_by()
        return self.annotate(is_verified=Coalesce(Subquery(holding.values(held=Value(True))[:1]), False))

    def public(self):
        """What everybody may see: verified civil society organizations that agree to be listed."""
        return self.current().with_verified().filter(partner_type=PartnerType.CSO, listed=True, is_verified=True)

    def blocked(self):
        """Those with which nothing may be verified or signed now (R-07): see :mod:`organizations.models.standing`."""
        from organizations.models.standing import is_blocked

        return self.filter(is_blocked())

    def visible_to(self, user):
        """UNICEF staff see all; members their own; everybody the public directory."""
        if user.is_authenticated and user.is_active and (user.is_superuser or user.works_for_unicef):
            return self.current()
        return self.current().with_verified().filter(self.readable(user))

    @staticmethod
    def readable(user) -> Q:
        """The condition behind :meth:`visible_to` for people who are not staff."""
        public = Q(partner_type=PartnerType.CSO, listed=True, is_verified=True)
        if user.is_authenticated:
            return public | Q(pk__in=user.roles_by_organization)
        return public


NAMED = ["name", "name_language", "acronym", "partner_type", "cso_type", "organization_category"]
NAMED += ["country", "headquarters"]


def with_names(rows, path="organization", **beside):
    """Return ``rows`` of another record that read of the organization at ``path`` only what a list shows beside it.

    The other fifty columns, long texts among them, would take longer to read than all the rest. ``beside``: what to
    read of other records, by the path to them; where nothing is said, all.
    """
    own = [column.name for column in rows.model._meta.concrete_fields if column.name != "search_text"]
    shown = {path: NAMED, **beside}
    return rows.only(*own, *(f"{where}__{name}" for where, names in shown.items() for name in names))


class Organization(Facts, Recorded):
    """A body that works with UNICEF or asks to.

    Names are kept as written, in any script. ``search_text`` is the folded text that the search reads: all names,
    the acronym and the mission; :meth:`refresh_search_text` writes it.
    """

    name = models.CharField(_("name"), max_length=300, help_text=_("As in the founding document, in its own language."))
    name_language = models.CharField(_("language of the name"), max_length=10, blank=True)
    name_script = ScriptField(_("script of the name"))
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    partner_type = models.CharField(_("kind of body"), max_length=20, choices=PartnerType, default=PartnerType.CSO)
    cso_type = models.CharField(_("type of organization"), max_length=20, choices=CSOType, blank=True)
    organization_category = models.CharField(_("UN category"), max_length=30, choices=OrganizationCategory, blank=True)
    headquarters = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("headquarters"),
        help_text=_("For a branch of an international organization."),
    )
    legal_status = models.CharField(_("legal status"), max_length=10, choices=LegalStatus, blank=True)
    no_certificate_reason = models.TextField(
        _("why there is no certificate"), blank=True, help_text=_("For informal groups.")
    )
    founded = models.PositiveSmallIntegerField(
        _("founded in"), null=True, blank=True, validators=[MinValueValidator(1000), MaxValueValidator(2100)]
    )
    country = models.ForeignKey(
        "programmes.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    focus = models.CharField(_("focus"), max_length=10, choices=Focus, blank=True)
    is_opd = models.BooleanField(TRAITS["is_opd"], default=False)
    is_parents_organization = models.BooleanField(TRAITS["is_parents_organization"], default=False)
    is_women_led = models.BooleanField(TRAITS["is_women_led"], default=False)
    is_youth_led = models.BooleanField(TRAITS["is_youth_led"], default=False)
    has_disability_expertise = models.BooleanField(TRAITS["has_disability_expertise"], default=False)
    mission = models.TextField(_("mission"), blank=True)
    mission_language = models.CharField(_("language of the mission"), max_length=10, blank=True)
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    strategies = models.ManyToManyField(
        "programmes.Strategy", blank=True, related_name="organizations", verbose_name=_("strategies")
    )
    email = models.EmailField(_("public e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    listed = models.BooleanField(
        _("show in the public directory"), default=False, help_text=_("Once a country office has verified it.")
    )
    source = models.CharField(
        _("source"), max_length=100, blank=True, help_text=_("Where an imported record came from.")
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("merged into"),
        help_text=_("The record that stays; this one only leads there."),
    )
    search_text = models.TextField(editable=False, default="", blank=True)
    twins_due = models.BooleanField(
        editable=False, default=True
    )  # names or numbers changed since twins were looked for

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name", "id"], name="organization_by_name"),
            models.Index(fields=["country", "name"], name="organization_by_country"),
            models.Index(fields=["id"], condition=Q(twins_due=True), name="organization_twins_due"),
        ]
        constraints = [
            models.CheckConstraint(
                name="organization_category_of_cso",
                condition=Q(partner_type=PartnerType.CSO) | Q(cso_type="", organization_category=""),
                violation_error_message=_("Only a civil society organization has a type and a UN category."),
            ),
            models.CheckConstraint(
                name="organization_not_own_headquarters",
                condition=Q(headquarters=None) | ~Q(headquarters=models.F("id")),
                violation_error_message=_("An organization cannot be its own headquarters."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return record_address("organizations:organization-detail", self.pk)

    @cached_property
    def stands_against(self):
        """The flags and sanctions matches that stand against it now, own and inherited; read once."""
        from organizations.models.standing import standing_of_one

        return standing_of_one(self)

    def blocks(self):
        """Sentences why nothing may be verified or signed with it now (R-07); empty when nothing stands against it."""
        from organizations.models.standing import blocks

        return blocks(self)

    @property
    def written_in(self):
        """The script of the name: as chosen, or as the letters show."""
        return self.name_script or script_of(self.name)

    @cached_property
    def own_presences(self):
        """Where it says of itself that it works on what, by place; what other sources say is left out."""
        return _OWN_PRESENCES(self.pk) if self.pk else []

    def offices_concerned(self):
        """The offices with which it is registered or asks to be."""
        rows = self.registrations.standing().select_related("office") if self.pk else []
        return [row.office for row in rows]

    def filled_in_by(self):
        """The offices that filled in a registration on its behalf, unless that was given up."""
        rows = self.registrations.all() if self.pk else []  # few; a page that shows them has read them already
        return [row.office for row in rows if row.on_behalf and row.state not in ENDED]

    def clean(self):
        """A family has two levels: a headquarters and its branches."""
        super().clean()
        check_languages(self, "name_language", "mission_language")
        if self.headquarters_id is None:
            return
        if self.headquarters.headquarters_id is not None:
            raise ValidationError({"headquarters": _("Name the headquarters itself: a branch has no branches.")})
        if self.pk and self.branches.exists():
            raise ValidationError({"headquarters": _("It has branches, so it is a headquarters itself.")})

    @property
    def traits(self):
        """The names of the traits it has, for tags."""
        return [label for field, label in TRAITS.items() if getattr(self, field)]

    @property
    def language_names(self):
        """The languages it works in, each in its own name."""
        names = dict(LANGUAGE_CHOICES)
        return [names.get(code, code) for code in self.languages]

    def refresh_search_text(self):
        """Fold the present names and mission into ``search_text``. The caller saves."""
        other_names = self.names.values_list("name", flat=True) if self.pk else []
        self.search_text = organization_search_text(self.name, self.acronym, other_names, self.mission)


def organization_search_text(name, acronym, other_names, mission=""):
    """Return the folded text under which an organization is found; one line for each name."""
    lines = dict.fromkeys(fold(part) for part in (name, acronym, *other_names, mission) if part)
    return "\n".join(lines)


_OWN_PRESENCES = Prepared(
    lambda pk: (
        Organization(pk=pk)
        .presences.filter(source="")
        .select_related("theme", "location")
        .order_by("location__path", "theme__path")
    )
)
