"""The office's verification questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import Registration, VerificationAnswer, VerificationQuestion


class Asked(NamedTuple):
    """One question as the page shows it."""

    question: VerificationQuestion
    held: VerificationAnswer | None
    answer: forms.BoundField
    comment: forms.BoundField

    @property
    def stands_against(self) -> bool:
        return self.held is not None and self.held.answer != self.question.expected


class QuestionsForm(forms.Form):
    """One answer and one comment for each question in use (R-04). Questions may be answered in several sittings.

    What a person saw travels with the form, so that only what that person changed is written, and an answer that a
    colleague changed meanwhile is noticed.
    """

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        super().__init__(data)
        self.questions = list(registration.active_questions())
        given = registration.answers.select_related("answered_by", "question")
        self.held = {answer.question_id: answer for answer in given}
        for question in self.questions:
            held = self.held.get(question.pk)
            self.fields[f"answer-{question.pk}"] = forms.ChoiceField(
                label=question.label,
                help_text=_("“%(answer)s” allows verification.") % {"answer": question.get_expected_display()},
                choices=VerificationQuestion.Answer.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=held.answer if held else "",
                show_hidden_initial=True,
            )
            self.fields[f"comment-{question.pk}"] = forms.CharField(
                label=_("Comment"),
                max_length=4000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
                initial=held.comment if held else "",
                show_hidden_initial=True,
            )

    def asked(self) -> list[Asked]:
        return [
            Asked(question, self.held.get(question.pk), self[f"answer-{question.pk}"], self[f"comment-{question.pk}"])
            for question in self.questions
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for question in self.questions:
            if cleaned.get(f"comment-{question.pk}") and not cleaned.get(f"answer-{question.pk}"):
                self.add_error(f"answer-{question.pk}", _("Answer yes or no as well."))
        return cleaned

    def changed(self) -> Iterator[tuple[VerificationQuestion, str, str]]:
        """Yield (question, answer, comment) for each question that this person answered anew."""
        for question in self.questions:
            names = {f"answer-{question.pk}", f"comment-{question.pk}"}
            if names & set(self.changed_data) and self.cleaned_data[f"answer-{question.pk}"]:
                yield question, *(self.cleaned_data[f"{part}-{question.pk}"] for part in ("answer", "comment"))

    def overtaken(self) -> list[Asked]:
        """Return the questions among the changed ones whose answer is no longer the one that this person saw."""
        mine = {question.pk for question, _answer, _comment in self.changed()}
        return [
            asked
            for asked in self.asked()
            if asked.question.pk in mine
            and asked.held
            and _plain(asked.held.answer, asked.held.comment) != _plain(_seen(asked.answer), _seen(asked.comment))
        ]

    def see_anew(self) -> None:
        """Let the person send the same answers again, now that the page has told what changed meanwhile."""
        self.data = self.data.copy()
        for asked in self.asked():
            self.data[asked.answer.html_initial_name] = asked.held.answer if asked.held else ""
            self.data[asked.comment.html_initial_name] = asked.held.comment if asked.held else ""


def _seen(bound: forms.BoundField) -> str:
    """What the field held when the page was drawn."""
    return bound.form.data.get(bound.html_initial_name, "")


def _plain(answer: str, comment: str) -> tuple[str, list[str]]:
    """What counts in a comparison: browsers write the ends of lines in their own way."""
    return answer, comment.split()
