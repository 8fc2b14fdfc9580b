"""Does what is due: messages, agreements by the calendar, files that come in, and once a day what is nightly."""

import logging
import signal
import threading
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import JobRun
from portal.kit.claims import at_work

logger = logging.getLogger(__name__)

FAILED = "failed"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="go on until told to stop")
        parser.add_argument("--seconds", type=float, default=5.0, help="pause between two rounds of --loop")

    def handle(self, *, loop, seconds, **options):
        self.stop = threading.Event()
        if loop:  # a job that is under way is finished first
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_received: self.stop.set())
        while True:
            if loop:
                close_old_connections()  # a server that was restarted meanwhile is asked anew
            try:
                for name, done in self.round():
                    if done or not loop:
                        self.stdout.write(f"{name}: {done}")
            except Error:  # a worker outlives a restart of the database
                if not loop:
                    raise
                logger.exception("The database did not answer; the next round asks again")
            if not loop or self.stop.wait(seconds):
                return

    def round(self) -> Iterator[tuple[str, int | str]]:
        """Run each of ``DUE_JOBS``, and each of ``DAILY_JOBS`` that has not run today; yield how much each did."""
        for path in settings.DUE_JOBS:
            if self.stop.is_set():
                return
            yield self.run(path)
        for path in settings.DAILY_JOBS:
            now = timezone.now()
            if self.stop.is_set():
                return
            if JobRun.objects.claim(path, now):
                with at_work(path):
                    name, done = self.run(path)
                if done == FAILED:
                    JobRun.objects.release(path, now)
                else:
                    JobRun.objects.finish(path, now)
                yield name, done

    @staticmethod
    def run(path: str) -> tuple[str, int | str]:
        """Run one job and return its name with how much it did, or that it failed."""
        name, done = path.rpartition(".")[2], FAILED
        try:
            done = import_string(path)()
        except Exception:  # one job's failure is not the others'
            logger.exception("The job %s failed", name)
        return name, done
