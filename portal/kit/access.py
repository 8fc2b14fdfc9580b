"""Who may: refusals that every door turns into the right answer, and the one way to fetch what a person may see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db import models

    AnyUser = AbstractBaseUser | AnonymousUser

logger = logging.getLogger(__name__)

M = TypeVar("M", bound="models.Model")


class NotAllowed(PermissionDenied):
    """The person may see this but not do that: 403."""


class NotNow(Exception):
    """The thing is not in a state for it: 409. ``reasons`` are sentences a person can act on."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = [str(reason) for reason in reasons]
        super().__init__(" ".join(self.reasons))


class Stale(NotNow):
    """Somebody else changed the record since this person read it: 409 on pages, 412 in the API."""


def as_refusal(exception: Exception) -> NotNow | None:
    """Return the refusal that ``exception`` is or amounts to, or None for what is no refusal.

    Two people who save the same thing in the same moment both pass every check; the database then refuses the second,
    or lets neither wait for the other for long.
    """
    if isinstance(exception, NotNow):
        return exception
    if isinstance(exception, IntegrityError) or _sqlstate(exception) in CROSSED:
        logger.warning("The database refused what the checks had passed.", exc_info=exception)
        return NotNow([_("Somebody saved the same thing in the same moment. Look again, then repeat what you wanted.")])
    return None


CROSSED = {"55P03", "40P01", "40001"}
"""PostgreSQL: somebody held the row for longer than anybody waits, or two wanted what the other held."""

STOPPED = "57014"


def as_trouble(exception: BaseException) -> str:
    """Return the sentence for a reader whom the database did not answer (503), or "" for any other exception."""
    if not isinstance(exception, OperationalError | InterfaceError):
        return ""
    logger.error("The database did not answer.", exc_info=exception)
    if _sqlstate(exception) == STOPPED:
        return _("This took longer than the portal allows, so it was stopped. Ask for less at once, or try later.")
    return _("The portal does not reach its data at the moment. Please try again in a minute.")


def _sqlstate(exception: BaseException) -> str:
    return getattr(exception.__cause__, "pgcode", None) or ""


def require(user: AnyUser | None, permission: str, instance: models.Model | None = None) -> None:
    """Raise :class:`NotAllowed` unless ``user`` holds ``permission`` on ``instance``.

    User None is the portal's own worker, which may everything; an empty permission is the worker's alone.
    """
    if user is None or (permission and user.has_perm(permission, instance)):  # type: ignore[union-attr]
        return
    raise NotAllowed(permission)


def visible_or_404(model: type[M], user: AnyUser, *beside: str, **lookup: Any) -> M:
    """Return the one ``model`` row that matches ``lookup`` among those ``user`` may see, or raise Http404.

    ``beside``: the records that it refers to and that are needed with it.
    """
    # Without the order of its lists, which would cost more than the rest: there is one row at most.
    rows = model._default_manager.visible_to(user).filter(**lookup).order_by()  # type: ignore[attr-defined]
    for found in (rows.select_related(*beside) if beside else rows)[:1]:
        return found
    raise Http404
