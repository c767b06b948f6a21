"""An export: who asked for what, how far it has come, and its files."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


STATES = ("running", "done", "cancelled", "failed", "expired")


class Export(models.Model):
    """One asking. What was made after `asked_at` is not in it: `until` is the highest number of each kind of row then.

    `place` is the type that is written now, `reached` its last key, so that a killed worker goes on behind it; `files`
    are [type, count] in the order of their numbers.
    """

    id = models.UUIDField(primary_key=True)
    client = models.ForeignKey("exchange.Client", on_delete=models.PROTECT, related_name="+")
    scopes = models.TextField()
    request = models.TextField()
    kinds = ArrayField(models.TextField())
    of_patients = models.BooleanField()
    since = models.DateTimeField(null=True)
    until = models.JSONField(default=dict)
    place = models.SmallIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    count = models.IntegerField(default=0)
    files = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="running")
    trouble = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="export_state"),
            models.UniqueConstraint(fields=["client"], condition=Q(state="running"), name="export_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.request}"
