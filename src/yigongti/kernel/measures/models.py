"""Months of facts that are no longer what the lake has."""

from __future__ import annotations

from django.db import models


class Touched(models.Model):
    """Rows of a month changed, or (without a month) of the whole fact. Written by triggers, inside whatever
    transaction changed the rows; only ever added, and deleted by the refresh that has read exactly this one.
    """

    fact = models.CharField(max_length=40)
    month = models.DateField(null=True)

    class Meta:
        db_table = "measures_touched"

    def __str__(self) -> str:
        return f"{self.fact} {self.month:%Y-%m}" if self.month else self.fact
