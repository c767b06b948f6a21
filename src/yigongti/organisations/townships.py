"""The area of a township as a county imported it, from day to day."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from yigongti.kernel.access.models import DateRange


class TownshipArea(models.Model):
    """The area that a centre serves, never two at one date: rings of (longitude, latitude), and what lies within an odd
    number of them is inside. A drawing, no official map: `name` and `code` are what the file says, `source` is where
    it comes from."""

    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    code = models.CharField(max_length=9, blank=True)
    rings = models.JSONField()
    source = models.CharField(max_length=200)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("begins")), name="township_area_dates"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="township_area_source"),
            ExclusionConstraint(
                name="township_area_one_at_a_time",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    (DateRange("begins", "ends", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name
