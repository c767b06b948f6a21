"""Beds and slots. Who holds what is a row that the database lets exist only once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Ward(models.Model):
    """A nursing unit of a department; `accepts_direct` says that townships may admit into it directly (R48)."""

    department = models.ForeignKey("organisations.Department", on_delete=models.PROTECT, related_name="wards")
    name = models.CharField(max_length=60)
    accepts_direct = models.BooleanField(default=True)
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Bed(models.Model):
    """A bed; out of service while `out_since` is set. `for_sex` is empty, 1 or 2."""

    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="beds")
    label = models.CharField(max_length=12)
    for_sex = models.CharField(max_length=1, blank=True)
    out_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ward", "label"], name="bed_label")]

    def __str__(self) -> str:
        return self.label


class Stay(models.Model):
    """A bed held for, or occupied by, one person for one case. One live stay a bed, decided by the index."""

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="stays")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=12)
    held_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    occupied_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=("held", "occupied", "ended")), name="stay_state"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="stay_end",
            ),
            models.UniqueConstraint(fields=["bed"], condition=~Q(state="ended"), name="stay_one_per_bed"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["held_until"], condition=Q(state="held"), name="stay_held"),
            models.Index(fields=["case_number"]),
        ]

    def __str__(self) -> str:
        return f"{self.bed_id} {self.state}"


class Session(models.Model):
    """A clinic session: a doctor or clinic of a department on a day, with slots; some are kept for the grassroots."""

    department = models.ForeignKey("organisations.Department", on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey("organisations.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="session_times")]
        indexes: ClassVar = [models.Index(fields=["department", "begins"])]

    def __str__(self) -> str:
        return f"{self.title} {self.begins}"


class Slot(models.Model):
    """One number of a session; `grassroots` numbers are pooled for villages and townships (R52)."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="slots")
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    grassroots = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "number"], name="slot_number")]

    def __str__(self) -> str:
        return f"{self.session_id} №{self.number}"


class Appointment(models.Model):
    """A slot given to one person. One live appointment a slot, decided by the index."""

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=12)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("booked", "arrived", "seen", "cancelled", "missed")), name="appointment_state"
            ),
            models.UniqueConstraint(
                fields=["slot"], condition=~Q(state__in=("cancelled",)), name="appointment_one_per_slot"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case_number"])]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.state}"
