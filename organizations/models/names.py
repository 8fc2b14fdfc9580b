"""By what an organization is known: its other names, with language and script, and its numbers in registers."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from organizations.models.scheme import doubt, schemes
from portal.kit.text import SCRIPTS, fold, script_of

LANGUAGE_CHOICES = [
    *settings.LANGUAGES,
    *[("es", "Español"), ("ru", "Русский"), ("zh", "中文"), ("pt", "Português"), ("sw", "Kiswahili")],
    *[("am", "አማርኛ"), ("so", "Soomaali"), ("uk", "Українська"), ("uz", "Oʻzbekcha"), ("ne", "नेपाली")],
]
"""The languages a name or text may be marked as; own names, so not translated."""


class ScriptField(models.CharField):
    """A script as chosen, by its ISO 15924 code; empty: the one in which the name is written."""

    def __init__(self, verbose_name=None, **options):
        super().__init__(verbose_name, **{"max_length": 4, "blank": True, "choices": list(SCRIPTS.items())} | options)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)  # migrations need no words
        return name, path, args, kwargs


def check_languages(instance, *names):
    """Raise ValidationError for those of the fields ``names`` that hold no language tag: browsers and print read it."""
    wrong = [name for name in names if not re.fullmatch(r"([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?", getattr(instance, name))]
    if wrong:
        raise ValidationError(dict.fromkeys(wrong, _("Write the language as its code, for example “sw”.")))


class OrganizationName(models.Model):
    """Another name of an organization: former, translated, misspelt in a source…"""

    class Kind(models.TextChoices):
        OTHER = "other", _("Also known as")
        FORMER = "former", _("Former name")
        TRANSLATION = "translation", _("Translation")
        MISSPELLING = "misspelling", _("Spelling found in a source")
        ACRONYM = "acronym", _("Acronym")

    organization = models.ForeignKey("organizations.Organization", models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    language = models.CharField(_("language"), max_length=10, blank=True)
    script = ScriptField(_("script"))
    source = models.CharField(_("source"), max_length=100, blank=True)
    folded = models.CharField(max_length=300, editable=False, db_index=True)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name", "kind"],
                name="organization_name_once",
                violation_error_message=_("This name is already there."),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.folded = fold(self.name)[:300]
        super().save(*args, **kwargs)

    def clean(self):
        check_languages(self, "language")

    @property
    def written_in(self):
        """The script: as chosen, or as the letters show."""
        return self.script or script_of(self.name)

    @property
    def script_label(self):
        return SCRIPTS.get(self.written_in, "")


class Identifier(models.Model):
    """A number by which a register knows the organization. No two organizations share one (R-03)."""

    organization = models.ForeignKey("organizations.Organization", models.CASCADE, related_name="identifiers")
    scheme = models.CharField(
        _("register"), max_length=40, help_text=_("An org-id.guide code such as UZ-MOJ, or the register’s name.")
    )
    value = models.CharField(_("number"), max_length=80)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                Lower("scheme"),
                Lower("value"),
                name="identifier_once",
                violation_error_message=_("Another organization already has this registration number."),
            )
        ]

    def __str__(self):
        return f"{self.scheme} {self.value}"

    @property
    def doubt(self) -> str:
        """A remark where the number does not look like one of its register; "" otherwise."""
        return doubt(self.scheme, self.value)

    @property
    def register_name(self) -> str:
        """What people call the register."""
        known = schemes().get(self.scheme)
        return known.name if known else self.scheme
