"""What a profile says of an organization beside its names: for whom, with what reach, with what capacity (domain §2).

The lists are closed, so that offices can compare; each fact that is a choice of several is a :class:`ChoiceListField`.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from programmes.models.money import is_currency


class Population(models.TextChoices):
    """Whom the organization serves."""

    YOUNG_CHILDREN = "young_children", _("Young children and their families")
    CHILDREN = "children", _("Children of school age")
    ADOLESCENTS = "adolescents", _("Adolescents")
    YOUTH = "youth", _("Young people")
    GIRLS = "girls", _("Girls and women")
    MOTHERS = "mothers", _("Pregnant women and mothers")
    DISABILITIES = "disabilities", _("Children with disabilities")
    WITHOUT_CARE = "without_care", _("Children without parental care")
    REFUGEES = "refugees", _("Refugees")
    ASYLUM_SEEKERS = "asylum_seekers", _("Asylum seekers")
    DISPLACED = "displaced", _("Internally displaced persons")
    STATELESS = "stateless", _("Stateless persons")
    RETURNING = "returning", _("Returning persons")
    HOST = "host", _("Host communities")
    MINORITIES = "minorities", _("Minorities and indigenous peoples")
    POOR = "poor", _("Families in poverty")


class PolicyArena(models.TextChoices):
    """Where the organization knows how decisions are made, and by whom (S1-8)."""

    COMMUNITY = "community", _("Community and traditional leaders")
    LOCAL = "local", _("Local and regional government")
    MINISTRIES = "ministries", _("Ministries and national agencies")
    PARLIAMENT = "parliament", _("Parliament")
    COURTS = "courts", _("Courts and human rights institutions")
    BUDGETS = "budgets", _("Public budgets")
    MEDIA = "media", _("Media and public debate")
    REGIONAL = "regional", _("Regional organizations")
    UN = "un", _("United Nations bodies and treaty reports")


class Years(models.TextChoices):
    """How long an organization has worked on a theme."""

    LESS = "under_1", _("Less than 1 year")
    FEW = "1_to_5", _("1 to 5 years")
    SEVERAL = "5_to_10", _("5 to 10 years")
    MANY = "over_10", _("More than 10 years")


class StaffBand(models.TextChoices):
    TO_50 = "1_50", _("1 to 50")
    TO_100 = "51_100", _("51 to 100")
    TO_200 = "101_200", _("101 to 200")
    TO_500 = "201_500", _("201 to 500")
    TO_1000 = "501_1000", _("501 to 1,000")
    TO_5000 = "1001_5000", _("1,001 to 5,000")
    MORE = "over_5000", _("More than 5,000")


class BudgetBand(models.TextChoices):
    """The year's budget in US dollars, or what that is in another currency."""

    TO_10K = "under_10k", _("Less than 10,000")
    TO_50K = "10k_50k", _("10,000 to 50,000")
    TO_100K = "50k_100k", _("50,000 to 100,000")
    TO_500K = "100k_500k", _("100,000 to 500,000")
    TO_1M = "500k_1m", _("500,000 to 1 million")
    TO_10M = "1m_10m", _("1 million to 10 million")
    MORE = "over_10m", _("More than 10 million")


class Donor(models.TextChoices):
    INDIVIDUALS = "individuals", _("Individuals")
    FOUNDATIONS = "foundations", _("Trusts and foundations")
    COMPANIES = "companies", _("Private companies")
    GOVERNMENT = "government", _("Government")
    UN = "un", _("UN agencies")
    BILATERAL = "bilateral", _("Bilateral or multilateral donors")
    BANKS = "banks", _("Development banks")
    INGO = "ingo", _("International NGOs")
    OTHER = "other", _("Others")
    NONE = "none", _("No donor so far")


class Audit(models.TextChoices):
    INTERNAL = "internal", _("Internal audit")
    STATEMENTS = "statements", _("Audit of the financial statements")
    DONOR = "donor", _("Audit by a donor")


class Policy(models.TextChoices):
    """Policies that are written down."""

    HUMAN_RESOURCES = "human_resources", _("Human resources")
    PROCUREMENT = "procurement", _("Procurement")
    ASSETS = "assets", _("Assets and inventory")
    SAFEGUARDING = "safeguarding", _("Safeguarding of children")
    PSEA = "psea", _("Protection from sexual exploitation and abuse")
    FRAUD = "fraud", _("Fraud and corruption")


