"""A sender's codes of measurements that no page knows, counted; and what data staff decided that they mean."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LocalCode(models.Model):
    """A code with a unit under which a sender has sent numbers that belong to no series yet."""

    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=60)
    unit = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    count = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "code", "unit"], name="local_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.unit}"


class CodeMeaning(models.Model):
    """From a day on, a sender's code in a unit means a series (or, with no series, none of ours), times `factor`."""

    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=60)
    unit = models.CharField(max_length=40, blank=True)
    series = models.CharField(max_length=40, blank=True)
    factor = models.DecimalField(max_digits=18, decimal_places=9, default=1)
    begins = models.DateField()
    reason = models.CharField(max_length=200)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sender", "code", "unit", "begins"], name="code_meaning_of")]

    def __str__(self) -> str:
        return f"{self.code} {self.series}"
