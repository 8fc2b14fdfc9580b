"""What reference data has in common: names in several languages, and a place in a tree."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.kit.text import fold


class Named(models.Model):
    """Has a name, and names in further languages: ``names`` maps a language code to the name in it."""

    name = models.CharField(_("name"), max_length=200)
    names = models.JSONField(
        _("names by language"), default=dict, blank=True, help_text=_('For example {"fr": "Santé", "ar": "الصحة"}.')
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        if not is_mapping_to_text(self.names):
            raise ValidationError({"names": _("Give each language code one name.")})

    @property
    def label(self) -> str:
        """The name in the reader's language, or the plain name where that language has none."""
        return self.names.get(reader_language()) or self.name

    @property
    def other_names(self) -> dict[str, str]:
        """The names in all languages but the reader's, by language."""
        return {
            language: name
            for language, name in {"en": self.name, **self.names}.items()
            if language != reader_language()
        }


def reader_language() -> str:
    """The reader's language without its country: "zh" for "zh-hans"."""
    return (get_language() or "en").partition("-")[0]


def is_mapping_to_text(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) and text for text in value.values())


def is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text for text in value)


class PublicQuerySet(models.QuerySet):
    """Reference data: everybody may read it."""

    def visible_to(self, user):
        return self


class TreeQuerySet(PublicQuerySet):
    """A tree by materialised path: a node's path begins with its parent's."""

    def roots(self):
        return self.filter(parent=None)

    def within(self, node: "Node"):
        """``node`` itself and everything below it."""
        return self.filter(path__startswith=node.path)

    def matching(self, text: str):
        """Nodes that have every word of ``text`` in their names or other words."""
        rows = self
        for word in fold(text).split():
            rows = rows.filter(search_text__contains=word)
        return rows

    def above(self, node: "Node"):
        """The nodes that hold ``node``, the outermost first."""
        codes = node.path.split("/")[:-2]
        return self.filter(code__in=codes).order_by("path")


class Node(Named):
    """One node of a tree of named things. Its code and parent stay as they were made: paths are kept by others.

    ``search_text`` holds every name and word by which the node is looked for, folded, one a line.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    # db_index gives PostgreSQL the *_like index that prefix search needs; for SQLite see migration 0002.
    path = models.CharField(max_length=130, db_index=True, editable=False)
    search_text = models.TextField(editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Set what follows from other fields: ``path`` and ``search_text``. Bulk loaders call it for each row."""
        above = self.parent.path if self.parent else ""
        self.path = f"{above}{self.code}/"
        words = [self.name, *self.names.values(), *self.other_words(), self.code]
        self.search_text = "\n".join(dict.fromkeys(fold(each) for each in words if each))

    def other_words(self) -> Iterable[str]:
        """Further words, beside the names, by which people look for this."""
        return ()

    @property
    def depth(self) -> int:
        """0 for a root, 1 for its children, and so on."""
        return self.path.count("/") - 1
