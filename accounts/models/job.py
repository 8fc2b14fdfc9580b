"""Jobs that run once a day, whichever worker comes first."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.kit.claims import claim, is_under_way

LOST_AFTER = timedelta(hours=2)
TRIES = 3


class JobRunQuerySet(models.QuerySet):
    def claim(self, name, now) -> bool:
        """Take today's run of the job ``name`` for this worker; False when it is done, given up or in other hands.

        A run whose worker was not heard of for ``LOST_AFTER`` is taken again, so a killed worker costs no job. One that
        is still :func:`~portal.kit.claims.at_work` on it may take longer.
        """
        day = timezone.localdate(now)
        run = self.filter(name=name, day=day).first()
        if run is None:
            self.bulk_create([JobRun(name=name, day=day)], ignore_conflicts=True)
        elif run.claimed_until and is_under_way(name):
            return False
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        due = self.filter(free, name=name, day=day, finished_at=None, attempts__lt=TRIES)
        return bool(claim(due, claimed_until=now + LOST_AFTER, attempts=models.F("attempts") + 1))

    def finish(self, name, now):
        self.filter(name=name, day=timezone.localdate(now)).update(finished_at=timezone.now(), claimed_until=None)

    def release(self, name, now):
        """Give the run back after it failed; the next round tries again, up to ``TRIES`` times."""
        self.filter(name=name, day=timezone.localdate(now)).update(claimed_until=None)


class JobRun(models.Model):
    """One day's run of one daily job. The row is the claim: two workers cannot both hold it."""

    name = models.CharField(max_length=200)
    day = models.DateField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="job_once_a_day")]

    def __str__(self):
        return f"{self.name}, {self.day}"
