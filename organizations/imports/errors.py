"""What can be wrong with a file or with one of its rows, in words for the person who brought it."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _


class ImportProblem(Exception):
    """The file as a whole cannot be used. ``str()`` of it is a sentence for the person; nothing has been written."""


# Why one row is refused. The keys are what ``--json`` and the rejects file say; they do not change.
REASONS = {
    "empty_row": _("The row is empty."),
    "wrong_number_of_cells": _("The row has more or fewer cells than the headings."),
    "no_organization": _("No organization is named."),
    "no_sector": _("No sector is named."),
    "unknown_sector": _("The sector is neither in the layout nor among the themes of the portal."),
    "no_place": _("The row names a place without saying in which region it lies, or with an impossible code."),
    "bad_period": _("The period cannot be read."),
    "not_funded_by_unicef": _("The project is not funded by UNICEF."),
    "not_civil_society": _("The partner is not a civil society organization."),
    "no_project": _("The project has no title or no number."),
    "bad_date": _("The start or the end cannot be read."),
    "no_reference": _("The entry has no reference number."),
    "no_name_listed": _("The entry has no name."),
    "listed_twice": _("The reference number stands in the file twice; the first entry counts."),
    "ends_before_start": _("The project ends before it starts."),
    "bad_amount": _("The budget is not a number."),
    "unknown_state": _("The status is not in the layout."),
}

# What was mended or looks odd in a row that is taken all the same.
WARNINGS = {
    "unknown_type": _("Kind of organization not in the layout, taken as not known"),
    "swapped_cells": _("Kind of organization and acronym stood in each other's column"),
    "type_differs": _("The file calls the organization another kind than before; the first is kept"),
    "no_type": _("No kind of organization given"),
    "code_mended": _("Place code mended"),
    "code_unknown": _("Place code unknown: the place of that name was taken"),
    "place_made": _("Place code unknown: a new place is made"),
    "name_differs": _("Place name differs from the one known for the code; the code was followed"),
    "parent_differs": _("The place lies in another region than the row says; the place was followed"),
    "no_place": _("No place given: the country as a whole was taken"),
    "no_year": _("Neither the file name nor an option says the year: this year was taken"),
    "no_amount": _("No budget given"),
    "odd_amount": _("The budget is improbably small"),
    "amounts_differ": _("Rows of one project give different budgets; the largest was taken"),
    "dates_differ": _("Rows of one project give different dates; the widest span was taken"),
    "no_start": _("No start given"),
    "co_funded": _("UNICEF is one donor among others"),
    "swapped_numbers": _("Registration number and permit number stood in each other's column"),
    "odd_number": _("The number does not look like one of this register; it is kept as written"),
    "number_taken": _("Another organization has this number; the two are put before a person"),
    "name_cut": _("The name may be cut off: it is as long as the register lets names be"),
    "both_known": _("The old and the new name are both known, as two records; they are put before a person"),
    "over": _("The source calls it under way; its last day has passed, so it is taken as ended"),
}


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that is not taken. ``number`` is the row's number as a spreadsheet shows it (the headings are row 1)."""

    number: int
    reason: str
    cells: list[str]
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The reason in words, with what was found in the row."""
        return f"{REASONS[self.reason]} {self.detail}".strip()


@dataclass
class Warnings:
    """Remarks on rows that were taken, counted by kind and text; the first row of each is remembered."""

    counts: Counter = field(default_factory=Counter)
    first: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, kind: str, text: str, row: int) -> None:
        self.counts[kind, text] += 1
        self.first.setdefault((kind, text), row)

    def lines(self) -> list[str]:
        """One sentence for each remark, in the order of the file."""
        return [
            f"{WARNINGS[kind]}: {text} ({count} ×, row {self.first[kind, text]})"
            for (kind, text), count in self.counts.items()
        ]

    def totals(self) -> dict[str, int]:
        """Rows concerned, by kind of remark."""
        totals: Counter = Counter()
        for (kind, _text), count in self.counts.items():
            totals[kind] += count
        return dict(totals)
