"""Searches of the directory that people keep under a name, and who is told what they newly find."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Stateful
from accounts.models.base import StateField
from organizations.lifecycle import SAVED_SEARCH, SavedSearchState
from portal.kit.addresses import record_address
from programmes.models import CountryOffice

QUERY_LENGTH = 2000
FOLLOWED_MOST = 10_000
"""How many organizations a search may find at most for somebody to be told what is new: their keys are kept."""


class SavedSearchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and what was shared with an office at which one works."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        seen = Q(owner=user)
        if user.works_for_unicef:
            seen |= ~Q(state=SavedSearchState.PRIVATE) & user.offices_condition()
        return self.filter(seen)

    def in_use(self):
        return self.exclude(state=SavedSearchState.RETIRED)


class SavedSearch(Stateful):
    """What somebody asks of the directory, under a name. ``query`` is the address's own words, in one fixed order.

    It keeps the question and never an answer: whoever opens it finds what that person may see now.
    """

    MOST = 100  # for each person

    lifecycle = SAVED_SEARCH
    state = StateField(SAVED_SEARCH)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="saved_searches",
        verbose_name=_("saved by"),
        editable=False,
    )
    office = models.ForeignKey(
        CountryOffice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="saved_searches",
        verbose_name=_("country office"),
        help_text=_("With whom it can be shared."),
    )
    name = models.CharField(
        _("name"),
        max_length=100,
        help_text=_("So that you and your colleagues know it again."),
        validators=[RegexValidator(r"\w", _("Write at least one letter or digit."))],
    )
    query = models.TextField(_("what it asks for"), max_length=QUERY_LENGTH, editable=False)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["office", "state", "name"], name="saved_search_of_office")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_search_name_once",
                violation_error_message=_("You have saved a search under this name already."),
            ),
            models.CheckConstraint(
                condition=Q(state=SavedSearchState.PRIVATE) | Q(office__isnull=False),
                name="saved_search_shared_with_an_office",
                violation_error_message=_("A shared search belongs to an office."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return record_address("organizations:saved-search-detail", self.pk)

    @property
    def directory_url(self):
        """The directory, asked for this."""
        return f"{reverse('organizations:organization-list')}?{self.query}"

    @property
    def open_path(self):
        """Leads to the directory; short enough for a message."""
        return record_address("organizations:saved-search-open", self.pk)

    def clean(self):
        super().clean()
        if not self.query:
            raise ValidationError(_("Search for something or choose a filter first: this asks for every partner."))
        if len(self.query) > QUERY_LENGTH:
            raise ValidationError(_("This asks for too much at once. Take some of the filters away."))


class Rhythm(models.TextChoices):
    """How often somebody is told what is new."""

    OFF = "off", _("Never")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")


_DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7}


class DigestQuerySet(models.QuerySet):
    def due(self, now):
        """Those to be made now: due by the calendar, of a search in use, and not in another worker's hands."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        due = self.filter(free, due_on__lte=timezone.localdate(now)).exclude(rhythm=Rhythm.OFF)
        return due.exclude(search__state=SavedSearchState.RETIRED)


class Digest(models.Model):
    """One person's wish to be told what one search newly finds.

    ``known``: the keys of all that it found for this person when last looked at. What is found and not among them is
    new; so nothing that lets an organization be found can be missed, whatever kind of change it was (ADR 0016).
    """

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="digests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    rhythm = models.CharField(_("tell me what is new"), max_length=10, choices=Rhythm, default=Rhythm.WEEKLY)
    known = models.JSONField(default=list, editable=False)
    due_on = models.DateField(_("due"), editable=False)
    looked_at = models.DateTimeField(_("last looked at"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("last sent"), null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["search", "person"], name="digest_once"),
        ]
        indexes = [models.Index(fields=["due_on", "id"], condition=~Q(rhythm=Rhythm.OFF), name="digest_due")]

    def __str__(self):
        return f"{self.search}: {self.get_rhythm_display()}"

    @property
    def is_on(self) -> bool:
        return self.rhythm != Rhythm.OFF

    def next_day(self, today):
        return today + timedelta(days=_DAYS.get(Rhythm(self.rhythm), 1))
