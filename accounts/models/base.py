"""What every record of the portal has in common."""

from datetime import datetime
from functools import cache
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, State


class Recorded(models.Model):
    """A record whose changes go through actions: ``version`` counts them and tells a reader that it is out of date."""

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field):
        """What ``get_…_display()`` says, as Django says it; Django itself translates every choice anew for each row."""
        value = getattr(self, field.attname)
        return force_str(_labels(field).get(value, value), strings_only=True)


@cache
def _labels(field):
    return dict(field.flatchoices)


class StateField(models.CharField):
    """The state of a record, one of its lifecycle's. Migrations see a plain text field, so new words need none."""

    def __init__(self, lifecycle: Lifecycle | None = None, **kwargs):
        if lifecycle is not None:
            kwargs |= {"choices": lifecycle.choices, "default": lifecycle.initial}
        super().__init__(_("state"), max_length=30, editable=False, db_index=True, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for key in ("choices", "verbose_name", "max_length", "editable", "db_index"):
            kwargs.pop(key, None)
        return name, path, args, kwargs


class Stateful(Recorded):
    """A record with a lifecycle. ``state`` is moved by the table's actions alone, never edited.

    Each model says ``lifecycle = THE_TABLE`` and ``state = StateField(THE_TABLE)``.
    """

    lifecycle: Lifecycle
    state: Any

    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def state_now(self) -> State:
        """Its state in words. A model may say here what time alone has made of it."""
        return self.lifecycle.state(self.state)

    @property
    def state_now_since(self) -> datetime:
        return self.state_since

    def transition_url(self, name: str) -> str:
        """The page where a person confirms the move called ``name``."""
        return f"{self.get_absolute_url()}{name}/"
