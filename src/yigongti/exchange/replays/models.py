"""A replay: which waiting messages are tried again, how far it is, what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


KINDS = ("selection", "rule", "day", "codes")
STATES = ("running", "cancelled", "done")


class Replay(models.Model):
    """One asking. `scope` says which messages; those after `upto` came later and are not in it; `reached` is the last
    one tried, so that a killed worker goes on behind it."""

    kind = models.CharField(max_length=12)
    told = models.CharField(max_length=200)
    scope = models.JSONField(default=dict)
    upto = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    total = models.IntegerField()
    tried = models.IntegerField(default=0)
    applied = models.IntegerField(default=0)
    state = models.CharField(max_length=12, default="running")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="replay_kind"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="replay_state"),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(state="running"), name="replay_busy")]

    def __str__(self) -> str:
        return self.told
