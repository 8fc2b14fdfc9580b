"""Fills an empty portal with the demonstration: ten countries, every state, a person for every role. Once."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from portal.demo import DEMO_ACCOUNTS


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        if User.objects.filter(email=DEMO_ACCOUNTS[0].email).exists():
            self.stdout.write("The demonstration is there already.")
            return
        from portal.demo.stories import STORIES, Stage

        with transaction.atomic():
            Stage().play()
        self.stdout.write(f"{len(STORIES)} organizations with their people and agreements, at {settings.BASE_URL}")