class Duty(models.TextChoices):
    """Duties around money that are safest in different hands."""

    PROCURE = "procure", _("Ordering goods and services")
    AUTHORISE = "authorise", _("Authorising a payment")
    RECORD = "record", _("Recording it in the books")
    PAY = "pay", _("Paying")
    CUSTODY = "custody", _("Keeping cash and goods")
    RECONCILE = "reconcile", _("Comparing the books with the bank")


class AccountingBasis(models.TextChoices):
    CASH = "cash", _("Cash: counted when it is paid")
    ACCRUAL = "accrual", _("Accrual: counted when it is owed")


class AccountingSystem(models.TextChoices):
    COMPUTER = "computer", _("On a computer")
    PAPER = "paper", _("On paper")
    NONE = "none", _("None yet")


class CapacityAssessment(models.TextChoices):
    HACT = "hact", _("HACT micro-assessment")
    OCHA = "ocha", _("OCHA country-based pooled fund")
    UNHCR = "unhcr", _("UNHCR")
    FCDO = "fcdo", _("United Kingdom (DFID, FCDO)")
    EU = "eu", _("European Union (ECHO)")
    OTHER = "other", _("Another one")


class ChoiceListField(models.JSONField):
    """Several of the choices of ``kind``, in its order. ``<name>_labels`` gives their words."""

    def __init__(self, verbose_name: Any = None, kind: type[models.TextChoices] | None = None, **options: Any) -> None:
        self.kind = kind
        super().__init__(verbose_name, **{"default": list, "blank": True} | options)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if self.kind is not None:
            setattr(cls, f"{name}_labels", property(lambda held: self.labels(getattr(held, name))))

    def labels(self, values: Iterable[str]) -> list[Any]:
        """The words of ``values``."""
        return [label for value, label in self._pairs() if value in values]

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        known = dict(self._pairs())
        if not isinstance(value, list) or any(each not in known for each in map(str, value)):
            raise ValidationError(_("Choose from the list."))

    def formfield(self, **options: Any) -> Any:
        given = {
            "label": str(self.verbose_name).capitalize(),
            "required": not self.blank,
            "help_text": self.help_text,
            "choices": self._pairs(),
            "widget": forms.CheckboxSelectMultiple,
        }
        kept = {name: value for name, value in options.items() if name in (*given, "initial")}
        return forms.MultipleChoiceField(**given | kept)

    def _pairs(self) -> list[tuple[str, Any]]:
        return list(self.kind.choices) if self.kind else []


class Facts(models.Model):
    """The columns of an organization that sections beyond its identity fill in."""

    # For whom (S0-5, S1-7, S1-16)
    populations = ChoiceListField(_("people it serves"), Population)
    opd_evidence = models.TextField(_("who leads and governs it"), blank=True, help_text=_("For an OPD."))
    disability_expertise = models.TextField(_("what its expertise in disability inclusion is"), blank=True)

    # With what reach (S1-8)
    policy_arenas = ChoiceListField(_("policy arenas"), PolicyArena)
    communities = models.TextField(_("communities with direct access"), blank=True)

    # With what capacity
    staff_band = models.CharField(_("paid staff"), max_length=10, choices=StaffBand, blank=True)
    budget_band = models.CharField(_("annual budget, in US dollars"), max_length=10, choices=BudgetBand, blank=True)
    budget_year = models.PositiveSmallIntegerField(
        _("year of the budget"), null=True, blank=True, validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    budget_currency = models.CharField(
        _("currency of the budget"), max_length=3, blank=True, validators=[is_currency], help_text=_("ISO 4217 code.")
    )
    donors = ChoiceListField(_("donors"), Donor)
    audits = ChoiceListField(_("audits"), Audit)
    policies = ChoiceListField(_("written policies"), Policy)
    segregated_duties = ChoiceListField(_("duties in different hands"), Duty)
    accounting_basis = models.CharField(_("accounting basis"), max_length=10, choices=AccountingBasis, blank=True)
    accounting_system = models.CharField(_("accounting system"), max_length=10, choices=AccountingSystem, blank=True)
    capacity_assessments = ChoiceListField(_("capacity assessments held"), CapacityAssessment)

    class Meta:
        abstract = True


MANDATE_FACTS = ("populations", "opd_evidence", "disability_expertise")
REACH_FACTS = ("policy_arenas", "communities")
CAPACITY_FACTS = (
    *("staff_band", "budget_band", "budget_year", "budget_currency", "donors", "audits", "policies"),
    *("segregated_duties", "accounting_basis", "accounting_system", "capacity_assessments"),
)
