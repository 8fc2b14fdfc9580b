"""The office's verification questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.lifecycle import DocumentState
from organizations.models import Registration, VerificationAnswer, VerificationQuestion

_PARTS = {
    "comment": (_("Comment"), 4000, ""),
    "evidence": (_("Evidence"), 2000, _("A reference or a link that somebody can look up.")),
}
PARTS = ("answer", *_PARTS, "paper")


class Asked(NamedTuple):
    """One question as the page shows it."""

    question: VerificationQuestion
    held: VerificationAnswer | None
    answer: forms.BoundField
    comment: forms.BoundField
    evidence: forms.BoundField
    paper: forms.BoundField

    @property
    def stands_against(self) -> bool:
        return self.held is not None and self.held.stands_against

    @property
    def is_bare(self) -> bool:
        return self.held is not None and self.held.is_bare


class QuestionsForm(forms.Form):
    """One answer for each question in use, with a comment and evidence (R-04); in several sittings, if need be.

    What a person saw travels with the form, so that only what that person changed is written, and an answer that a
    colleague changed meanwhile is noticed.
    """

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        super().__init__(data)
        self.questions = registration.questions_in_use
        self.held = {answer.question_id: answer for answer in registration.given_answers}
        documents = registration.organization.documents.all()  # often fetched beforehand
        self.papers = {str(each.pk): each for each in documents if each.state == DocumentState.CURRENT}
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
            wants = {"comment": question.needs_comment, "evidence": question.needs_evidence}
            for part, (label, most, hint) in _PARTS.items():
                needed = _("Needed before you can verify.") if wants[part] else ""
                self.fields[f"{part}-{question.pk}"] = forms.CharField(
                    label=label,
                    help_text=" ".join(str(words) for words in (hint, needed) if words),
                    max_length=most,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
                    initial=getattr(held, part) if held else "",
                    show_hidden_initial=True,
                )
            self.fields[f"paper-{question.pk}"] = forms.ChoiceField(
                label=_("Document that shows it"),
                choices=[("", _("None")), *((key, str(paper)) for key, paper in self.papers.items())],
                required=False,
                initial=held.paper if held else "",
                show_hidden_initial=True,
            )

    def asked(self) -> list[Asked]:
        return [
            Asked(question, self.held.get(question.pk), *(self[f"{part}-{question.pk}"] for part in PARTS))
            for question in self.questions
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for question in self.questions:
            said = any(cleaned.get(f"{part}-{question.pk}") for part in PARTS)
            if said and not cleaned.get(f"answer-{question.pk}"):
                self.add_error(f"answer-{question.pk}", _("Answer yes or no as well."))
        return cleaned

    def changed(self) -> Iterator[tuple[VerificationQuestion, dict[str, Any]]]:
        """Yield each question that this person answered anew, with what :func:`answer_question` is told."""
        for question in self.questions:
            told = {part: self.cleaned_data[f"{part}-{question.pk}"] for part in PARTS}
            names = {f"{part}-{question.pk}" for part in PARTS}
            if names & set(self.changed_data) and told["answer"]:
                paper = self.papers.get(told.pop("paper"))
                yield question, told | {"document": paper}

    def overtaken(self) -> list[Asked]:
        """Return the questions among the changed ones whose answer is no longer the one that this person saw."""
        mine = {question.pk for question, _told in self.changed()}
        return [
            asked
            for asked in self.asked()
            if asked.question.pk in mine
            and asked.held
            and any(_plain(getattr(asked.held, part)) != _plain(_seen(getattr(asked, part))) for part in PARTS)
        ]

    def see_anew(self) -> None:
        """Let the person send the same answers again, now that the page has told what changed meanwhile."""
        self.data = self.data.copy()
        for asked in self.asked():
            for part in PARTS:
                seen = getattr(asked.held, part) if asked.held else ""
                self.data[getattr(asked, part).html_initial_name] = seen


def _seen(bound: forms.BoundField) -> str:
    """What the field held when the page was drawn."""
    return bound.form.data.get(bound.html_initial_name, "")


def _plain(text: str) -> list[str]:
    """What counts in a comparison: browsers write the ends of lines in their own way."""
    return text.split()
