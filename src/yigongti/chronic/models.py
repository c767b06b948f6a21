"""What is recorded at a follow-up, whose case holds state and clocks; and who is enrolled, from day to day."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from yigongti.chronic.policy.codes import disease, end_reason
from yigongti.kernel.access.models import DateRange


DISEASES = tuple(one.code for one in disease.entries)
END_REASONS = ("", *(one.code for one in end_reason.entries))


class FollowUp(models.Model):
    """One follow-up duty: why it was raised, when it is due, what was found; and with which management it ended.

    One that goes on after an error has the case that was ended as its parent.
    """

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
    ended_with = models.ForeignKey("Enrolment", null=True, on_delete=models.SET_NULL, related_name="+")

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


class Enrolment(models.Model):
    """Somebody under management for a disease at an institution, from the first to the last day; never twice at once.

    `source` says whence it is known. Who was registered with a disease and has no row here is taken to be enrolled
    from the registration on, see `sources`. `changed_by` is the post that enrolled or, once it has ended, ended it;
    who may still take that back.
    """

    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    disease = models.CharField(max_length=24)
    managing = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    begins = models.DateField()
    ends = models.DateField(null=True)
    source = models.CharField(max_length=40)
    end_reason = models.CharField(max_length=12, blank=True, default="", db_default="")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(disease__in=DISEASES), name="enrolment_disease"),
            models.CheckConstraint(condition=Q(end_reason__in=END_REASONS), name="enrolment_end_reason"),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(ends__isnull=False), name="enrolment_reason_of_an_end"
            ),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("begins")), name="enrolment_dates"),
            ExclusionConstraint(
                name="enrolment_once_at_a_time",
                expressions=[
                    ("resident", RangeOperators.EQUAL),
                    ("disease", RangeOperators.EQUAL),
                    (DateRange("begins", "ends", Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.disease} {self.begins}"
