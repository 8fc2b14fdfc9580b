"""Records that may be one and the same, and the keys under which their names are looked up."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful, reads_for_unicef
from accounts.models.base import StateField
from organizations.lifecycle import TWIN, TwinState
from organizations.models.organization import Organization
from portal.kit.addresses import record_address


class TwinReason(models.TextChoices):
    """Why two records look alike."""

    SAME_NUMBER = "same_number", _("The same registration number")
    SAME_NAME = "same_name", _("The same name")
    WORD_ORDER = "word_order", _("The same words in another order")
    TRANSLATION = "translation", _("The same name in another language")
    OTHER_SCRIPT = "other_script", _("The same name in another script")
    ACRONYM_OF = "acronym_of", _("One is the acronym of the other")
    SIMILAR_NAME = "similar_name", _("Names nearly alike")
    SHORTER_NAME = "shorter_name", _("One name is part of the other")
    SAME_ACRONYM = "same_acronym", _("The same acronym, other names")
    OTHER_ACRONYM = "same_name_other_acronym", _("The same name, other acronyms")
    ELSEWHERE = "same_name_elsewhere", _("The same name in another country")
    FORMER_NAME = "former_name", _("A register says that one became the other")


MOST_ALIKE = 500  # records of one name that are looked at
OWN_NAME, NUMBER = "!", "#"
"""How the keys begin that R-03 asks for: the name of the record itself, and a registration number."""


class NameKey(models.Model):
    """A key under which an organization is looked up: names that may be one share some of their keys.

    Derived from the names, the acronym and the numbers by ``organizations.twins.keys``; written by
    :func:`organizations.actions.twin.refresh_keys`.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="name_keys")
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "organization"], name="name_key_once")]

    def __str__(self):
        return self.key


def same_named(organization):
    """The other organizations of the same country that have the same name (R-03), however it is written.

    Not those of which a person has said that they are another, nor its own headquarters and branches.
    """
    own = organization.name_keys.filter(key__startswith=OWN_NAME).values("key")
    # Read first, for they are few; else the database may look at everybody in the order of the names.
    alike = list(NameKey.objects.filter(key__in=own).values_list("organization", flat=True)[:MOST_ALIKE])
    return others_than(organization).filter(country=organization.country_id, pk__in=alike)


def others_than(organization):
    """The organizations that may be taken for this one: without its family, and those found to be another."""
    decided = PossibleTwin.objects.filter(state=TwinState.DISMISSED)
    family = Q(headquarters=organization.pk)
    if head := organization.headquarters_id:
        family |= Q(pk=head) | Q(headquarters=head)
    return (
        Organization.objects.current()
        .exclude(pk=organization.pk)
        .exclude(family)
        .exclude(pk__in=decided.filter(first=organization).values("second"))
        .exclude(pk__in=decided.filter(second=organization).values("first"))
    )


class PossibleTwinQuerySet(models.QuerySet):
    def of(self, one, other):
        """The pair of two records, in whichever order."""
        first, second = sorted((one, other))
        return self.filter(first=first, second=second)

    def visible_to(self, user):
        """Only UNICEF staff look at possible twins."""
        return self if reads_for_unicef(user) else self.none()


class PossibleTwin(Stateful):
    """Two records that may be one organization. A person decides; the portal never merges by itself.

    ``found`` holds the name (or number) of each that met, first and second.
    """

    Reason = TwinReason

    lifecycle = TWIN
    state = StateField(TWIN)
    first = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name=_("one"))
    second = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name=_("other"))
    score = models.PositiveSmallIntegerField(_("likeness, of 100"))
    reason = models.CharField(_("why they look alike"), max_length=30, choices=TwinReason)
    found = models.JSONField(_("what is alike in both"), default=list, blank=True)

    objects = PossibleTwinQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible twin")
        verbose_name_plural = _("possible twins")
        ordering = ["-score", "pk"]
        indexes = [
            models.Index(fields=["state", "-score", "id"], name="twin_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="twin_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="twin_in_order"),
        ]

    def __str__(self):
        return f"{self.first} / {self.second}"

    @property
    def in_words(self):
        """Why they look alike, with the two names or numbers that met."""
        if len(self.found) != 2:
            return self.get_reason_display()
        one, other = self.found
        return gettext("%(reason)s: “%(one)s” and “%(other)s”") % {
            "reason": self.get_reason_display(),
            "one": one,
            "other": other,
        }

    def get_absolute_url(self):
        return record_address("organizations:twin-detail", self.pk)

    @property
    def organizations(self):
        return self.first, self.second
