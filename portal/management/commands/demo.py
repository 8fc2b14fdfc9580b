"""Loads the reference data, then fills an empty portal with the demonstration: ten countries, every state and role."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions import run_exports
from accounts.models import User
from organizations.search import count_headings, deferred
from portal.demo import DEMO_ACCOUNTS
from portal.demo.chapters import export
from portal.demo.clock import days_ago
from portal.demo.stories import STORIES, Stage
from portal.demo.trust import database_alone_checks_constraints


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        if settings.PRODUCTION and not settings.DEMO:
            raise CommandError("The demonstration's people have a public password. Only DEMO=1 lets them in here.")
        for command in ("load_reference", "load_questions"):
            call_command(command, stdout=self.stdout)
        if User.objects.filter(email=DEMO_ACCOUNTS[0].email).exists():
            self.stdout.write(f"The demonstration is there already, at {settings.BASE_URL}")
            return
        with transaction.atomic(), database_alone_checks_constraints():
            with deferred():
                Stage().play()
            with days_ago(export.READY):
                run_exports()  # a file holds what the index finds
        count_headings()
        self.stdout.write(f"{len(STORIES)} organizations with their people and agreements, at {settings.BASE_URL}")
