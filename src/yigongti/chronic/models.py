"""What is recorded at a follow-up; its case holds state and clocks."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class FollowUp(models.Model):
    """One follow-up duty: why it was raised, when it is due, what was found."""

    case = models.OneToOneField("workflow.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    raised_by_number = models.CharField(max_length=24, blank=True)
    plan = models.TextField(blank=True)
    sensitive = ArrayField(models.CharField(max_length=16), default=list)
    due_on = models.DateField()
    way = models.CharField(max_length=12, blank=True)
    systolic = models.SmallIntegerField(null=True)
    diastolic = models.SmallIntegerField(null=True)
    glucose = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    medicines_taken = models.CharField(max_length=12, blank=True)
    discomfort = models.TextField(blank=True)
    result = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)
    missed_reason = models.CharField(max_length=12, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(systolic__isnull=True) | Q(systolic__range=(40, 300)), name="follow_up_systolic"
            ),
            models.CheckConstraint(
                condition=Q(diastolic__isnull=True) | Q(diastolic__range=(20, 200)), name="follow_up_diastolic"
            ),
            models.CheckConstraint(
                condition=Q(glucose__isnull=True) | Q(glucose__range=(1, 60)), name="follow_up_glucose"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["resident", "due_on"])]

    def __str__(self) -> str:
        return f"follow-up {self.case_id}"
