"""Cases, their sides, acts and clocks; the pages they follow; notices to those who must look again."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Right


class Page(models.Model):
    """A workflow page as it once stood: stored at boot by its hash, so that old cases are read with their own rule."""

    hash = models.CharField(max_length=64, primary_key=True)
    workflow = models.CharField(max_length=60)
    page = models.JSONField()
    first_seen = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.workflow} {self.hash[:8]}"


class Case(models.Model):
    """One case. `turn_unit` and `turn_part` say who must act next; `due_at` by when. Changed only by the engine.

    `classes` are the special classes of what is recorded in it (see `sealing`): added to, never taken away.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=24, unique=True)
    workflow = models.CharField(max_length=60)
    state = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    person_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)
    open_key = models.CharField(max_length=120, null=True, unique=True)
    turn_unit = models.ForeignKey("access.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    turn_part = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    classes = ArrayField(models.CharField(max_length=16), default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(open_key__isnull=True), name="case_ended_frees_its_key"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["turn_unit", "due_at", "id"], condition=Q(ended_at__isnull=True), name="case_turn"),
            models.Index(fields=["person_id", "workflow"]),
            models.Index(fields=["workflow", "state", "id"]),
            models.Index(Right("number", 4), name="case_number_end"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseSide(models.Model):
    """Which unit stands on which side of a case, and the state that decides what the side sees."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sides")
    side = models.CharField(max_length=40)
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "side"], name="case_side_once")]
        indexes: ClassVar = [models.Index(fields=["unit", "case"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.side}"


class Act(models.Model):
    """One step that was taken: from where to where, by whom, with what recorded. Never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="acts")
    sequence = models.IntegerField()
    step = models.CharField(max_length=40)
    frm = models.CharField(max_length=40, blank=True)
    to = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    post = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("access.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    recorded = models.JSONField(default=dict)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "sequence"], name="act_sequence")]
        indexes: ClassVar = [models.Index(fields=["post", "at"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Clock(models.Model):
    """A timer that runs (or has run) for a case; `rung` counts the ladder.

    `name` is the timer's in its page. A clock of before names existed has its place in the page's list instead.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    timer = models.SmallIntegerField(default=-1)
    name = models.CharField(max_length=100, blank=True, db_default="")
    state = models.CharField(max_length=40)
    rung = models.SmallIntegerField(default=0)
    fires_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["fires_at"],
                condition=Q(fired_at__isnull=True, stopped_at__isnull=True),
                name="clock_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state} {self.fires_at}"


class Notice(models.Model):
    """A reminder or an escalation put before a part's roles at a unit, or before the one on duty."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10)
    part = models.CharField(max_length=40)
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("remind", "escalate")), name="notice_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "at"], condition=Q(seen_at__isnull=True), name="notice_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
