"""A county's own dated values, over the shipped defaults."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ParameterValue(models.Model):
    """From `begins` on, the county says `value`; never edited: a later row, or a later entry for the same day, wins."""

    code = models.CharField(max_length=80)
    begins = models.DateField()
    value = models.JSONField()
    source = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["code", "begins"])]
        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(source=""), name="parameter_has_source")]

    def __str__(self) -> str:
        return f"{self.code} {self.begins}"
