"""Adds the verification questions, the terms of verification and the criteria of assessments that the portal ships."""

import tomllib
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand

from organizations.models import AssessmentCriterion, AssessmentScheme, VerificationPolicy, VerificationQuestion
from organizations.models.verification import Terms

DATA = Path(__file__).resolve().parents[2] / "data"
QUESTIONS, ASSESSMENTS = DATA / "questions.toml", DATA / "assessments.toml"


def load_questions() -> int:
    """Add the questions of ``data/questions.toml`` that are missing; return how many. What was edited stays (R-04)."""
    held = set(VerificationQuestion.objects.values_list("code", flat=True))
    asked = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]
    missing = [
        VerificationQuestion(order=10 * place, **question)
        for place, question in enumerate(asked, start=1)
        if question["code"] not in held
    ]
    VerificationQuestion.objects.bulk_create(missing)
    return len(missing)


def load_terms() -> None:
    """Write the shipped terms into the row for every office, so that an administrator finds what to change."""
    terms = asdict(Terms())
    VerificationPolicy.objects.get_or_create(
        office=None, defaults=terms | {"reminder_days": list(terms["reminder_days"])}
    )


def load_assessments() -> int:
    """Add the criteria of ``data/assessments.toml`` and the ways of counting them that are missing."""
    told = tomllib.loads(ASSESSMENTS.read_text(encoding="utf-8"))
    schemes = set(AssessmentScheme.objects.values_list("kind", flat=True))
    AssessmentScheme.objects.bulk_create(
        AssessmentScheme(**scheme) for scheme in told["scheme"] if scheme["kind"] not in schemes
    )
    held = set(AssessmentCriterion.objects.values_list("kind", "code"))
    missing = [
        AssessmentCriterion(order=10 * place, **criterion)
        for place, criterion in enumerate(told["criterion"], start=1)
        if (criterion["kind"], criterion["code"]) not in held
    ]
    AssessmentCriterion.objects.bulk_create(missing)
    return len(missing)


class Command(BaseCommand):
    help = "Add the questions of verification and assessment that are missing. Running it again changes nothing."

    def handle(self, *args, **options):
        load_terms()
        self.stdout.write(f"Verification questions added: {load_questions()}")
        self.stdout.write(f"Criteria of assessments added: {load_assessments()}")
