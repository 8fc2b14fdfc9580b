"""On what, and how: thematic areas and strategies."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programmes.models.base import Named, Node, PublicQuerySet, TreeQuerySet, is_list_of_text


class ThematicAreaQuerySet(TreeQuerySet):
    def sectors(self):
        """The top of the tree."""
        return self.roots()

    def featured(self):
        return self.filter(is_featured=True)


class ThematicArea(Node):
    """What an organization works on: a sector, a specialization in it, or an issue below that (S0-8 to S0-12, S1-9).

    Looking for a theme finds what lies below it. ``hdx_sector`` and ``ocha_cluster`` are the code and the name in
    OCHA's lists and ``dac_sectors`` the OECD DAC purpose codes, so that files of others can be read and written.
    """

    synonyms = models.JSONField(
        _("synonyms by language"),
        default=dict,
        blank=True,
        help_text=_('Words that find this theme too, for example {"en": ["school"], "fr": ["école"]}.'),
    )
    hdx_sector = models.CharField(_("HDX sector code"), max_length=20, blank=True)
    ocha_cluster = models.CharField(_("OCHA cluster"), max_length=60, blank=True)
    dac_sectors = models.JSONField(_("DAC sector codes"), default=list, blank=True)
    source = models.CharField(
        _("source"), max_length=20, blank=True, help_text=_("The list or text that names this theme.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_featured = models.BooleanField(
        _("shown first"), default=False, help_text=_("Shown before the full list, and on the home page.")
    )
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("Records under this theme are shown only to those who need them for their work."),
    )

    objects = ThematicAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("thematic area")
        verbose_name_plural = _("thematic areas")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["hdx_sector"],
                condition=~Q(hdx_sector=""),
                name="theme_hdx_sector_unique",
                violation_error_message=_("Another theme carries this HDX sector code."),
            )
        ]

    def clean(self):
        super().clean()
        if not (isinstance(self.synonyms, dict) and all(is_list_of_text(words) for words in self.synonyms.values())):
            raise ValidationError({"synonyms": _("Give each language code a list of words.")})
        if not is_list_of_text(self.dac_sectors):
            raise ValidationError({"dac_sectors": _("Give a list of codes.")})

    def other_words(self):
        return [word for words in self.synonyms.values() for word in words] + [self.ocha_cluster, self.hdx_sector]

    def get_absolute_url(self):
        return reverse("programmes:theme-detail", args=[self.code])


class Strategy(Named):
    """How an organization works. One organization may use several (S0-14 to S0-19)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    source = models.CharField(
        _("source"), max_length=20, blank=True, help_text=_("The list or text that names this strategy.")
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["order", "name"]
