"""Adds the verification questions that the portal ships."""

import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand

from organizations.models import VerificationQuestion

QUESTIONS = Path(__file__).resolve().parents[2] / "data" / "questions.toml"


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


class Command(BaseCommand):
    help = "Add the verification questions that are missing. Running it again changes nothing."

    def handle(self, *args, **options):
        self.stdout.write(f"Verification questions added: {load_questions()}")
