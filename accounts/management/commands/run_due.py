"""Does what is due: sends messages, moves agreements by the calendar, takes files in."""

import logging
import signal
import threading
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


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
            for name, done in self.round():
                if done or not loop:
                    self.stdout.write(f"{name}: {done}")
            if not loop or self.stop.wait(seconds):
                return

    def round(self) -> Iterator[tuple[str, int | str]]:
        """Run each of ``DUE_JOBS`` once and yield its name with how much it did, or that it failed."""
        for path in settings.DUE_JOBS:
            if self.stop.is_set():
                return
            name, done = path.rpartition(".")[2], "failed"
            try:
                done = import_string(path)()
            except Exception:  # one job's failure is not the others'
                logger.exception("The job %s failed", name)
            yield name, done
