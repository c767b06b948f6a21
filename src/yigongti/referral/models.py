"""What is recorded in a referral; its case holds state, sides and clocks."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Referral(models.Model):
    """The facts of one referral, in the words of its page. `kind`: up, down, out."""

    case = models.OneToOneField("workflow.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    urgency = models.CharField(max_length=12, default="routine")
    from_institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    from_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    to_institution = models.ForeignKey(
        "organisations.Institution", null=True, on_delete=models.PROTECT, related_name="+"
    )
    to_department = models.ForeignKey("organisations.Department", null=True, on_delete=models.PROTECT, related_name="+")
    to_outside = models.CharField(max_length=120, blank=True)
    admission = models.CharField(max_length=12, default="clinic")
    diagnosis = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    sensitive = ArrayField(models.CharField(max_length=16), default=list)
    summary = models.TextField(blank=True)
    treatment_so_far = models.TextField(blank=True)
    transport = models.CharField(max_length=12, blank=True)
    consent = models.BooleanField(default=False)
    package = ArrayField(models.BigIntegerField(), default=list)
    decline_reason = models.CharField(max_length=40, blank=True)
    decline_note = models.TextField(blank=True)
    cancel_reason = models.CharField(max_length=40, blank=True)
    stay = models.ForeignKey("capacity.Stay", null=True, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("capacity.Appointment", null=True, on_delete=models.PROTECT, related_name="+")
    discharge_summary = models.TextField(blank=True)
    care_plan = models.TextField(blank=True)
    medicines = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True)
    follow_up_items = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("up", "down", "out")), name="referral_kind"),
            models.CheckConstraint(
                condition=Q(urgency__in=("routine", "urgent", "emergency")), name="referral_urgency"
            ),
            models.CheckConstraint(condition=Q(admission__in=("clinic", "ward")), name="referral_admission"),
        ]
        indexes: ClassVar = [models.Index(fields=["resident", "kind"])]

    def __str__(self) -> str:
        return f"referral {self.case_id}"
