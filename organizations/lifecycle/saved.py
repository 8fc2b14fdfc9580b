"""When: a saved search is one's own, then the office's, then no longer used."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, State, Tone, Transition


class SavedSearchState(TextChoices):
    PRIVATE = "private", _("Only yours")
    SHARED = "shared", _("Shared with the office")
    RETIRED = "retired", _("Retired")


_S = SavedSearchState


def has_an_office(search: Any) -> str | None:
    if search.office_id is None:
        return gettext("It is kept for no office. Change it and choose the office first.")
    return None


SAVED_SEARCH = Lifecycle(
    model="organizations.savedsearch",
    title=_("Saved search"),
    path=(_S.PRIVATE, _S.SHARED),
    states=(
        State(
            _S.PRIVATE,
            _S.PRIVATE.label,
            _("Only the person who saved it sees it, and may delete it."),
            Tone.UNDERWAY,
            editable=frozenset({"name", "office"}),
        ),
        State(
            _S.SHARED,
            _S.SHARED.label,
            _("Everybody at the office can open it and be told what is new. It stays when its owner leaves."),
            Tone.GOOD,
            editable=frozenset({"name"}),
        ),
        State(
            _S.RETIRED,
            _S.RETIRED.label,
            _("The office no longer uses it. It stays on record, and nobody is told what is new."),
            Tone.PAST,
        ),
    ),
    transitions=(
        Transition(
            "share",
            _("Share with the office"),
            (_S.PRIVATE,),
            _S.SHARED,
            "organizations.share_saved_search",
            done=_("Shared with the office"),
            blockers=(has_an_office,),
            help=_("Colleagues see its name and what it asks for. It cannot be deleted afterwards, only retired."),
            style="primary",
        ),
        Transition(
            "retire",
            _("Retire"),
            (_S.SHARED,),
            _S.RETIRED,
            "organizations.change_saved_search",
            done=_("Retired"),
            help=_("Colleagues see that it is no longer used, and get no more e-mails about it."),
            style="danger",
        ),
        Transition(
            "restore",
            _("Use again"),
            (_S.RETIRED,),
            _S.SHARED,
            "organizations.change_saved_search",
            done=_("Used again"),
            help=_("Whoever was told what is new is told again."),
        ),
    ),
)
