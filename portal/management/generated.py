"""Pages of ``docs/`` that commands write from the code, and that ``--check`` holds against it."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation


class GeneratedPage(BaseCommand):
    """Writes one page of docs/. Subclasses give ``page`` and ``lines()``."""

    page = ""

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when the page is out of date.")

    def handle(self, *args, check=False, **options):
        path = Path(settings.BASE_DIR) / "docs" / self.page
        with translation.override("en"):
            text = "\n".join(self.lines()) + "\n"
        if not check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError(f"docs/{self.page} is out of date: run `make docs`.")
