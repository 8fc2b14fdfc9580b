"""When: a document that an organization or an office has put on record."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.kit.lifecycle import Lifecycle, Reason, State, Tone, Transition


class DocumentState(TextChoices):
    CURRENT = "current", _("Current")
    WITHDRAWN = "withdrawn", _("Withdrawn")


FACTS = frozenset({"title", "issuer", "number", "issued_on", "expires_on"})
"""What is written about a document and may be corrected while it counts."""

DOCUMENT = Lifecycle(
    model="organizations.document",
    title=_("Document"),
    path=(),
    states=(
        State(
            DocumentState.CURRENT,
            DocumentState.CURRENT.label,
            _("It counts. A newer file may take its place; the older ones stay readable."),
            Tone.GOOD,
            editable=FACTS,
        ),
        State(
            DocumentState.WITHDRAWN,
            DocumentState.WITHDRAWN.label,
            _("It no longer counts. It stays readable, because others may have relied on it."),
            Tone.PAST,
        ),
    ),
    transitions=(
        Transition(
            "withdraw",
            _("Withdraw"),
            (DocumentState.CURRENT,),
            DocumentState.WITHDRAWN,
            "organizations.change_document",
            done=_("Withdrawn"),
            reason=Reason.REQUIRED,
            style="danger",
            help=_("The document no longer counts. Nothing is deleted. For a newer file, replace it instead."),
        ),
    ),
)
