"""Two records that were merged into one, with all that is needed to take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful, reads_for_unicef
from accounts.models.base import StateField
from organizations.lifecycle import MERGE, MergeState
from organizations.models.organization import Organization
from organizations.models.relations import relations_to
from portal.kit.addresses import record_address


class MergeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Only UNICEF staff look at merges."""
        return self if reads_for_unicef(user) else self.none()

    def past_undoing(self):
        """Those that can no longer be undone, and are not closed yet; :meth:`Merge.too_late` says the same of one."""
        return self.filter(
            state=MergeState.DONE, created_at__lt=timezone.now() - timedelta(days=settings.MERGE_UNDO_DAYS)
        )


class Merge(Stateful):
    """One merge: everything of ``merged`` belongs to ``kept`` since.

    ``rows`` is what undoing needs and is forgotten when the merge is final: ``moved`` and ``ended`` (keys of rows by
    relation), ``pairs`` (what pairs said before), ``folded`` (rows in full that gave way to an equal one), ``names``
    (keys of the names that were added), ``facts`` (field of ``kept``: before and after). ``counts``: rows by relation.
    """

    lifecycle = MERGE
    state = StateField(MERGE)
    kept = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("the record that stays"))
    merged = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("the record that gives way")
    )
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.TextField(_("why they are one"))
    counts = models.JSONField(default=dict, blank=True, editable=False)
    rows = models.JSONField(default=dict, blank=True, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="merge_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=~Q(state=MergeState.UNDONE),
                name="merged_once",
                violation_error_message=_("This record was merged into another one already."),
            ),
            models.CheckConstraint(
                condition=~Q(kept=F("merged")),
                name="merge_of_two",
                violation_error_message=_("A record cannot be merged with itself."),
            ),
        ]

    def __str__(self):
        return f"{self.merged} → {self.kept}"

    def get_absolute_url(self):
        return record_address("organizations:merge-detail", self.pk)

    @property
    def organizations(self):
        return self.kept, self.merged

    @property
    def undo_until(self):
        """The moment after which it cannot be undone."""
        return self.created_at + timedelta(days=settings.MERGE_UNDO_DAYS)

    # --- What its lifecycle asks -----------------------------------------------------------------------------------

    def too_late(self) -> str | None:
        """The sentence that says so, once the time to undo is over."""
        if timezone.now() <= self.undo_until:
            return None
        return gettext("A merge can be undone for %(days)s days. This one could be until %(date)s.") % {
            "days": settings.MERGE_UNDO_DAYS,
            "date": date_format(self.undo_until, "DATE_FORMAT"),
        }

    def changed_since(self) -> list[str]:
        """What has happened since and stands against restoring both records exactly."""
        kept = Organization.objects.select_related("merged_into").get(pk=self.kept_id)
        if kept.merged_into:
            return [
                gettext("%(name)s was itself merged into %(other)s. Undo that first.")
                % {"name": kept, "other": kept.merged_into}
            ]
        return [*self._facts_changed(kept), *self._rows_gone(kept), *self._pairs_gone()]

    def _facts_changed(self, kept: Organization) -> list[str]:
        changed = [
            Organization._meta.get_field(name)
            for name, (_before, after) in self.rows.get("facts", {}).items()
            if as_json(getattr(kept, column_of(name))) != after
        ]
        return [
            gettext("“%(fact)s” of %(name)s was changed since.") % {"fact": field.verbose_name, "name": kept}
            for field in changed
        ]

    def _rows_gone(self, kept: Organization) -> list[str]:
        relations = {one.key: one for one in relations_to(Organization)}
        reasons = []
        for key, pks in self.rows.get("moved", {}).items():
            relation = relations[key]
            gone = len(pks) - relation.rows(kept).filter(pk__in=pks).count()
            if gone:
                sentence = ngettext(
                    "%(count)s of the rows that moved (%(rows)s) is no longer with %(name)s.",
                    "%(count)s of the rows that moved (%(rows)s) are no longer with %(name)s.",
                    gone,
                )
                reasons.append(sentence % {"count": gone, "rows": relation.label, "name": kept})
        return reasons

    def _pairs_gone(self) -> list[str]:
        from organizations.models.twin import PossibleTwin

        pairs = {pair["pk"] for pair in self.rows.get("pairs", ())}
        there = PossibleTwin.objects.filter(pk__in=pairs).filter(Q(first=self.kept_id) | Q(second=self.kept_id))
        if there.count() == len(pairs):
            return []
        return [gettext("Possible twins of the two records were merged since. Undo that first.")]


def as_json(value: Any) -> Any:
    """A column's value as a merge remembers it."""
    plain = (bool, int, float, str, list, dict, type(None))
    return value if isinstance(value, plain) else str(value)


def column_of(name: str) -> str:
    """The attribute that holds the plain value of a fact: the key, where the fact is another record."""
    field: Any = Organization._meta.get_field(name)
    column: str = field.attname
    return column
