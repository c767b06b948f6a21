"""What was told about cases to those who had not acted, and how far each post has read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class News(models.Model):
    """A step that somebody took, told to a part at a unit of another side of the case. Never changed."""

    case = models.ForeignKey("workflow.Case", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["unit", "at"], name="news_unit")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} → {self.unit_id}"


class Reading(models.Model):
    """A post has read what was told about a case up to a moment; without a case, about all of them."""

    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("workflow.Case", null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "case"], name="reading_once_a_case"),
            models.UniqueConstraint(fields=["post"], condition=Q(case=None), name="reading_once_for_all"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.case_id or '*'} {self.at}"
