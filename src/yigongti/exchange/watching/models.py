"""The coverage fact (sender, fact, month), what data staff expect instead of the rhythm, each sender's usual gap."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Coverage(models.Model):
    """What came of a fact from a sender in a month, made anew from the inbox by the worker.

    `expected` is None where it can't be computed yet; `expected_by` is "rhythm" or "hand".
    """

    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+", db_index=False)
    fact = models.CharField(max_length=24)
    month = models.DateField()
    expected = models.IntegerField(null=True)
    expected_by = models.CharField(max_length=8, blank=True)
    received = models.IntegerField()
    waiting = models.IntegerField()
    last_arrival = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "fact", "month"], name="coverage_once")]
        indexes: ClassVar = [models.Index(fields=["month", "fact"], name="coverage_of_month")]

    def __str__(self) -> str:
        return f"{self.sender_id} {self.fact} {self.month:%Y-%m}"


class Expectation(models.Model):
    """How many a month data staff expect, from a month on, until the next decision. No number: by rhythm again."""

    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+", db_index=False)
    fact = models.CharField(max_length=24)
    begins = models.DateField()
    expected = models.IntegerField(null=True)
    reason = models.CharField(max_length=200)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sender", "fact", "begins", "id"], name="expectation_of")]

    def __str__(self) -> str:
        return f"{self.sender_id} {self.fact} {self.begins:%Y-%m}"


class Rhythm(models.Model):
    """How long a sender is usually silent between two messages: the median of its last month of sending."""

    sender = models.OneToOneField("exchange.Sender", primary_key=True, on_delete=models.PROTECT, related_name="+")
    usual_gap = models.DurationField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sender_id} {self.usual_gap}"
