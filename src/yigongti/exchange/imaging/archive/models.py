"""Image archives that were spoken to, each with how it stands; which image lies where is said by the image's row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


COPIES = ("queued", "held", "declined")


class KnownArchive(models.Model):
    """An archive by its address. Its row is the lock under which one worker at a time speaks to it.

    While it does not answer: `tries`, `trouble` (a code), `silent_since`, and `due_at`, before which it is left alone.
    """

    address = models.CharField(max_length=200, unique=True)
    tries = models.IntegerField(default=0)
    trouble = models.CharField(max_length=16, blank=True)
    silent_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_archive"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(tries__gte=0), name="archive_tries")]

    def __str__(self) -> str:
        return self.address
