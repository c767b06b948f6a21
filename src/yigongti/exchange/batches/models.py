"""A sheet and its rows: what was in each cell, what is wrong with it, what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


BATCH_STATES = ("reading", "checking", "checked", "running", "done", "cancelled", "undoing", "undone", "stopped",
                "refused")  # fmt: skip
BUSY = ("reading", "checking", "running", "undoing")
ROW_STATES = ("read", "wrong", "good", "alike", "known", "applied", "undone", "stays")


class Batch(models.Model):
    """One sheet as it was brought. `heading` says where each column stands; `reached` is the last row of this stage;
    `constants` fill the empty cells of a column, or a column that the sheet does not have.

    `trouble` says why it could not be read, or what stopped it. `keeper` is the unit whose data staff look after a
    sheet of the command line, `taken_by` the post that has taken over what nobody had in hand.
    """

    kind = models.CharField(max_length=40)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    head = ArrayField(models.TextField(), default=list)
    heading = models.JSONField(default=dict)
    told = models.JSONField(default=list)
    constants = models.JSONField(default=dict)
    rows = models.IntegerField(default=0)
    reached = models.IntegerField(default=0)
    trouble = models.TextField(blank=True)
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey("access.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    run_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="batch_state"),
            models.CheckConstraint(
                condition=Q(brought_by__isnull=False) | Q(keeper__isnull=False), name="batch_belongs"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(state__in=BUSY), name="batch_busy")]

    def __str__(self) -> str:
        return self.name


class BatchRow(models.Model):
    """One row, cell for cell as it was read; `mended` is what data staff put right. `key` names the row in its file.

    `alike` are registrations that it may be; `verdict` what was decided of them; `made` what it has become.
    """

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    cells = ArrayField(models.TextField())
    mended = ArrayField(models.TextField(), null=True)
    state = models.CharField(max_length=12, default="read")
    problems = models.JSONField(default=list)
    key = models.CharField(max_length=120, blank=True, db_collation="C")
    alike = models.JSONField(default=list)
    verdict = models.CharField(max_length=12, blank=True)
    made = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(state__in=ROW_STATES), name="batch_row_state")]
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "number"], name="batch_row_of_state"),
            models.Index(fields=["batch", "key"], condition=~Q(key=""), name="batch_row_key"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"
