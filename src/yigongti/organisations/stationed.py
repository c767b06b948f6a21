"""Who works where they are stationed, and how many beds an institution had open before their number changed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from yigongti.kernel.access.models import DateRange


class Stationing(models.Model):
    """Somebody of one institution who works at another from the first to the last day (派驻), counted where they work;
    never at two at once. What `works_at` says is where they work apart from it."""

    staff = models.ForeignKey("organisations.Staff", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("begins")), name="stationing_dates"),
            ExclusionConstraint(
                name="stationing_one_at_a_time",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    (DateRange("begins", "ends", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} at {self.institution_id}"


class BedCount(models.Model):
    """How many beds an institution had open until the day before their number changed; today's stands on it."""

    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    beds = models.IntegerField()
    until = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["institution", "until"], name="bed_count_once_a_day")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.beds} before {self.until}"
