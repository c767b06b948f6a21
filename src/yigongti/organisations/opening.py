"""When an institution is open: on which hours of a weekday, and the days on which the weekday does not decide."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class OpeningHours(models.Model):
    """When an institution is open on a weekday (0 Monday); none on a day means closed."""

    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="hours")
    weekday = models.SmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), closes__gt=F("opens")),
                name="opening_hours_form",
            ),
            models.UniqueConstraint(fields=["institution", "weekday", "opens"], name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.weekday}"


class CalendarDay(models.Model):
    """A day on which the weekday does not decide: a holiday, or a swapped workday; imported with its source."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
