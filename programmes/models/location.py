"""Where: countries and the places in them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programmes.models.base import Node, TreeQuerySet, is_list_of_text

FOOTNOTES = {
    "XKX": _(
        "All references to Kosovo on this portal are to be understood in the context of "
        "United Nations Security Council resolution 1244 (1999)."
    ),
}


class LocationQuerySet(TreeQuerySet):
    def countries(self):
        return self.filter(level=Location.Level.COUNTRY)


class Location(Node):
    """A country or area (ISO 3166-1 alpha-3), or a place in one, known by its p-code (S2-3).

    ``name`` is the spelling of the list the place was loaded from; ``names`` and ``aliases`` are what people say.
    """

    class Level(models.IntegerChoices):
        COUNTRY = 0, _("Country or area")
        ADMIN_1 = 1, _("Region, province or state")
        ADMIN_2 = 2, _("District, zone or territory")

    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    iso2 = models.CharField(_("ISO alpha-2 code"), max_length=2, blank=True)
    aliases = models.JSONField(
        _("other spellings"), default=list, blank=True, help_text=_('For example ["DRC", "RDC"].')
    )

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=0, parent=None) | Q(level__gt=0, parent__isnull=False),
                name="location_parent_by_level",
                violation_error_message=_("A country is part of nothing; every other place is part of one."),
            ),
            models.UniqueConstraint(fields=["iso2"], condition=~Q(iso2=""), name="location_iso2_unique"),
        ]
        indexes = [models.Index(fields=["level", "name"], name="location_level_name")]

    def clean(self):
        super().clean()
        if not is_list_of_text(self.aliases):
            raise ValidationError({"aliases": _("Give a list of spellings.")})
        if self.parent and self.level is not None and self.level != self.parent.level + 1:
            raise ValidationError({"level": _("This is not one level below the place it is part of.")})

    def other_words(self):
        return [*self.aliases, self.iso2]

    def get_absolute_url(self):
        if self.is_country:
            return reverse("programmes:country-detail", args=[self.code])
        return reverse("programmes:place-detail", args=[self.country_code, self.code])

    @property
    def is_country(self) -> bool:
        return self.level == self.Level.COUNTRY

    @property
    def country_code(self) -> str:
        """The alpha-3 code of the country this is, or lies in."""
        return self.path.partition("/")[0]

    @property
    def footnote(self) -> str:
        """What has to be said wherever this country has a page of its own."""
        return FOOTNOTES.get(self.code, "")
