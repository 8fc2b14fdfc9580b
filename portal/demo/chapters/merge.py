"""Two records that became one and can still be told apart again, and two that were merged by mistake."""

from typing import Any

from accounts.roles import StaffRole
from organizations.actions.merge import merge_organizations, merge_twin, undo_merge
from organizations.actions.organization import Profile, change_profile, create_organization
from organizations.models import Organization, OrganizationName, PossibleTwin
from organizations.models.twin import TwinReason
from portal.demo.clock import days_ago


def play(stage: Any) -> None:
    """A merge across scripts that can be undone, and one that was."""
    _merged(stage)
    _undone(stage)


def _merged(stage: Any) -> None:
    """The same group in Latin and in Cyrillic letters: found as twins, merged by the office's officer."""
    officer = stage.cast.staff(stage.offices["UZB"], StaffRole.REGISTRATION_OFFICER)
    country = stage.places["UZB"]
    with days_ago(20):
        kept = _record(
            officer, "Sogʻlom bolalik markazi", "uz", country=country, acronym="SBM", phone="+998 71 200 00 01"
        )
        goes = _record(officer, "Центр «Соғлом болалик»", "uz", country=country, website="https://soglom.example/")
        twin = PossibleTwin.objects.create(
            first=kept, second=goes, score=98, reason=TwinReason.OTHER_SCRIPT, found=[kept.name, goes.name]
        )
    with days_ago(6):
        merge_twin(
            twin,
            by=officer,
            kept=str(kept.pk),
            reason="One office, one head, one bank account; the second record came from an old list.",
            name_kind=OrganizationName.Kind.OTHER,
        )


def _undone(stage: Any) -> None:
    """Two chapters of one name, merged and told apart again when the second one called."""
    editor = stage.cast.accounts["hq@demo.example"]
    with days_ago(45):
        kept = _record(editor, "جمعية الأمل للطفولة", "ar", acronym="HCA")
        goes = _record(editor, "Association Espoir pour l’enfance", "fr", acronym="AEE")
        change_profile(goes, Profile(identifiers=[("XM-DEMO", "AEE-2011-07")]), by=None)
    with days_ago(12):
        merge = merge_organizations(kept, goes, by=editor, reason="The French name is a translation of the Arabic one.")
    with days_ago(9):
        undo_merge(merge, by=editor, reason="They called: two associations, each with its own board.")


def _record(by: Any, name: str, language: str, **facts: Any) -> Organization:
    return create_organization(by=by, name=name, name_language=language, **facts)
