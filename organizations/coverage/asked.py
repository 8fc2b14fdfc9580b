"""What the table of coverage is asked for, on the page, for files and through the API."""

from __future__ import annotations

from typing import Any

from accounts.models import reads_for_unicef
from organizations.coverage.table import Scope
from organizations.filters.coverage import PUBLIC, CoverageForm
from organizations.filters.vocabulary import vocabulary
from organizations.search.reader import Reader


def chosen_coverage(asked: Any, user: Any) -> tuple[CoverageForm, Scope, Reader]:
    """The form with what is asked for, what that is (the whole world, while it is not valid), and who is counted."""
    for_unicef = reads_for_unicef(user)
    form = CoverageForm(asked, for_unicef=for_unicef)
    told = form.cleaned_data if form.is_valid() else {}
    area = told.get("area", "")
    country = area if area in vocabulary().places else ""
    scope = Scope(region="" if country else area, country=country, theme=told.get("theme", ""))
    return form, scope, Reader(for_unicef=for_unicef and told.get("counted") != PUBLIC)
